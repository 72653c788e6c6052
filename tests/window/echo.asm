; The floppy of the tests: shows what is typed, and waits with HLT as DOS does.

        org 7C00h
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 7C00h
        mov ax, 3
        int 10h
        mov si, ready
        mov cx, 7
hello:  lodsb
        mov ah, 0Eh
        int 10h
        loop hello
next:   mov ah, 1
        int 16h
        jnz key
        sti
        hlt
        jmp next
key:    mov ah, 0
        int 16h
        mov ah, 0Eh
        xor bx, bx
        int 10h
        cmp al, 13
        mov ax, 0E0Ah
        jne next
        int 10h
        jmp next
ready   db "Ready", 13, 10
        times 510-($-$$) db 0
        dw 0AA55h
        times 368640-($-$$) db 0
