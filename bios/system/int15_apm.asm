; INT 15h/53h: APM 1.2, the part that real-mode programs use: idle, and switching the machine off.
; There is no protected-mode interface; 5300h says so.

APM_VERSION equ 0102h

int15_apm:
        mov es, [B_EBDA]
        mov al, [bp + F_AL]
        cmp al, 0Fh
        ja .no_function
        cbw
        mov si, ax
        shl si, 1
        jmp [cs:.table + si]
.table: dw .check, .connect, .no_protected, .no_protected32, .disconnect, .idle, .busy, .power
        dw .enable, .good, .battery, .no_event, .state, .no_function, .version, .enable

.no_function:
        mov ah, 0Ch
        stc
        ret
.no_protected:
        mov ah, 06h
        stc
        ret
.no_protected32:
        mov ah, 08h
        stc
        ret

.check:
        mov word [bp + F_AX], APM_VERSION
        mov word [bp + F_BX], 504Dh     ; 'PM'
        mov word [bp + F_CX], 0         ; no protected mode; idle does not slow the clock
        clc
        ret

.connect:
        mov ah, 02h                     ; connected already
        test byte [es:E_APM], 1
        stc
        jnz .ret
        mov word [es:E_APM], 0001h
        jmp short .good
.disconnect:
        mov ah, 03h                     ; not connected
        test byte [es:E_APM], 1
        stc
        jz .ret
        mov byte [es:E_APM], 0
        jmp short .good

.idle:
        sti
        hlt
        jmp short .good
.busy:
.enable:
.good:
        mov byte [bp + F_AH], 0
        clc
.ret:
        ret

; CX = state for device BX: only "off" for the whole machine (0001h) does something.
.power:
        mov ah, 09h                     ; no such device
        cmp word [bp + F_BX], 1
        stc
        jne .ret
        mov ax, [bp + F_CX]
        cmp al, 3
        je power_off
        cmp al, 1                       ; standby, suspend: until the next interrupt
        jb .good
        mov ah, 0Ah
        cmp word [bp + F_CX], 2
        ja .bad_state
        jmp short .idle
.bad_state:
        stc
        ret

; On mains, no battery.
.battery:
        mov word [bp + F_BX], 01FFh
        mov word [bp + F_CX], 80FFh
        mov word [bp + F_DX], 0FFFFh
        mov word [bp + F_SI], 0
        jmp short .good

.no_event:
        mov ah, 80h
        stc
        ret

.state:
        mov word [bp + F_CX], 0         ; on
        jmp short .good

.version:
        mov word [bp + F_AX], APM_VERSION
        clc
        ret

; The board's power switch listens for a word on its port.
power_off:
        mov dx, POWER_PORT
        mov si, .word
        mov cx, .word_end - .word
.next:
        cs lodsb
        out dx, al
        loop .next
.halt:
        cli                             ; a board without the switch stays dark
        hlt
        jmp short .halt
.word:  db 'Shutdown'
.word_end:
