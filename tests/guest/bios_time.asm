; Timer, clock and the small services: INT 08h, 1Ah, 4Ah, 11h, 12h, 14h, 17h, and the fixed entry
; points of the ROM.

%include "bios_test.inc"

tests:
        ; ticks advance, and INT 1Ch is called
        mov word [1Ch * 4], on_tick
        mov word [1Ch * 4 + 2], 0
        mov ah, 0
        int 1Ah
        mov si, dx
        hlt
        hlt
        hlt
        mov ah, 0
        int 1Ah
        cmp dx, si
        NOT_ZERO 'ticks advance'
        cmp word [user_ticks], 0
        NOT_ZERO 'INT 1Ch'

        ; midnight
        mov ah, 1
        mov cx, 18h
        mov dx, 0AFh
        int 1Ah
        call tick
        mov ah, 0
        int 1Ah
        IS cx, 0, 'midnight: high word'
        IS dx, 0, 'midnight: low word'
        IS_BITS ax, 00FFh, 1, 'midnight: flag'
        mov ah, 0
        int 1Ah
        IS_BITS ax, 00FFh, 0, 'midnight: flag is told once'

        ; date, then clock
        mov ah, 5
        mov cx, 1996h
        mov dx, 0229h
        int 1Ah
        NO_CARRY 'set date'
        mov ah, 4
        int 1Ah
        IS cx, 1996h, 'date: year'
        IS dx, 0229h, 'date: a leap day'
        mov ah, 3
        mov cx, 1358h
        mov dx, 5900h
        int 1Ah
        NO_CARRY 'set clock'
        mov ah, 2
        int 1Ah
        NO_CARRY 'read clock'
        IS cx, 1358h, 'clock: hours, minutes'
        IS_BITS dx, 0FF00h, 5900h, 'clock: seconds'

        ; alarm at 13:59:00, a second from now
        mov word [4Ah * 4], on_alarm
        mov word [4Ah * 4 + 2], 0
        mov ah, 6
        mov cx, 1359h
        mov dx, 0000h
        int 1Ah
        NO_CARRY 'set alarm'
        mov ah, 6
        int 1Ah
        CARRY 'one alarm only'
        mov si, 50
.alarm:
        hlt
        cmp word [alarms], 0
        jne .rang
        dec si
        jnz .alarm
.rang:
        IS word [alarms], 1, 'INT 4Ah'
        mov ah, 2
        int 1Ah
        IS cx, 1359h, 'alarm: at its minute'
        mov ah, 7
        int 1Ah
        NO_CARRY 'alarm off'
        mov ah, 6
        mov cx, 0
        int 1Ah
        NO_CARRY 'alarm can be set again'
        mov ah, 7
        int 1Ah
        mov ah, 77h
        int 1Ah
        CARRY 'unknown function'

        ; equipment, ports
        int 11h
        IS_BITS ax, 0031h, 0021h, 'equipment: floppy, 80x25 colour'
        mov ah, 03h
        mov dx, 3
        cmp word [BDA + 6], 0
        jne .four
        mov ax, 0312h
        int 14h
        IS ax, 0312h, 'no fourth serial port'
.four:
        cmp word [BDA], 0
        je .no_serial
        mov ax, 00E3h                   ; 9600 8N1
        xor dx, dx
        int 14h
        IS_BITS ax, 6000h, 6000h, 'serial: transmitter empty'
        mov dx, [BDA]
        add dx, 4
        mov al, 10h                     ; loop back
        out dx, al
        sub dx, 1
        in al, dx
        IS_BITS ax, 00FFh, 0003h, 'serial: 8N1'
        mov al, 83h
        out dx, al
        sub dx, 3
        in al, dx
        IS_BITS ax, 00FFh, 12, 'serial: divisor of 9600'
        mov dx, [BDA]
        add dx, 3
        mov al, 03h
        out dx, al
.no_serial:
        cmp word [BDA + 8], 0
        je .no_printer
        mov ah, 2
        xor dx, dx
        int 17h
        IS_BITS ax, 0600h, 0, 'printer: status'
.no_printer:

        ; what old programs jump to and look at
        push ds
        mov ax, 0F000h
        mov ds, ax
        mov al, [0FFF0h]
        mov ah, [0FFFEh]
        IS ax, 0FCEAh, 'ROM: reset jump and model'
        mov al, [0FF53h]
        mov ah, [0EFC7h + 4]
        IS ax, 12CFh, 'ROM: IRET and disk table'
        mov ax, [0FA6Eh + 'A' * 8 + 2]
        or ax, ax
        NOT_ZERO 'ROM: font'
        pop ds
        IS word [05h * 4], 0FF54h, 'vector 05h'
        IS word [08h * 4], 0FEA5h, 'vector 08h'
        IS word [09h * 4], 0E987h, 'vector 09h'
        IS word [13h * 4], 0E3FEh, 'vector 13h'
        IS word [19h * 4], 0E6F2h, 'vector 19h'
        IS word [1Eh * 4], 0EFC7h, 'vector 1Eh'
        IS word [40h * 4], 0EC59h, 'vector 40h'
        IS word [67h * 4 + 2], 0, 'vector 67h is free'
        ret

tick:
        mov ax, [BDA + 6Ch]
.same:
        hlt
        cmp ax, [BDA + 6Ch]
        je .same
        ret

on_tick:
        inc word [cs:user_ticks]
        iret
user_ticks: dw 0
on_alarm:
        inc word [cs:alarms]
        iret
alarms: dw 0

TEST_END
