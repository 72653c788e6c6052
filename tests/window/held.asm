; Says how many keys are down, by the codes that the keyboard sends: "held N". Repeated codes count
; once, a break without its make not at all.

        org 7C00h
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 7C00h
        mov ax, 3
        int 10h
        cli
        mov al, 0FFh                    ; no interrupts: the codes are ours
        out 21h, al
show:   mov ah, 2
        mov bh, 0
        xor dx, dx
        int 10h
        mov si, held
        mov cx, 5
.put:   lodsb
        mov ah, 0Eh
        int 10h
        loop .put
        mov al, [count]
        add al, '0'
        int 10h
poll:   in al, 64h
        test al, 1
        jz poll
        in al, 60h
        cmp al, 0E0h
        jne code
        mov byte [prefix], 80h
        jmp poll
code:   mov bl, al
        and bl, 7Fh
        or bl, [prefix]
        mov byte [prefix], 0
        cmp bl, 0AAh                    ; the shifts that the keyboard makes up around grey keys
        je poll
        mov bh, 0
        test al, 80h
        jnz up
        cmp byte [keys+bx], 0
        jne poll
        inc byte [keys+bx]
        inc byte [count]
        jmp show
up:     cmp byte [keys+bx], 0
        je poll
        dec byte [keys+bx]
        dec byte [count]
        jmp show

count   db 0
prefix  db 0
held    db "held "
        times 510-($-$$) db 0
        dw 0AA55h
keys:
        times 368640-($-$$) db 0
