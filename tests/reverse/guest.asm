; A guest for going backwards: timer interrupts that come while it computes, polls and halts, calls with arguments on the
; stack, string instructions, text on a serial port and on port E9h. It ends by isa-debug-exit with status 10.
        bits 16
        org 0x7c00
[map symbols brief guest.map]
start:  cli
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, 0x7c00
        mov     word [0x21 * 4], int21
        mov     word [0x21 * 4 + 2], ax
        mov     word [8 * 4], timer
        mov     word [8 * 4 + 2], ax
        mov     al, 0x11                ; 8259A: vectors from 8, only IRQ 0
        out     0x20, al
        mov     al, 8
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
        mov     dx, 0x3fb               ; 16550: 115200 baud, 8 bits
        mov     al, 0x83
        out     dx, al
        mov     dx, 0x3f8
        mov     ax, 1
        out     dx, ax
        mov     dx, 0x3fb
        mov     al, 3
        out     dx, al
        sti
        mov     cx, 5
again:  push    cx
        push    word 7
        call    work                    ; removes its two arguments
back:   loop    again
        mov     si, message
say:    lodsb
        or      al, al
        jz      halts
        out     0xe9, al
        mov     dx, 0x3f8
        out     dx, al
        mov     cx, 30000
pause:  loop    pause
        jmp     say
halts:  mov     cx, 20
nap:    hlt
woken:  loop    nap
        mov     bx, [ticks]             ; a busy wait of forty ticks, which idle skipping passes over
        add     bx, 40
spin:   cmp     [ticks], bx
        jne     spin
spun:   int     0x21
        mov     si, 0x7c00
        mov     di, 0x6000
        mov     cx, 100
        rep movsb
copied: mov     byte [0x5000], 0x42
written:mov     ax, 1
        mov     byte [0x5000], 0x43
last:   mov     cx, 5000
end1:   loop    end1
        mov     ax, 5
        out     0xf4, ax
        jmp     $
work:   push    bp
        mov     bp, sp
        mov     ax, [bp + 6]
        call    inner
inside: add     [total], ax
        pop     bp
        mov     cx, [0x7bfe]
        ret     4
inner:  add     ax, [bp + 4]
        ret
int21:  inc     word [services]
        iret
timer:  push    ax
        inc     word [ticks]
        mov     al, 0x20
        out     0x20, al
        pop     ax
        iret
message: db     "Hello, past", 10, 0
total:   dw     0
ticks:   dw     0
services:dw     0
        times 510 - ($ - $$) db 0
        dw      0xaa55
