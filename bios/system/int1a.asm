; INT 1Ah: time.
;   00 read ticks    01 set ticks    02 read clock    03 set clock
;   04 read date     05 set date     06 set alarm     07 alarm off    B1 PCI BIOS (pci.asm)
; and IRQ8, which serves the alarm and the timed waits of INT 15h.

int1a:
        sti
        cmp ah, 0B1h
        jne .time
        jmp int1a_pci
.time:
        SAVE_FRAME
        SETSEG ds, ax, SEG_BDA
        mov al, [bp + F_AH]
        cmp al, 7
        ja .unknown
        cbw
        mov si, ax
        shl si, 1
        clc
        call [cs:.table + si]
        jc .unknown
        and byte [bp + F_FLAGS], ~FL_CF
        jmp short .out
.unknown:
        or byte [bp + F_FLAGS], FL_CF
.out:
        RESTORE_FRAME
        iret
.table: dw .read_ticks, .set_ticks, .read_clock, .set_clock
        dw .read_date, .set_date, .set_alarm, .alarm_off

; CX:DX = ticks, AL = midnight passed since the last call.
.read_ticks:
        pushf
        cli
        mov ax, [B_TICKS]
        mov [bp + F_DX], ax
        mov ax, [B_TICKS + 2]
        mov [bp + F_CX], ax
        mov al, 0
        xchg al, [B_MIDNIGHT]
        mov [bp + F_AL], al
        popf
        clc
        ret

.set_ticks:
        pushf
        cli
        mov ax, [bp + F_DX]
        mov [B_TICKS], ax
        mov ax, [bp + F_CX]
        mov [B_TICKS + 2], ax
        mov byte [B_MIDNIGHT], 0
        popf
        clc
        ret

; CH, CL, DH = BCD hours, minutes, seconds; DL = daylight saving.
.read_clock:
        call rtc_wait
        jc .ret
        mov al, CM_SEC
        call cmos_read
        mov [bp + F_DH], al
        mov al, CM_STATB
        call cmos_read
        and al, 1
        mov [bp + F_DL], al
        mov al, CM_MIN
        call cmos_read
        mov [bp + F_CL], al
        mov al, CM_HOUR
        call cmos_read
        mov [bp + F_CH], al
        clc
.ret:
        ret

.set_clock:
        call rtc_hold
        mov al, CM_SEC
        mov ah, [bp + F_DH]
        call cmos_write
        mov al, CM_MIN
        mov ah, [bp + F_CL]
        call cmos_write
        mov al, CM_HOUR
        mov ah, [bp + F_CH]
        call cmos_write
        mov ah, [bp + F_DL]
        and ah, 1
        jmp rtc_release

; CH, CL = BCD century, year; DH, DL = month, day.
.read_date:
        call rtc_wait
        jc .ret
        mov al, CM_DAY
        call cmos_read
        mov [bp + F_DL], al
        mov al, CM_MONTH
        call cmos_read
        mov [bp + F_DH], al
        mov al, CM_YEAR
        call cmos_read
        mov [bp + F_CL], al
        mov al, CM_CENTURY
        call cmos_read
        mov [bp + F_CH], al
        clc
        ret

.set_date:
        call rtc_hold
        mov al, CM_DAY
        mov ah, [bp + F_DL]
        call cmos_write
        mov al, CM_MONTH
        mov ah, [bp + F_DH]
        call cmos_write
        mov al, CM_YEAR
        mov ah, [bp + F_CL]
        call cmos_write
        mov al, CM_CENTURY
        mov ah, [bp + F_CH]
        call cmos_write
        mov al, CM_STATB
        call cmos_read
        mov ah, al
        and ah, 1
        jmp rtc_release

; Alarm at CH:CL:DH; INT 4Ah is called. CF = 1 if one is set already.
.set_alarm:
        mov al, CM_STATB
        call cmos_read
        test al, 20h
        stc
        jnz .ret
        mov al, CM_SEC + 1
        mov ah, [bp + F_DH]
        call cmos_write
        mov al, CM_MIN + 1
        mov ah, [bp + F_CL]
        call cmos_write
        mov al, CM_HOUR + 1
        mov ah, [bp + F_CH]
        call cmos_write
        call rtc_irq_on
        mov ah, 20h
        jmp rtc_enable

.alarm_off:
        mov ah, 20h
        jmp rtc_disable

; Wait while the clock is being updated (2.2 ms at most). Out: CF = 1 if it never ends.
rtc_wait:
        push ax
        push cx
        mov cx, 5
.again:
        mov al, CM_STATA
        call cmos_read
        test al, 80h
        jz .out
        push cx
        mov cx, 1
        call delay_ms
        pop cx
        loop .again
        stc
.out:
        pop cx
        pop ax
        ret

; Stop the clock for setting; rtc_release lets it run, with AH bit 0 = daylight saving.
rtc_hold:
        mov al, CM_STATB
        call cmos_read
        mov ah, al
        or ah, 80h
        mov al, CM_STATB
        jmp cmos_write
rtc_release:
        push bx
        mov bl, ah
        mov al, CM_STATB
        call cmos_read
        and al, 7Eh
        or al, bl
        mov ah, al
        mov al, CM_STATB
        call cmos_write
        pop bx
        clc
        ret

; AH = bits of register B to set or to clear. Out: CF = 0.
rtc_enable:
        push ax
        pushf
        cli
        mov al, CM_STATB
        call cmos_read
        or ah, al
        mov al, CM_STATB
        call cmos_write
        popf
        pop ax
        clc
        ret
rtc_disable:
        push ax
        pushf
        cli
        not ah
        mov al, CM_STATB
        call cmos_read
        and ah, al
        mov al, CM_STATB
        call cmos_write
        popf
        pop ax
        clc
        ret

; Let IRQ8 through.
rtc_irq_on:
        push ax
        pushf
        cli
        in al, PIC2_MASK
        and al, 0FEh
        out PIC2_MASK, al
        in al, PIC1_MASK
        and al, 0FBh
        out PIC1_MASK, al
        popf
        pop ax
        ret

; IRQ8. The chip keeps its line active until register C is read.
int70:
        push ax
        push bx
        push ds
        SETSEG ds, ax, SEG_BDA
        mov al, CM_STATB
        call cmos_read
        mov bl, al
        mov al, CM_STATC
        call cmos_read
        and bl, al                      ; what happened and was asked for
        test bl, 40h
        jz .alarm
        call wait_count_down
.alarm:
        mov al, EOI
        out PIC2, al
        out PIC1, al
        test bl, 20h
        jz .out
        sti
        int 4Ah
.out:
        pop ds
        pop bx
        pop ax
        iret

; One period of 976 us has passed. At the end: set the user's flag, stop the periodic interrupt.
wait_count_down:
        test byte [B_WAITACTIVE], 1
        jz .stop
        sub word [B_WAITCOUNT], 976
        sbb word [B_WAITCOUNT + 2], 0
        jnc .out
        push es
        push bx
        les bx, [B_WAITFLAG]
        or byte [es:bx], 80h
        pop bx
        pop es
        and byte [B_WAITACTIVE], 0FEh
.stop:
        push ax
        mov ah, 40h
        call rtc_disable
        pop ax
.out:
        ret
