; Mode 12h as drawing programs use it: write modes 0, 1, 2 and 3, set/reset, bit mask, XOR, and reading by color.
%include "vga/screen.inc"
        bits 16
        org 0
        mov ax, 12h
        int 10h
        start_
        mov ax, 0A000h
        mov es, ax
        mov ds, ax
        cld
%macro graphics 2
        mov ax, %1 | (%2) << 8
        out dx, ax
%endmacro
again:  mov dx, 3CEh
        graphics 0, 5                   ; set/reset in all planes: solid fill
        graphics 1, 15
        xor di, di
        mov cx, 19200
        rep stosw
        graphics 1, 0
        graphics 3, 18h                 ; XOR of a box, read and write
        mov di, 80 * 100 + 10
        mov bp, 200
.box:   mov cx, 40
.byte:  mov al, 0AAh
        xchg al, [di]
        inc di
        loop .byte
        add di, 40
        dec bp
        jnz .box
        graphics 3, 0
        graphics 5, 2                   ; write mode 2: pixels by bit mask
        mov bp, 3000
.pixel: imul si, bp, 40503
        mov di, si
        shr di, 1
        mov cx, si
        and cl, 7
        mov ax, 8008h
        shr ah, cl
        out dx, ax
        mov ax, bp
        xchg al, [di]
        dec bp
        jnz .pixel
        graphics 5, 3                   ; write mode 3: masked by the data
        graphics 8, 0FFh
        graphics 0, 9
        mov di, 80 * 300
        mov cx, 4000
.text:  mov al, cl
        xchg al, [di]
        inc di
        loop .text
        graphics 5, 1                   ; write mode 1: a copy of a third of the screen
        mov si, 80 * 100
        mov di, 80 * 300
        mov cx, 12800
        rep movsb
        graphics 0, 0
        graphics 5, 8                   ; read by color, then two planes
        graphics 2, 9
        mov si, 38399
        mov cx, 1000
.color: add bl, [si]
        rol ebx, 1
        sub si, 31
        loop .color
        graphics 5, 0
        mov bp, 2
.plane: mov ax, bp
        mov ah, al
        mov al, 4
        out dx, ax
        mov si, 38399
        mov cx, 1000
.sum:   add bl, [si]
        rol ebx, 1
        sub si, 37
        loop .sum
        dec bp
        jnz .plane
        graphics 4, 0
        repeat_screen again
