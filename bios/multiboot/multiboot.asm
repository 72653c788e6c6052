; multiboot.asm: option ROM that starts a Multiboot kernel (Multiboot Specification 0.6.96, 3.2) in place of INT 19h.
; The kernel's image and the information structure come through QEMU's fw_cfg ports (devices/fwcfg.c); here only
; the memory map is added, which the BIOS knows. frontend/multiboot.c makes the rest and chose the places:
;
;   INFO - 800h   memory map, then room for the stack
;   INFO          the structure, its strings behind it

        cpu     386
        bits    16
        org     0

CFG_SELECT      equ     510h
KERNEL_ADDR     equ     07h
KERNEL_SIZE     equ     08h
INFO_ADDR       equ     0Ah
INFO_SIZE       equ     0Bh
KERNEL_ENTRY    equ     10h
KERNEL_DATA     equ     11h
INFO_DATA       equ     12h

ROOM            equ     800h            ; below INFO

; fields of the structure
MEM_LOWER       equ     4
MEM_UPPER       equ     8
MMAP_LENGTH     equ     44

        db      55h,0AAh,SIZE/512
init:
        push    ds
        push    ax
        xor     ax,ax
        mov     ds,ax
        mov     word [19h*4],boot
        mov     [19h*4+2],cs
        pop     ax
        pop     ds
        retf

; EAX = double word at the start of item AX.
%macro  ITEM 1
        mov     ax,%1
        call    item
%endmacro
%macro  MAKE_ITEM 0
        mov     dx,CFG_SELECT
        out     dx,ax
        inc     dx
        mov     ecx,4
%%byte: in      al,dx
        ror     eax,8
        loop    %%byte
        ret
%endmacro
item:   MAKE_ITEM

boot:
        cli
        cld
        ITEM    INFO_ADDR
        sub     eax,ROOM
        shr     eax,4
        mov     es,ax
        mov     ss,ax
        mov     sp,ROOM
        sti
        mov     ax,2401h                ; A20 on
        int     15h
        in      al,92h
        or      al,2
        and     al,0FEh
        out     92h,al

        xor     ebp,ebp                 ; KiB of memory above 1 MB
        xor     ebx,ebx
        mov     di,4                    ; behind an entry's size
.region:
        mov     eax,0E820h
        mov     edx,'PAMS'              ; "SMAP" to the eye
        mov     ecx,20
        int     15h
        jc      .mapped
        cmp     eax,'PAMS'
        jne     .mapped
        mov     dword [es:di-4],20
        cmp     dword [es:di],100000h
        jne     .other
        cmp     dword [es:di+4],0
        jne     .other
        cmp     dword [es:di+16],1      ; RAM
        jne     .other
        mov     ebp,[es:di+8]
        shr     ebp,10
.other:
        add     di,24
        test    ebx,ebx
        jnz     .region
.mapped:
        movzx   edi,di
        sub     edi,4
        push    edi                     ; bytes of the map
        push    ebp
        int     12h
        movzx   eax,ax
        push    eax                     ; KiB below 640

        cli
        xor     ebx,ebx
        mov     bx,ss
        shl     ebx,4                   ; linear address of the stack segment
        xor     eax,eax
        mov     ax,cs
        shl     eax,4
        lea     ecx,[eax+gdt]
        push    ecx
        push    word gdt_end-gdt-1
        mov     bp,sp
        o32     lgdt [bp]
        add     sp,6
        lea     ecx,[eax+start32]
        mov     eax,cr0
        or      al,1
        mov     cr0,eax
        push    dword 8
        push    ecx
        o32     retf

        align   8
gdt:    dd      0,0
        dw      0FFFFh,0,9A00h,0CFh
        dw      0FFFFh,0,9200h,0CFh
gdt_end:

        bits    32
item32: MAKE_ITEM

; Item %1 to EDI, ECX bytes.
%macro  FETCH 1
        mov     ax,%1
        mov     dx,CFG_SELECT
        out     dx,ax
        inc     dx
        rep     insb
%endmacro
%macro  ITEM32 1
        mov     ax,%1
        call    item32
%endmacro

start32:
        mov     ax,10h
        mov     ds,ax
        mov     es,ax
        mov     fs,ax
        mov     gs,ax
        mov     ss,ax
        movzx   esp,sp
        add     esp,ebx
        ITEM32  KERNEL_ADDR
        mov     edi,eax
        ITEM32  KERNEL_SIZE
        mov     ecx,eax
        FETCH   KERNEL_DATA
        ITEM32  INFO_ADDR
        mov     ebx,eax
        mov     edi,eax
        ITEM32  INFO_SIZE
        mov     ecx,eax
        FETCH   INFO_DATA
        pop     dword [ebx+MEM_LOWER]
        pop     dword [ebx+MEM_UPPER]
        pop     dword [ebx+MMAP_LENGTH]
        ITEM32  KERNEL_ENTRY
        mov     ecx,eax
        mov     eax,2BADB002h
        jmp     ecx

SIZE    equ     1024
        times   SIZE-1-($-$$) db 0
        db      0                       ; checksum
