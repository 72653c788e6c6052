; INT 15h/C2h: the PS/2 pointing device, and IRQ12, which collects its packets and calls the
; handler that software installed.
;   00 on/off   01 reset   02 sample rate   03 resolution   04 type   05 initialize   06 extended
;   07 install handler
; AH: 01 bad function, 02 bad value, 03 interface error, 04 resend, 05 no handler installed.

int15_mouse:
        mov es, [B_EBDA]
        mov ah, 03h
        cmp byte [es:E_MOUSE], 0
        je .bad
        mov al, [bp + F_AL]
        cmp al, 07h
        mov ah, 01h
        ja .bad
        cbw
        mov si, ax
        shl si, 1
        call [cs:.table + si]
        jc .out
        mov byte [bp + F_AH], 0
        clc
.out:
        ret
.bad:
        stc
        ret
.table: dw mouse_enable, mouse_reset, mouse_rate, mouse_resolution
        dw mouse_type, mouse_init, mouse_extended, mouse_install

; While a command is under way its answers are read here: keyboard clock off, IRQ12 off. ES = EBDA.
mouse_begin:
        push cx
        mov al, 0ADh
        call kbc_command
        mov cx, 20                      ; a key already received goes to IRQ1 first
.drain:
        in al, KBC_STAT
        test al, 1
        jz .empty
        sti
        push cx
        mov cx, 1
        call delay_ms
        pop cx
        loop .drain
        in al, KBC_DATA
.empty:
        mov al, 20h
        call kbc_command
        pushf
        cli
        mov al, 20h
        mov cx, 20
        call kbc_receive
        popf
        and al, 0EDh                    ; no IRQ12; mouse clock on ...
        and al, 0DFh
        or al, 10h                      ; ... keyboard clock still off
        call mouse_command_byte
        mov byte [es:E_MOUSE_IDX], 0
        pop cx
        ret

mouse_end:
        pushf
        push ax
        mov al, 47h
        call mouse_command_byte
        mov al, 0AEh
        call kbc_command
        pop ax
        popf
        ret

mouse_command_byte:
        push ax
        mov al, 60h
        call kbc_command
        pop ax
        jmp kbc_data

; AL = byte for the mouse. Out: CF = 1, AH = 03h if it does not acknowledge, 04h if it asks again.
mouse_send:
        call aux_send
        jnc .out
        mov ah, 03h
        cmp al, 0FEh
        jne .bad
        inc ah
.bad:
        stc
.out:
        ret

; AL = command, BL = its parameter.
mouse_send2:
        call mouse_send
        jc .out
        mov al, bl
        call mouse_send
.out:
        ret

; BH = 0 off, 1 on.
mouse_enable:
        mov bl, [bp + F_BH]
        mov ah, 02h
        cmp bl, 1
        ja mouse_bad
        mov al, 0F5h
        jb .send
        mov ah, 05h                     ; packets would go nowhere
        test byte [es:E_MOUSE_SIZE], 80h
        jz mouse_bad
        mov al, 0F4h
.send:
        call mouse_begin_keep
        call mouse_send
        jmp mouse_end

mouse_bad:
        stc
        ret

; mouse_begin, with AX kept.
mouse_begin_keep:
        push ax
        call mouse_begin
        pop ax
        ret

; Out: BL = AAh, BH = 0.
mouse_reset:
        call mouse_begin
        mov al, 0FFh
        call mouse_send
        jc .end
        push cx
        mov cx, 1000
        call kbc_receive
        jc .none
        mov bl, al
        call kbc_receive
        mov bh, al
.none:
        pop cx
        mov ah, 03h
        jc .end
        mov [bp + F_BX], bx
.end:
        jmp mouse_end

; BH = 0-6: 10, 20, 40, 60, 80, 100, 200 per second.
mouse_rate:
        mov bl, [bp + F_BH]
        mov ah, 02h
        cmp bl, 6
        ja mouse_bad
        xor bh, bh
        mov bl, [cs:.rates + bx]
        mov al, 0F3h
        jmp short mouse_two
.rates: db 10, 20, 40, 60, 80, 100, 200

; BH = 0-3: 1, 2, 4, 8 counts per millimetre.
mouse_resolution:
        mov bl, [bp + F_BH]
        mov ah, 02h
        cmp bl, 3
        ja mouse_bad
        mov al, 0E8h
mouse_two:
        call mouse_begin_keep
        call mouse_send2
        jmp mouse_end

mouse_type:
        call mouse_begin
        mov al, 0F2h
        call mouse_send
        jc .end
        call mouse_receive
        jc .end
        mov [bp + F_BH], al
.end:
        jmp mouse_end

; Out: AL; CF = 1 and AH = 03h if nothing comes.
mouse_receive:
        push cx
        mov cx, 50
        call kbc_receive
        pop cx
        mov ah, 03h
        ret

; BH = packet size 1-8; then as after a reset.
mouse_init:
        mov bl, [bp + F_BH]
        mov ah, 02h
        dec bl
        cmp bl, 7
        ja mouse_bad
        mov al, [es:E_MOUSE_SIZE]
        and al, 0F8h
        or al, bl
        mov [es:E_MOUSE_SIZE], al
        jmp mouse_reset

; BH = 0: status in BL, CL, DL; 1: scaling 1:1; 2: scaling 2:1.
mouse_extended:
        mov bl, [bp + F_BH]
        mov ah, 02h
        cmp bl, 2
        ja mouse_bad
        call mouse_begin
        or bl, bl
        jz .status
        mov al, 0E5h
        add al, bl                      ; E6h, E7h
        call mouse_send
        jmp mouse_end
.status:
        mov al, 0E9h
        call mouse_send
        jc .end
        call mouse_receive
        jc .end
        mov [bp + F_BL], al
        call mouse_receive
        jc .end
        mov [bp + F_CL], al
        call mouse_receive
        jc .end
        mov [bp + F_DL], al
.end:
        jmp mouse_end

; ES:BX = handler, 0:0 = none.
mouse_install:
        mov ax, [bp + F_BX]
        mov dx, [bp + F_ES]
        pushf
        cli
        mov [es:E_MOUSE_PTR], ax
        mov [es:E_MOUSE_PTR + 2], dx
        mov byte [es:E_MOUSE_IDX], 0
        or ax, dx
        jz .none
        or byte [es:E_MOUSE_SIZE], 80h
        jmp short .out
.none:
        and byte [es:E_MOUSE_SIZE], 7Fh
.out:
        popf
        clc
        ret

; ---- IRQ12 -------------------------------------------------------------------------------------
; A full packet calls the handler with four words on the stack: status, X, Y, Z; it returns with
; RETF and leaves them there. Interrupts are on during the call; IRQ12 itself is still in service,
; so the handler is not entered twice.
int74:
        push ax
        push bx
        push cx
        push dx
        push si
        push di
        push bp
        push ds
        push es
        cld
        in al, KBC_STAT
        and al, 21h
        cmp al, 21h                     ; nothing there: a command's answer, taken already
        jne .out
        SETSEG ds, bx, SEG_BDA
        mov ds, [B_EBDA]
        in al, KBC_DATA
        test byte [E_MOUSE_SIZE], 80h
        jz .out
        mov bl, [E_MOUSE_IDX]
        and bx, 7
        jnz .store
        ; NOTE: bit 3 is set in the first byte of every packet; others are noise after a lost byte.
        mov cl, [E_MOUSE_SIZE]
        and cl, 7
        cmp cl, 2
        jb .store
        test al, 08h
        jz .out
.store:
        mov [E_MOUSE_PKT + bx], al
        inc bx
        mov [E_MOUSE_IDX], bl
        mov cl, [E_MOUSE_SIZE]
        and cl, 7
        cmp bl, cl
        jbe .out                        ; size - 1: more to come
        mov byte [E_MOUSE_IDX], 0
        xor ax, ax
        mov bx, E_MOUSE_PKT
        mov al, [bx]
        push ax
        mov al, [bx + 1]
        push ax
        mov al, [bx + 2]
        push ax
        mov al, 0
        cmp cl, 3
        jb .no_wheel
        mov al, [bx + 3]                ; of packets of four bytes: the wheel
.no_wheel:
        push ax
        sti
        call far [E_MOUSE_PTR]
        cli
        add sp, 8
.out:
        mov al, EOI
        out PIC2, al
        out PIC1, al
        pop es
        pop ds
        pop bp
        pop di
        pop si
        pop dx
        pop cx
        pop bx
        pop ax
        iret
