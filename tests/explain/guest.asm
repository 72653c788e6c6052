; One fault for each reason that `explain` knows: assembled with -DNAME, this raises the fault NAME of explain.txt and no other.
; Raw code at 0:7C00: it goes to 32-bit protected mode and, where the fault wants it, on to paging, to ring 3 or to
; virtual-8086 mode. Exceptions lead to a halt, but for `doubled`, where none but a
; double fault can be delivered.
        bits 16
        org 0x7c00

CODE0 equ 0x08
DATA0 equ 0x10
CODE3 equ 0x1B
DATA3 equ 0x23
TSS equ 0x28
SMALL equ 0x30
DOWN equ 0x38
READ_ONLY equ 0x40
EXECUTE_ONLY equ 0x48
ABSENT equ 0x50
SHORT_CODE equ 0x58
BEYOND equ 0x60
DIRECTORY equ 0x10000
TABLE equ 0x11000
PAGE equ 0x20000                        ; the page that the paging faults are about
PAGE_ENTRY equ TABLE + PAGE / 1024

%macro load 2                           ; segment register, selector
        mov     ax, %2
        mov     %1, ax
%endmacro

        cli
        xor     ax, ax
        mov     ds, ax
        lgdt    [gdtr]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     dword CODE0:wide

        bits 32
wide:   load    ds, DATA0
        load    es, DATA0
        load    ss, DATA0
        mov     esp, 0x7000
        lidt    [idtr]
        mov     dword [tss + 4], 0x7000
        mov     dword [tss + 8], DATA0
        mov     byte [tss + 0x66], 0x68 ; I/O permissions: beyond the limit
        mov     ax, TSS
        ltr     ax
%ifdef null
        load    ds, 0
        mov     al, [0]
%elifdef limit
        load    es, SMALL
        mov     eax, [es:0x1000]
%elifdef limit_byte
        load    es, SMALL
        mov     al, [es:0x1000]
%elifdef offset16
        load    es, SMALL
        mov     bx, 0x1234
        a16 mov al, [es:bx]
%elifdef expand_down
        load    es, DOWN
        mov     eax, [es:0x10]
%elifdef read_only
        load    es, READ_ONLY
        mov     [es:0], eax
%elifdef write_code
        mov     [cs:0x7c00], al
%elifdef read_code
        jmp     EXECUTE_ONLY:.there
.there: mov     al, [cs:0x7c00]
%elifdef stos
        load    es, SMALL
        mov     edi, 0x1234
        stosd
%elifdef lods
        load    ds, SMALL
        mov     esi, 0x1234
        lodsd
%elifdef movs
        load    ds, SMALL
        mov     esi, 0x1234
        mov     edi, 0x6000
        movsd
%elifdef absent
        load    es, ABSENT
%elifdef data_code
        load    es, EXECUTE_ONLY
%elifdef beyond
        load    es, BEYOND
%elifdef local
        load    es, 0x0C
%elifdef no_ldt
        xor     eax, eax
        lldt    ax
        load    es, 0x0C
%elifdef no_vector
        int     0x30
%elifdef no_gate
        int     0x20
%elifdef absent_gate
        int     0x21
%elifdef task_gate
        int     0x23
%elifdef empty
        int     0x24
%elifdef eip
        mov     word [0x7ffe], 0x9090
        jmp     SHORT_CODE:0x7ffe
%elifdef stack
        load    ss, SMALL
        mov     esp, 0x2000
        push    eax
%elifdef other
        mov     eax, 0x80000000         ; paging without protection
        mov     cr0, eax
%elifdef divide
        div     byte [zero]
%elifdef no_fpu
        mov     eax, cr0
        or      al, 8
        mov     cr0, eax
        fld1
%elifdef invalid
        ud2
%elifdef lock_nop
        lock nop
%elifdef step
        pushfd
        or      byte [esp + 1], 1
        popfd
        nop
%elifdef doubled
        ud2
%endif

; ---- paging

%macro paging 1                         ; bits of CR0
        mov     dword [DIRECTORY], TABLE | 7
        mov     edi, TABLE
        mov     eax, 7
        mov     ecx, 1024
%%next: stosd
        add     eax, 0x1000
        loop    %%next
        mov     eax, DIRECTORY
        mov     cr3, eax
        mov     eax, cr0
        or      eax, %1
        mov     cr0, eax
%endmacro

%macro user 0                           ; what follows runs in ring 3
        push    dword DATA3
        push    dword 0x6000
        pushfd
        push    dword CODE3
        push    dword %%there
        iretd
%%there:
        load    ds, DATA3
%endmacro

PG equ 0x80000000
WP equ 0x10000
AM equ 0x40000

%ifdef no_table
        paging  PG
        mov     al, [0x400000]
%elifdef no_page
        paging  PG
        mov     byte [PAGE_ENTRY], 6
        mov     al, [PAGE]
%elifdef table_of_supervisor
        paging  PG
        mov     byte [DIRECTORY], 3
        user
%elifdef page_of_supervisor
        paging  PG
        mov     byte [PAGE_ENTRY], 3
        user
        mov     al, [PAGE]
%elifdef table_read_only
        paging  PG
        mov     byte [DIRECTORY], 5
        mov     eax, cr3
        mov     cr3, eax
        user
        mov     [PAGE], al
%elifdef page_read_only
        paging  PG
        mov     byte [PAGE_ENTRY], 5
        user
        mov     [PAGE], al
%elifdef protect_from_supervisor
        paging  PG | WP
        mov     byte [PAGE_ENTRY], 5
        mov     [PAGE], al
%elifdef table_protects_from_supervisor
        paging  PG | WP
        mov     byte [DIRECTORY], 5
        mov     eax, cr3
        mov     cr3, eax
        mov     [PAGE], al
%elifdef reserved_bit
        mov     eax, cr4
        or      al, 0x10
        mov     cr4, eax
        paging  PG
        mov     dword [DIRECTORY + 4], 0x402087
        mov     al, [0x400000]

; ---- ring 3

%elifdef privileged
        user
        hlt
%elifdef control
        user
        mov     eax, cr0
%elifdef port
        user
        in      al, 0x60
%elifdef flag
        user
        cli
%elifdef gate_of_ring_0
        user
        int     0x22
%elifdef misaligned
        mov     eax, cr0
        or      eax, AM
        mov     cr0, eax
        user
        pushfd
        or      byte [esp + 2], 4
        popfd
        mov     eax, [0x6001]
%elifdef v86
        push    dword 0
        push    dword 0
        push    dword 0
        push    dword 0
        push    dword 0
        push    dword 0x6000
        push    dword 0x20002
        push    dword 0
        push    dword .there
        iretd
        bits 16
.there: int     0x22
%endif

stop:   hlt
        jmp     stop

%macro descriptor 4                     ; base, limit, access, flags
        dw      %2 & 0xFFFF, %1 & 0xFFFF
        db      (%1) >> 16, %3, ((%2) >> 16) | ((%4) << 4), 0
%endmacro
%macro gate 3                           ; selector, offset, access
        dw      %2, %1
        db      0, %3
        dw      0
%endmacro

tss equ 0x5000
zero    db      0
gdtr    dw      BEYOND - 1
        dd      gdt
idtr    dw      0x25 * 8 - 1
        dd      idt
        align 8
gdt     dq      0
        descriptor 0, 0xFFFFF, 0x9B, 12
        descriptor 0, 0xFFFFF, 0x93, 12
        descriptor 0, 0xFFFFF, 0xFB, 12
        descriptor 0, 0xFFFFF, 0xF3, 12
        descriptor tss, 0x67, 0x89, 0
        descriptor 0, 0xFFF, 0x93, 4
        descriptor 0, 0x7FFF, 0x97, 4
        descriptor 0, 0xFFFF, 0x91, 4
        descriptor 0, 0xFFFF, 0x99, 4
        descriptor 0, 0xFFFF, 0x13, 4
        descriptor 0, 0x7FFF, 0x9B, 4
%ifdef doubled
idt     times   8 dq 0
        dw      stop, CODE0, 0x8E00, 0
        times   0x17 dq 0
%else
idt     times   0x20 dw stop, CODE0, 0x8E00, 0
%endif
        descriptor 0, 0xFFFF, 0x93, 0   ; 20h: no gate
        gate    CODE0, 0, 0x0E          ; 21h: not present
        gate    CODE0, 0, 0x8E          ; 22h: not for ring 3
        gate    TSS, 0, 0x05            ; 23h: not present
        dq      0
