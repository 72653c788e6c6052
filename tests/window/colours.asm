; 320x200, no two neighbours alike: shows whether a picture is sharp.

        org 7C00h
        mov ax, 13h
        int 10h
        push 0A000h
        pop es
        xor di, di
        mov cx, 64000
fill:   mov ax, di
        mov bx, 13
        mul bx
        xor al, ah
        or al, 20h
        stosb
        loop fill
stay:   hlt
        jmp stay
        times 510-($-$$) db 0
        dw 0AA55h
        times 368640-($-$$) db 0
