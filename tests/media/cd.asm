; A CD's boot image that tries INT 13h on the drive it came from, emulated or not, and says on port
; E9h what it found. Built three times: EMU = 0 no emulation, 1 floppy, 2 hard disk. It is loaded by
; its first 512 bytes alone when emulated, so it stays that short.
        cpu 8086
        bits 16
        org 7C00h
%ifndef EMU
%define EMU 0
%endif
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 7C00h
        cld
        mov [drive], dl
        mov si, m_drive
        call print
        mov al, dl
        call hex

        mov si, 1000h                   ; 4B01: what boots
        mov ax, 4B01h
        mov dl, [drive]
        int 13h
        mov si, m_spec
        call print
        call status
        mov al, [1001h]
        call hex
        mov al, [1002h]
        call hex
%if EMU == 0
        mov bx, 55AAh
        mov ah, 41h
        mov dl, [drive]
        int 13h
        mov si, m_edd
        call print
        push cx
        call status
        mov ax, bx
        call hexw
        pop ax
        call hex
        mov word [1100h], 30
        mov si, 1100h
        mov ah, 48h
        mov dl, [drive]
        int 13h
        mov si, m_params
        call print
        call status
        mov ax, [1110h]                 ; blocks
        call hexw
        mov ax, [1118h]
        call hexw
        mov si, packet
        mov ah, 42h
        mov dl, [drive]
        int 13h
        mov si, m_read
        call print
        call status
        mov al, [2001h]
        mov [letters], al
        mov al, [2005h]
        mov [letters + 1], al
        mov si, letters
        call print
        mov ah, 43h
        mov si, packet
        mov dl, [drive]
        int 13h
        mov si, m_write
        call print
        call status
        mov ax, 4500h                   ; lock, eject, unlock, eject
        mov dl, [drive]
        int 13h
        mov si, m_lock
        call print
        call status
        mov ax, 4600h
        mov dl, [drive]
        int 13h
        call status
        mov ax, 4501h
        mov dl, [drive]
        int 13h
        call status
        mov ax, 4600h
        mov dl, [drive]
        int 13h
        call status
        mov si, packet
        mov ah, 42h
        mov dl, [drive]
        int 13h
        call status
%else
        mov ah, 08h
        mov dl, [drive]
        int 13h
        mov si, m_params
        call print
        push cx
        call status
        pop ax
        call hexw
        mov ax, dx
        call hexw
        xor ax, ax                      ; a floppy's parameters change ES
        mov es, ax
        mov ax, 0203h                   ; sectors 3-5: the second block begins within
        mov cx, 3
        mov dh, 0
        mov dl, [drive]
        mov bx, 2000h
        int 13h
        mov si, m_read
        call print
        call status
        mov al, [2000h]
        call hex
        mov al, [2200h]
        call hex
        mov al, [2400h]
        call hex
        mov ax, 0301h
        mov cx, 3
        mov dh, 0
        mov dl, [drive]
        mov bx, 2000h
        int 13h
        mov si, m_write
        call print
        call status
        mov ax, 0201h                   ; beyond the end
        mov cx, 0003h
        mov dh, 7Fh
        mov dl, [drive]
        int 13h
        mov si, m_range
        call print
        call status
        mov ax, 0201h                   ; the real disk, one further
        mov cx, 1
        mov dh, 0
        mov dl, [drive]
        inc dx
        mov bx, 2000h
        int 13h
        mov si, m_real
        call print
        call status
        mov al, [2000h]
        call hex
        mov al, dl
        call hex
%endif
        mov si, m_end
        call print
        cli
        hlt

status:                                 ; CF and AH
        mov al, '-'
        jnc .good
        mov al, '+'
.good:
        out 0E9h, al
        mov al, ah
        jmp short hex
hexw:
        push ax
        mov al, ah
        call hex
        pop ax
hex:
        push ax
        mov cl, 4
        shr al, cl
        call .digit
        pop ax
.digit:
        and al, 0Fh
        cmp al, 10
        sbb al, 69h
        das
        out 0E9h, al
        ret
print:
        push ax
.next:
        lodsb
        or al, al
        jz .out
        out 0E9h, al
        jmp short .next
.out:
        pop ax
        ret

m_drive: db 'drive ', 0
m_spec: db ' spec ', 0
m_edd:  db ' edd ', 0
m_params: db ' params ', 0
m_read: db ' read ', 0
m_write: db ' write ', 0
m_lock: db ' lock ', 0
m_range: db ' range ', 0
m_real: db ' real ', 0
m_end:  db ' end', 10, 0
letters: db 0, 0, 0
packet: db 16, 0
        dw 1, 2000h, 0
        dd 16, 0
drive:  db 0
%if EMU
        times 446 - ($ - $$) db 0
%if EMU == 2
        db 80h, 1, 1, 0, 6, 3, 11h, 9   ; ends at cylinder 9, head 3, sector 17
        dd 17, 663
%endif
        times 510 - ($ - $$) db 0
        dw 0AA55h
%else
        times 2048 - ($ - $$) db 0
%endif
