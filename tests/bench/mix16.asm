; 16-bit real mode: near and far calls, string loads, table look-up, divisions, a stack frame, data next to the code.
%include "bench.inc"
        bits 16
        org 0
        start_
        cli
        cld
        mov ax, cs
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0FFF0h
again:  mov si, text
        mov cx, 64
        xor bx, bx
.byte:  lodsb
        xor bl, al
        mov al, bl
        push bx
        mov bx, table
        xlatb
        pop bx
        mov [buffer], al
        add [count], ax
        loop .byte
        push word [count]
        call frame
        add sp, 2
        call 1000h:far_sub
        mov ax, [count]
        xor dx, dx
        mov cx, 10
        div cx
        mov [buffer + 2], dl
        repeat16 again
frame:  push bp
        mov bp, sp
        sub sp, 4
        mov ax, [bp+4]
        mov [bp-2], ax
        shl word [bp-2], 1
        cmp word [bp-2], 1000
        ja .big
        inc word [count]
.big:   mov sp, bp
        pop bp
        ret
far_sub: mov di, buffer
        mov cx, 8
        mov al, 20h
.fill:  stosb
        loop .fill
        retf
count:  dw 0
buffer: times 16 db 0
text:   times 64 db ($ - text) * 7 & 255
table:  times 256 db ($ - table) ^ 5Ah
