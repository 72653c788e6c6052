; A guest that lives on stale translations: in rings 3 and 0 it reads, writes, copies and executes pages that it maps to other
; frames all the time, mostly without INVLPG, so that what it computes depends on which entries the TLB holds and when they
; are evicted. Timer interrupts come in between. It goes on for ever.
;
; 10000h page directory, 11000h the first 4 MiB onto themselves, 12000h the 1,024 pages at 400000h (and again at 800000h), each
; onto one of 64 frames from 100000h on. A frame has `mov eax, number` and `ret` at offset 8.
        bits 16
        org 0x7c00
        cli
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        in      al, 0x92
        or      al, 2                   ; A20
        out     0x92, al
        mov     al, 0x11                ; 8259A: vectors from 20h, only IRQ 0
        out     0x20, al
        mov     al, 0x20
        out     0x21, al
        mov     al, 4
        out     0x21, al
        mov     al, 1
        out     0x21, al
        mov     al, 0xfe
        out     0x21, al
        mov     al, 0x34                ; 8254: mode 2, about 1 kHz
        out     0x43, al
        mov     al, 0xa9
        out     0x40, al
        mov     al, 4
        out     0x40, al
        lgdt    [gdtr]
        lidt    [idtr]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     dword 8:start

CODE3 equ 0x1b
DATA3 equ 0x23
PAGES equ 0x400000
TABLE equ 0x12000

align 8
gdt:    dq      0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00cffa000000ffff, 0x00cff2000000ffff
        dw      0x67, tss
        db      0, 0x89, 0, 0
gdtr:   dw      $ - gdt - 1
        dd      gdt
tss:    dd      0, 0x7000, 0x10
        times 92 db 0

%macro gate 2 ; handler, DPL
        dw      %1, 8, 0x8e00 | %2 << 13, 0
%endmacro
idt:    times 14 dq 0
        gate    fault, 0
        times 17 dq 0
        gate    timer, 0
        times 15 dq 0
        gate    inner, 3
idtr:   dw      $ - idt - 1
        dd      idt

        bits 32
start:  mov     ax, DATA3
        mov     ds, ax
        mov     es, ax
        mov     ax, 0x10
        mov     ss, ax
        mov     esp, 0x7000
        mov     ax, 0x28
        ltr     ax
        cld
        mov     edi, 0x10000
        mov     ecx, 1024
        xor     eax, eax
        rep     stosd
        mov     dword [0x10000], 0x11007
        mov     dword [0x10004], TABLE + 7
        mov     dword [0x10008], TABLE + 7
        mov     eax, 7
identity: stosd                         ; to 11000h
        add     eax, 0x1000
        cmp     eax, 0x400007
        jb      identity
        mov     ebp, 12345
map:    call    frame                   ; to 12000h
        stosd
        cmp     edi, 0x13000
        jb      map
        mov     edi, 0x100000
        xor     eax, eax
frames: mov     byte [edi + 8], 0xb8        ; mov eax, number
        mov     [edi + 9], eax
        mov     byte [edi + 13], 0xc3   ; ret
        inc     eax
        add     edi, 0x1000
        cmp     eax, 64
        jb      frames
        mov     eax, 0x10000
        mov     cr3, eax
        mov     eax, cr0
        or      eax, 0x80000000
        mov     cr0, eax
        xor     esi, esi
        push    dword DATA3
        push    dword 0x6800
        push    dword 0x202
        push    dword CODE3
        push    dword outer
        iretd

outer:  call    turn                    ; ring 3
        call    turn
        int     0x30
        jmp     outer

inner:  call    turn                    ; ring 0
        iretd

random: imul    ebp, ebp, 1664525
        add     ebp, 1013904223
        mov     eax, ebp
        shr     eax, 12
        ret

frame:  call    random                  ; a new table entry in EAX, A and D clear; one in 16 is not present
        test    eax, 0xf000
        setnz   dl
        and     eax, 0x3f000
        add     eax, 0x100006
        or      al, dl
        ret

place:  call    random                  ; EBX: somewhere in a page, the last ones reach into the next
        mov     ebx, eax
        and     ebx, 0x3ff000
        call    random
        and     eax, 0xfff
        cmp     eax, 64
        jae     .data
        mov     eax, 9                  ; the immediate
.data:  lea     ebx, [ebx + eax + PAGES]
        ret

turn:   call    place
        call    random
        and     eax, 15
        jmp     [table + eax * 4]
align 4
table:  dd      load, load, load, store, store, modify, modify, execute, execute, execute, copy, remap, remap, remap, again, seldom
load:   add     esi, [ebx]
        ret
store:  mov     [ebx], ebp
        ret
modify: add     [ebx], ebp
        adc     esi, 0
        ret
again:  xchg    [ebx], esi
        add     esi, [ebx]
        ret
execute:and     ebx, 0xfffff000
        add     ebx, 8
        call    ebx
        add     esi, eax
        rol     esi, 1
        ret
copy:   push    esi
        mov     esi, ebx
        call    place
        and     ebx, 0xfffff000
        lea     edi, [ebx + 64]
        mov     ecx, 300
        rep     movsd
        pop     esi
        ret
remap:  call    frame
        shr     ebx, 10
        and     ebx, 0xffc
        mov     [TABLE + ebx], eax
        ret
seldom: mov     eax, cs
        test    al, 3
        jnz     load
        call    random
        test    eax, 0xff
        jz      .all
        invlpg  [ebx]
        ret
.all:   mov     eax, cr3
        mov     cr3, eax
        ret

fault:  pushad                          ; gives the page a frame
        mov     ebx, cr2
        add     [0x7004], ebx
        mov     edx, [esp + 32]         ; the error code may be that of a page that is there by now
        add     [0x7008], edx
.retry: call    frame
        test    al, 1
        jz      .retry
        shr     ebx, 10
        and     ebx, 0xffc
        mov     [TABLE + ebx], eax
        mov     [esp + 8], ebp          ; EBP as POPAD will load it
        popad
        add     esp, 4
        iretd

timer:  push    eax
        inc     dword [0x7000]
        mov     al, 0x20
        out     0x20, al
        pop     eax
        iretd
