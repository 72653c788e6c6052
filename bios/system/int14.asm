; INT 14h: serial ports.
;   00 initialize from AL   01 send AL   02 receive   03 status   04 extended initialize
;   05 modem control;   DX = port 0-3
; AH returns the line status (bit 7 = timeout), AL the modem status.

int14:
        sti
        SAVE_FRAME
        SETSEG ds, ax, SEG_BDA
        mov si, [bp + F_DX]
        cmp si, 4
        jae .out
        mov cl, [B_COMTIME + si]
        shl si, 1
        mov dx, [B_COM + si]
        or dx, dx
        jz .out
        mov al, [bp + F_AH]
        cmp al, 5
        ja .out
        cbw
        mov si, ax
        shl si, 1
        call [cs:.table + si]
.out:
        RESTORE_FRAME
        iret
.table: dw .init, .send, .receive, .status, .extended, .modem

; AL: bits 7-5 rate, 4-3 parity, 2 stop bits, 1-0 length.
.init:
        mov al, [bp + F_AL]
        mov ah, al
        mov cl, 5
        shr al, cl
        call .set_rate
        mov al, ah
        and al, 1Fh
        call .set_line
        jmp short .status

; AL = break, BH = parity 0-4, BL = stop bits, CH = length 0-3, CL = rate 0-8.
.extended:
        mov al, [bp + F_CL]
        cmp al, 8
        ja .status
        call .set_rate
        mov al, [bp + F_BH]
        cmp al, 4
        ja .status
        mov bl, al
        xor bh, bh
        mov al, [cs:.parity + bx]
        mov ah, [bp + F_BL]
        and ah, 1
        shl ah, 1
        shl ah, 1
        or al, ah
        mov ah, [bp + F_CH]
        and ah, 3
        or al, ah
        cmp byte [bp + F_AL], 1
        jne .no_break
        or al, 40h
.no_break:
        call .set_line
        jmp short .status
.parity: db 00h, 08h, 18h, 28h, 38h

; AL = 0: read the modem control register into BL; 1: write it.
.modem:
        add dx, 4
        cmp byte [bp + F_AL], 0
        jne .modem_write
        in al, dx
        mov [bp + F_BL], al
        jmp short .modem_end
.modem_write:
        mov al, [bp + F_BL]
        and al, 1Fh
        out dx, al
.modem_end:
        sub dx, 4

.status:
        add dx, 5
        in al, dx
        mov [bp + F_AH], al
        inc dx
        in al, dx
        mov [bp + F_AL], al
        ret

.send:
        mov bx, 3030h                   ; wait for DSR and CTS ...
        mov al, 03h                     ; ... having raised DTR and RTS
        call .handshake
        jc .timeout
        mov ax, 2020h                   ; transmitter empty
        call .wait
        jc .timeout
        sub dx, 5
        mov al, [bp + F_AL]
        out dx, al
        add dx, 5
        in al, dx
        and al, 7Fh
        mov [bp + F_AH], al
        ret

.receive:
        mov bx, 2020h                   ; DSR
        mov al, 01h                     ; DTR
        call .handshake
        jc .timeout
        mov ax, 0101h                   ; data ready
        call .wait
        jc .timeout
        in al, dx
        and al, 1Eh
        mov [bp + F_AH], al
        sub dx, 5
        in al, dx
        mov [bp + F_AL], al
        ret

; DX = line status register.
.timeout:
        in al, dx
        or al, 80h
        mov [bp + F_AH], al
        ret

; AL = modem control, BX = modem status wanted. Leaves DX at the line status register.
.handshake:
        add dx, 4
        out dx, al
        inc dx
        inc dx
        mov ax, bx
        call .wait
        dec dx                          ; keeps CF
        ret

; Poll DX for AX for CL seconds, as the port's timeout byte asks. Out: CF.
.wait:
        push cx
        xor ch, ch
        or cl, cl
        jnz .second
        inc cx
.second:
        push cx
        mov cx, 1000
        call poll_port
        pop cx
        jnc .done
        loop .second
        stc
.done:
        pop cx
        ret

; AL = rate index. Keeps AH.
.set_rate:
        mov bl, al
        xor bh, bh
        shl bx, 1
        mov bx, [cs:.divisors + bx]
        add dx, 3
        mov al, 80h                     ; divisor latch
        out dx, al
        sub dx, 3
        mov al, bl
        out dx, al
        inc dx
        mov al, bh
        out dx, al
        dec dx
        ret
; AL = line control. Interrupts off.
.set_line:
        add dx, 3
        out dx, al
        dec dx
        dec dx
        mov al, 0
        out dx, al
        dec dx
        ret
;               110   150  300  600  1200 2400 4800 9600 19200
.divisors: dw 1047, 768, 384, 192, 96, 48, 24, 12, 6
