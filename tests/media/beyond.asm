; A hard disk of more than 2^28 sectors: its boot sector reads and writes behind them with INT 13h/42h and 43h, which takes
; 48-bit commands. What it found goes to port E9h: status and text of sector 10000005h, status of a write to 10000006h,
; status of a read across 2^28, the fourth byte of the size.
        cpu 8086
        bits 16
        org 7C00h
        jmp 0:start

start:
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 7C00h
        cld
        sti
        mov si, packet
        mov ah, 42h
        call status
        mov cx, 5
        mov si, 8000h
.text:
        lodsb
        out 0E9h, al
        loop .text
        mov si, packet
        inc byte [si + 8]
        mov ax, 4300h
        call status
        mov word [si + 8], 0FFFFh
        mov word [si + 10], 0FFFh
        mov byte [si + 2], 3
        mov ah, 42h
        call status
        mov si, 9000h
        mov word [si], 1Ah
        mov ah, 48h
        call status
        mov al, [si + 19]
        add al, '0'
        out 0E9h, al
        mov al, 10
        out 0E9h, al
        mov dx, 8900h
        mov si, off
.off:
        lodsb
        out dx, al
        or al, al
        jnz .off
        cli
        hlt

; INT 13h on the disk; AH as two letters.
status:
        mov dl, 80h
        int 13h
        mov al, ah
        mov cl, 4
        shr al, cl
        add al, 'A'
        out 0E9h, al
        mov al, ah
        and al, 15
        add al, 'A'
        out 0E9h, al
        ret

off:    db 'Shutdown', 0
packet: db 16, 0, 1, 0
        dw 8000h, 0
        dd 10000005h, 0

        times 510 - ($ - $$) db 0
        dw 0AA55h
