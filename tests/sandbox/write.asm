; write.asm: a guest that makes an empty file HELLO.NEW in the root directory of the FAT12 volume on the first hard disk: 63 sectors, then
; the volume, by its own boot sector's figures. It does
; not flush. Says W at the debug port, and 0 at the debug exit, if there is one.
        org 7C00h
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 7C00h
        mov si, packet          ; the volume's boot sector
        mov ah, 42h
        mov dl, 80h
        int 13h
        jc bad
        mov al, [8000h + 16]    ; copies of the FAT
        xor ah, ah
        mul word [8000h + 22]   ; sectors of one
        add ax, [8000h + 14]    ; reserved
        add [lba], ax
        mov si, packet
        mov ah, 42h
        mov dl, 80h
        int 13h
        jc bad
        mov di, 8000h
next:   cmp byte [di], 0        ; the first free entry
        je free
        add di, 32
        cmp di, 8200h
        jb next
bad:    mov al, 1
        out 0F4h, al
free:   mov si, name
        mov cx, 12
        rep movsb
        mov si, packet
        mov ax, 4300h
        mov dl, 80h
        int 13h
        jc bad
        mov al, 'W'
        out 0E9h, al
        mov al, 0
        out 0F4h, al
stay:   hlt
        jmp stay

packet: db 16, 0
        dw 1
        dw 8000h, 0
lba:    dd 63, 0
name:   db "HELLO   NEW", 20h
        times 510-($-$$) db 0
        dw 0AA55h
        times 368640-($-$$) db 0
