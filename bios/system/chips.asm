; The board's chips as POST and the services need them: 8259A pair, 8254, 8237A pair, MC146818,
; 8042, A20, and waiting. Nothing here uses memory, only the stack.

; ---- waiting -----------------------------------------------------------------------------------

; Out: AX = channel 0 count. The latch and both reads must not be torn by an interrupt handler
; that does the same.
pit_read:
        pushf
        cli
        mov al, 0
        out PIT_CTL, al
        in al, PIT0
        mov ah, al
        in al, PIT0
        xchg al, ah
        popf
        ret

; Wait until (port DX AND AH) = AL, for at most CX milliseconds. Out: CF = 0 and AL = the value
; read, or CF = 1. Works with interrupts off. Time is read from channel 0, which counts twice per
; clock in mode 3: 2,386 steps are a millisecond. A program may have set another mode or a shorter
; period; a count that rises is then taken for a reload, so waits get longer but never shorter.
poll_port:
        push bx
        push cx
        push si
        push di
        mov bx, ax
        in al, dx
        mov ah, al
        and ah, bh
        cmp ah, bl
        je .match
        call pit_read
        mov si, ax
        xor di, di
.again:
        in al, dx
        mov ah, al
        and ah, bh
        cmp ah, bl
        je .match
        call pit_read
        xchg ax, si                     ; AX = before, SI = now
        cmp ax, si
        jb .reload
        sub ax, si
.reload:
        add di, ax
        jnc .whole
        sub cx, 27                      ; 65,536 steps
        jbe .timeout
.whole:
        cmp di, 2386
        jb .again
        sub di, 2386
        dec cx
        jnz .whole
.timeout:
        stc
        jmp short .out
.match:
        clc
.out:
        pop di
        pop si
        pop cx
        pop bx
        ret

; Wait CX milliseconds: no port value masked with 0 is ever 1.
delay_ms:
        push ax
        push dx
        mov dx, PORTB
        mov ax, 0001h
        call poll_port
        pop dx
        pop ax
        ret

; Halt until ([ES:BX] AND AH) is not zero, with ES = BDA; CX = limit in ticks. DX = 0, or a status
; port whose bit 7 (busy) going to zero also ends the wait: that keeps a transfer going when
; someone has masked its interrupt. Out: CF = 1 on timeout. Clobbers AL.
;
; The flag is tested with interrupts off, and STI takes effect only after HLT has begun, so no
; interrupt is lost between. If IRQ0 is masked nothing might ever wake us: then spin.
irq_wait:
        push bx
        push cx
        push si
        push di
        pushf
        mov si, [es:B_TICKS]
        xor di, di                      ; bounds the wakes, should the tick count stand still
.again:
        cli
        test [es:bx], ah
        jnz .got
        or dx, dx
        jz .sleep
        or di, di                       ; the interrupt is the better news: ask the port later
        jz .sleep
        in al, dx
        test al, 80h
        jz .got
.sleep:
        in al, PIC1_MASK
        test al, 1
        jnz .spin
        sti
        hlt
        push ax
        mov ax, [es:B_TICKS]
        sub ax, si
        cmp ax, cx
        pop ax
        jae .timeout
        inc di
        jnz .again
.timeout:
        popf
        stc
        jmp short .out
.spin:
        sti
        push cx
        mov cx, 1
        call delay_ms
        pop cx
        inc di
        test di, 003Fh                  ; about a tick
        jnz .again
        dec cx
        jnz .again
        jmp short .timeout
.got:
        popf
        clc
.out:
        pop di
        pop si
        pop cx
        pop bx
        ret

; ---- MC146818 ----------------------------------------------------------------------------------

; AL = register -> AL = value.
cmos_read:
        pushf
        cli
        out CMOS_IDX, al
        jmp short $+2
        in al, CMOS_DATA
        popf
        ret

; AL = register -> AX = the value there and in the next one.
cmos_read16:
        push bx
        mov bl, al
        inc al
        call cmos_read
        mov ah, al
        mov al, bl
        call cmos_read
        pop bx
        ret

; AL = register, AH = value. Keeps AX.
cmos_write:
        pushf
        cli
        out CMOS_IDX, al
        xchg al, ah
        jmp short $+2
        out CMOS_DATA, al
        xchg al, ah
        popf
        ret

; 32.768 kHz time base, 1,024 Hz periodic rate, 24 hours, BCD, no interrupts.
rtc_init:
        mov ax, 2600h + CM_STATA
        call cmos_write
        mov ax, 0200h + CM_STATB
        call cmos_write
        mov al, CM_STATC                ; reading clears what is pending
        call cmos_read
        mov al, CM_STATD
        jmp cmos_read

; ---- 8259A pair --------------------------------------------------------------------------------

; BL, BH = vectors of IRQ0 and IRQ8. All lines stay masked.
pic_init:
        mov al, 11h                     ; ICW1: edge, cascade, ICW4 follows
        out PIC1, al
        out PIC2, al
        mov al, bl
        out PIC1_MASK, al
        mov al, bh
        out PIC2_MASK, al
        mov al, 04h                     ; slave on IR2
        out PIC1_MASK, al
        mov al, 02h
        out PIC2_MASK, al
        mov al, 01h                     ; 8086 mode, normal EOI
        out PIC1_MASK, al
        out PIC2_MASK, al
        mov al, 0FFh
        out PIC1_MASK, al
        out PIC2_MASK, al
        ret

; Timer, keyboard, cascade and floppy; RTC, mouse, FPU and both IDE channels.
pic_unmask:
        mov al, 0B8h
        out PIC1_MASK, al
        mov al, 0Eh
        out PIC2_MASK, al
        ret

; ---- 8254, 8237A -------------------------------------------------------------------------------

pit_init:
        mov al, 36h                     ; channel 0, mode 3, 65,536 clocks: 18.2065 Hz
        out PIT_CTL, al
        mov al, 0
        out PIT0, al
        out PIT0, al
        mov al, 54h                     ; channel 1, mode 2, 18: memory refresh every 15 us
        out PIT_CTL, al
        mov al, 18
        out 41h, al
        mov al, 0B6h                    ; channel 2, mode 3: speaker, gate still closed
        out PIT_CTL, al
        mov al, 33h                     ; 1,331 clocks: 896 Hz
        out 42h, al
        mov al, 05h
        out 42h, al
        in al, PORTB
        and al, 0FCh
        out PORTB, al
        ret

dma_init:
        out 0Dh, al                     ; master clear, any value
        out 0DAh, al
        mov al, 40h                     ; single transfers on all channels
        out 0Bh, al
        inc al
        out 0Bh, al
        inc al
        out 0Bh, al
        inc al
        out 0Bh, al
        mov al, 0C0h                    ; channel 4 cascades the first controller
        out 0D6h, al
        mov al, 41h
        out 0D6h, al
        inc al
        out 0D6h, al
        inc al
        out 0D6h, al
        mov al, 0                       ; enable the cascade
        out 0D4h, al
        out 0D0h, al
        out 08h, al
        ret

; ---- 8042 --------------------------------------------------------------------------------------

; AL = command. Out: CF = 1 if the controller does not take it.
kbc_command:
        push dx
        mov dx, KBC_STAT
        jmp short kbc_send
; AL = data byte for the controller or the keyboard.
kbc_data:
        push dx
        mov dx, KBC_DATA
kbc_send:
        push cx
        push dx
        push ax
        mov dx, KBC_STAT
        mov ax, 0200h                   ; input buffer empty
        mov cx, 100
        call poll_port
        pop ax
        pop dx
        jc .out
        out dx, al
        clc
.out:
        pop cx
        pop dx
        ret

; Out: AL = byte from the output buffer; CF = 1 after CX milliseconds.
kbc_receive:
        push dx
        mov dx, KBC_STAT
        mov ax, 0101h
        call poll_port
        jc .out
        in al, KBC_DATA
        clc
.out:
        pop dx
        ret

; Throw away whatever waits in the output buffer.
kbc_flush:
        push cx
        mov cx, 32
.again:
        in al, KBC_STAT
        test al, 1
        jz .out
        in al, KBC_DATA
        loop .again
.out:
        pop cx
        ret

; AL = byte for the keyboard; waits for its FAh. Out: CF = 1 if none came. Interrupts must be off
; or IRQ1 masked. Clobbers AL.
kbd_send:
        push cx
        call kbc_data
        jc .out
        mov cx, 50
        call kbc_receive
        jc .out
        cmp al, 0FAh
        je .out                         ; equal: CF is 0
        stc
.out:
        pop cx
        ret

; The same for the mouse.
aux_send:
        push ax
        mov al, 0D4h
        call kbc_command
        pop ax
        jnc kbd_send
        ret

; ---- A20 ---------------------------------------------------------------------------------------

; Out: AL = 1 if A20 is on. Asks memory, not the gates: with A20 off FFFF:0500 is 0000:04F0, a word
; of the BDA that belongs to applications. The cli keeps it theirs.
a20_get:
        pushf
        push ds
        push es
        push bx
        cli
        SETSEG ds, bx, 0
        dec bx
        mov es, bx
        mov al, 1
        mov bx, [4F0h]
        cmp bx, [es:500h]
        jne .on
        not word [4F0h]
        cmp bx, [es:500h]               ; did the other one follow?
        mov [4F0h], bx
        je .on
        mov al, 0
.on:
        pop bx
        pop es
        pop ds
        popf
        ret

; AL = 0 or 1. The gates of port 92h and of the 8042 are joined by OR on many boards: closing
; needs both, opening only the faster one. Port 92h bit 0 would reset the processor. Out: CF = 1
; if the line did not follow. Clobbers AX.
a20_set:
        mov ah, al
        in al, PORT92
        and al, 0FCh
        or ah, ah
        jz .port
        or al, 2
.port:
        out PORT92, al
        or ah, ah
        jnz .check
        pushf                           ; the data byte of D1h must not meet an IRQ1 handler
        cli
        mov al, 0D1h
        call kbc_command
        mov al, 0DDh
        call kbc_data
        mov al, 0FFh                    ; pulse no line: waits until the 8042 is through
        call kbc_command
        popf
.check:
        call a20_get
        cmp al, ah
        je .same
        stc
        ret
.same:
        clc
        ret
