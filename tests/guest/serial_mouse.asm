; A Microsoft serial mouse at COM1 and COM2, by a driver as DOS has them: 1200 baud, seven bits, found by the M that it says
; when DTR and RTS come up, interrupts by OUT2, packets of three bytes whose first one has bit 6. The debugger moves
; the mouse at each OUT to ports E0h to E4h (serial_mouse.dbg).
; run: -cpu 8086 -serial msmouse -x tests/guest/serial_mouse.dbg
; run: -cpu 486 -serial null -serial msmouse -x tests/guest/serial_mouse.dbg
%include "bios_test.inc"

; Where the mouse is: DX = port, else nothing there.
RBR     equ 0
IER     equ 1
LCR     equ 3
MCR     equ 4
LSR     equ 5

tests:
        mov dx, [BDA]                   ; COM1
        call start_mouse
        cmp byte [answer], 'M'
        je .found
        mov dx, [BDA + 2]               ; COM2
        call start_mouse
.found:
        IS_BITS word [answer], 00FFh, 'M', 'the mouse says M when it gets power'
        IS word [bytes], 1, 'and nothing else'

        out 0E0h, al                    ; 3 right, 2 up
        call settle
        IS word [x], 3, 'moved: x'
        IS word [y], -2, 'moved: y'
        IS word [packets], 1, 'moved: one packet'
        IS_BITS word [buttons], 00FFh, 0, 'moved: no button'

        out 0E1h, al                    ; left
        call settle
        IS_BITS word [buttons], 00FFh, 20h, 'left button'
        IS word [packets], 2, 'left button: one packet'
        out 0E2h, al                    ; both
        call settle
        IS_BITS word [buttons], 00FFh, 30h, 'both buttons'

        out 0E3h, al                    ; 500 left, 300 down: more than a packet can say
        call settle
        IS word [x], 3 - 500, 'far: x'
        IS word [y], -2 + 300, 'far: y'
        IS_BITS word [buttons], 00FFh, 10h, 'far: right button'
        out 0E4h, al
        call settle
        IS_BITS word [buttons], 00FFh, 0, 'no button'
        IS word [x], 3 - 500, 'nothing moved'
        IS word [bad], 0, 'every packet begins with bit 6, which no other byte has'
        IS word [overruns], 0, 'no byte was lost'

        ; DTR and RTS down and up again: a driver that is started once more
        mov dx, [port]
        call start_mouse
        IS_BITS word [answer], 00FFh, 'M', 'M again'

        ; without power it is quiet
        mov dx, [port]
        add dx, MCR
        mov al, 08h
        out dx, al
        mov word [bytes], 0
        out 0E0h, al
        call settle
        IS word [bytes], 0, 'no power: quiet'
        ret

; DX = port: switches the mouse off and on and listens; [answer] = first byte or 0. Destroys all.
start_mouse:
        mov [port], dx
        mov word [answer], 0
        mov word [bytes], 0
        mov word [place], 0
        or dx, dx
        jz .out
        cli
        xor ax, ax
        mov es, ax
        mov word [es:4 * 0Ch], interrupt        ; IRQ4
        mov [es:4 * 0Ch + 2], cs
        mov word [es:4 * 0Bh], interrupt        ; IRQ3
        mov [es:4 * 0Bh + 2], cs
        in al, 21h
        and al, ~18h & 0FFh
        out 21h, al
        sti
        mov si, .setup
        mov cx, 7
.next:
        mov dx, [port]
        lodsb
        mov ah, 0
        add dx, ax
        lodsb
        out dx, al
        loop .next
        call settle                     ; long enough without power
        mov dx, [port]
        in al, dx                       ; what was there before
        mov word [answer], 0
        mov word [bytes], 0
        add dx, MCR
        mov al, 0Bh                     ; DTR, RTS, and OUT2, which lets the interrupt through
        out dx, al
        call settle
        mov word [place], 0
.out:
        ret
.setup: db LCR, 82h, RBR, 96, IER, 0    ; 1200 baud
        db LCR, 02h                     ; 7 bits, 1 stop bit, no parity
        db MCR, 08h, IER, 1, LCR, 02h

interrupt:
        push ax
        push bx
        push dx
        push ds
        xor ax, ax
        mov ds, ax
.more:
        mov dx, [port]
        add dx, LSR
        in al, dx
        test al, 02h
        jz .whole
        inc word [overruns]
.whole:
        test al, 01h
        jz .done
        sub dx, LSR
        in al, dx
        and al, 7Fh
        inc word [bytes]
        cmp byte [answer], 0
        jne .packet
        mov [answer], al
        jmp short .more
.packet:
        mov bx, [place]
        mov ah, al
        and ah, 40h
        cmp bx, 0                       ; the first byte and only it has bit 6
        je .first
        xor ah, 40h
.first:
        or ah, ah
        jnz .store
        inc word [bad]
.store:
        mov [packet + bx], al
        inc bx
        mov [place], bx
        cmp bx, 3
        jb .more
        mov word [place], 0
        call take
        jmp short .more
.done:
        mov al, 20h
        out 20h, al
        pop ds
        pop dx
        pop bx
        pop ax
        iret

; A whole packet: 1 L R y7 y6 x7 x6, x5-x0, y5-y0. Destroys AX, BX.
take:
        inc word [packets]
        mov al, [packet]
        mov bl, al
        and al, 30h
        mov [buttons], al
        mov al, bl
        ror al, 1
        ror al, 1
        and al, 0C0h
        or al, [packet + 1]
        cbw
        add [x], ax
        mov al, bl
        add al, al
        add al, al
        add al, al
        add al, al
        and al, 0C0h
        or al, [packet + 2]
        cbw
        add [y], ax
        ret

port:     dw 0
answer:   dw 0
bytes:    dw 0
place:    dw 0
packet:   db 0, 0, 0, 0
packets:  dw 0
buttons:  dw 0
x:        dw 0
y:        dw 0
bad:      dw 0
overruns: dw 0

        times 1474560 - ($ - $$) db 0
