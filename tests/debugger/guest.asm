; A small guest for the debugger's tests: real mode at 0:7C00, then protected mode with paging, then a triple fault.
; Symbols are looked up in the map that nasm writes.
        bits 16
        org 0x7c00
[map symbols brief guest.map]
start:  xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, 0x7c00
        mov     word [0x21 * 4], int21
        mov     word [0x21 * 4 + 2], ax
        mov     word [0 * 4], divide
        mov     word [0 * 4 + 2], ax
        mov     cx, 5
again:  call    count
        loop    again
        mov     dx, 0x3fb
        mov     al, 0x83                ; divisor latch
        out     dx, al
        mov     dl, 0xf8
        mov     al, 1
        out     dx, al
        inc     dx
        mov     al, 0
        out     dx, al
        mov     dl, 0xfb
        mov     al, 3
        out     dx, al
        mov     al, 'H'
        mov     dl, 0xf8
out1:   out     dx, al
        mov     cx, 20000
wait2:  loop    wait2
        mov     al, 'i'
        out     dx, al
        in      al, dx
        mov     cx, 40000
wait1:  loop    wait1
        mov     byte [0x5000], 0x42
after:  mov     ah, 9
        mov     dx, text
        int     0x21
        mov     si, text
        mov     di, 0x5100
        mov     cx, 8
        rep movsb
rep_end:mov     al, [0x5100]
        mov     bl, 0
        div     bl
divided:xchg    bx, bx
        cli
        lgdt    [gdtr]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     dword 8:wide
count:  push    bp
        mov     bp, sp
        inc     word [0x5002]
        pop     bp
        ret
int21:  push    ax
        pop     ax
        iret
divide: push    bp
        mov     bp, sp
        add     word [bp + 2], 2
        pop     bp
        iret
        bits 32
wide:   mov     ax, 16
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        mov     esp, 0x9000
        mov     edi, 0x10000
        mov     ecx, 2048
        xor     eax, eax
        rep stosd
        mov     dword [0x10000], 0x11007
        mov     dword [0x11000 + 7 * 4], 0x7007
        mov     dword [0x11000 + 8 * 4], 0x8007
        mov     dword [0x11000 + 0x50 * 4], 0x5001
        mov     eax, 0x10000
        mov     cr3, eax
        mov     eax, cr0
        or      eax, 0x80010000
        mov     cr0, eax
paged:  mov     eax, [0x50000]
        pushfd
        popfd
        sgdt    [0x8000]
        mov     dword [0x50000], 1
        align   8
gdt:    dq      0, 0x00cf9a000000ffff, 0x00cf92000000ffff
gdtr:   dw      23
        dd      gdt
text:   db      'Hello$'
        times   510 - ($ - $$) db 0
        dw      0xaa55
