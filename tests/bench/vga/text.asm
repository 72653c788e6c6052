; The 80 x 25 text screen: filled, written with characters and attributes, scrolled, read back.
%include "vga/screen.inc"
        bits 16
        org 0
        mov ax, 3
        int 10h
        start_
        mov ax, 0B800h
        mov es, ax
        mov ds, ax
        cld
again:  mov ax, 720h
        xor di, di
        mov cx, 2000
        rep stosw
        mov bp, 24
.line:  imul di, bp, 160
        mov cx, 80
        mov al, 'A'
.char:  mov [es:di], al
        mov byte [es:di+1], 1Eh
        add di, 2
        inc al
        and al, 7Fh
        loop .char
        dec bp
        jnz .line
        mov bp, 8
.scroll: mov si, 160
        xor di, di
        mov cx, 24 * 80
        rep movsw
        mov ax, 730h
        mov cx, 80
        rep stosw
        dec bp
        jnz .scroll
        mov si, 3998
        mov cx, 2000
.sum:   add bx, [si]
        rol ebx, 1
        sub si, 2
        loop .sum
        repeat_screen again
