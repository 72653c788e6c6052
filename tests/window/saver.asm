; Writes without end: looks on the first hard disk for the sector that begins with the letters of
; `old` and writes those of `new` over them again and again, so that there is always something that
; has not reached the host's disk yet. "Ready" says that it has begun.

        org 7C00h
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 7C00h
        mov ax, 3
        int 10h
find:   mov ah, 42h
        call sector
        jc $
        mov si, old
        mov di, buffer
        mov cx, 11
        cld
        repe cmpsb
        je found
        inc dword [lba]
        jmp find
found:  mov si, new
        mov di, buffer
        mov cx, 11
        rep movsb
        mov ah, 43h
        call sector
        jc $
        mov si, ready
        mov cx, 5
hello:  lodsb
        mov ah, 0Eh
        int 10h
        loop hello
again:  inc byte [buffer+511]
        mov ax, 4300h
        call sector
        sti
        hlt
        jmp again

sector: mov dl, 80h
        mov si, packet
        int 13h
        ret

packet  db 16, 0
        dw 1, buffer, 0
lba     dd 0, 0
old     db "glass86 old"
new     db "glass86 new"
ready   db "Ready"
        times 510-($-$$) db 0
        dw 0AA55h
buffer:
        times 368640-($-$$) db 0
