; A 1.44 MB floppy that loads the program PAYLOAD to 1000:0000, one sector at a time, and jumps there.
        bits 16
        org 7C00h
        jmp short start
        nop
        db 'GLASSBEN'                   ; BIOS parameter block of a 1.44 MB disk
        dw 512
        db 1
        dw 1
        db 2
        dw 224, 2880
        db 0F0h
        dw 9, 18, 2
        dd 0, 0
        db 0, 0, 29h
        dd 0
        db 'BENCH      FAT12   '
start:  cli
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 7C00h
        sti
        cld
        mov ax, 1000h
        mov es, ax
        mov si, 1                       ; logical sector
.next:  mov ax, si
        xor dx, dx
        mov cx, 18
        div cx
        mov cl, dl
        inc cl
        xor dx, dx
        mov bx, 2
        div bx
        mov ch, al
        mov dh, dl
        mov dl, 0
        xor bx, bx
        mov ax, 201h
        int 13h
        jc .next
        mov ax, es
        add ax, 20h
        mov es, ax
        inc si
        cmp si, (payload_end - payload + 511) / 512
        jbe .next
        jmp 1000h:0
        times 510 - ($ - $$) db 0
        dw 0AA55h
payload: incbin PAYLOAD
payload_end:
        times 2880 * 512 - ($ - $$) db 0
