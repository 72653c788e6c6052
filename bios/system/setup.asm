; The setup screen, which edits CMOS: each field is some bits of one register, and a list of what they
; can be, or two digits of the clock. Called from the boot hint, before anything has booted; the values under work lie in POST's
; sector buffer.

SETUP_VALUES    equ POST_BUFFER         ; 0000:7E00, a byte per field
SETUP_BEFORE    equ SETUP_VALUES + 32   ; the clock's as they were
SETUP_COLUMN    equ 30                  ; of the values

; A field: name, choices, register, mask, shift, number of choices. Of the clock: name, 0, register, least value, 0,
; greatest value, in BCD as the clock has them.
SETUP_NAME      equ 0
SETUP_CHOICES   equ 2
SETUP_REGISTER  equ 4
SETUP_MASK      equ 5
SETUP_SHIFT     equ 6
SETUP_COUNT     equ 7
SETUP_SIZE      equ 8

%macro FIELD 6
        dw %1, %2
        db %3, %4, %5, %6
%endmacro

setup_fields:
        FIELD .floppy_a, floppy_names, CM_FLOPPY, 0F0h, 4, 6
        FIELD .floppy_b, floppy_names, CM_FLOPPY, 0Fh, 0, 6
        FIELD .first, setup_devices, CM_BOOT12, 0Fh, 0, 4
        FIELD .second, setup_devices, CM_BOOT12, 0F0h, 4, 4
        FIELD .third, setup_devices, CM_BOOT3, 0F0h, 4, 4
        FIELD .menu, setup_switch, CM_BOOT3, 2, 1, 2
        FIELD .disk0, setup_translations, CM_TRANSLATE, 03h, 0, 4
        FIELD .disk1, setup_translations, CM_TRANSLATE, 0Ch, 2, 4
        FIELD .disk2, setup_translations, CM_TRANSLATE, 30h, 4, 4
        FIELD .disk3, setup_translations, CM_TRANSLATE, 0C0h, 6, 4
SETUP_CLOCK     equ ($ - setup_fields) / SETUP_SIZE
        FIELD .hour, 0, CM_HOUR, 00h, 0, 23h
        FIELD .minute, 0, CM_MIN, 00h, 0, 59h
        FIELD .seconds, 0, CM_SEC, 00h, 0, 59h
        FIELD .day, 0, CM_DAY, 01h, 0, 31h
        FIELD .month, 0, CM_MONTH, 01h, 0, 12h
        FIELD .year, 0, CM_YEAR, 00h, 0, 99h
        FIELD .century, 0, CM_CENTURY, 19h, 0, 20h
SETUP_FIELDS    equ ($ - setup_fields) / SETUP_SIZE
SETUP_LAST      equ SETUP_FIELDS - SETUP_CLOCK
.floppy_a:      db 'Floppy drive A:', 0
.floppy_b:      db 'Floppy drive B:', 0
.first:         db 'Boot first from', 0
.second:        db 'then from', 0
.third:         db 'and then from', 0
.menu:          db 'Wait in the boot menu', 0
.disk0:         db 'Geometry of disk 80h', 0
.disk1:         db 'of disk 81h', 0
.disk2:         db 'of disk 82h', 0
.disk3:         db 'of disk 83h', 0
.hour:          db 'Hour', 0
.minute:        db 'Minute', 0
.seconds:       db 'Second', 0
.day:           db 'Day', 0
.month:         db 'Month', 0
.year:          db 'Year', 0
.century:       db 'Century', 0

setup_devices:  dw msg_none, .floppy, .disk, .cd
.floppy:        db 'floppy', 0
.disk:          db 'hard disk', 0
.cd:            db 'CD-ROM', 0
setup_switch:   dw .off, .on
.off:           db 'no', 0
.on:            db 'yes', 0
setup_translations: dw .auto, .lba, .large, .revised
.auto:          db "the drive's own", 0
.lba:           db 'LBA assisted', 0
.large:         db 'large', 0
.revised:       db 'large, 15 heads', 0

msg_setup:      db 10, 1, C_HIGH, '  Setup', 10, 10, 0
msg_setup_end:  db 10, 1, C_KEY, '  Arrows', 1, C_TEXT, ' to choose and change, ', 1, C_KEY, 'F10'
                db 1, C_TEXT, ' to save and start anew, ', 1, C_KEY, 'Esc', 1, C_TEXT
                db ' to leave', 10, 0

; Comes back if nothing was saved.
setup:
        xor ax, ax
        mov ds, ax
        call setup_load
        xor di, di                      ; DI = field
.draw:
        call setup_draw
.key:
        mov ah, 10h
        int 16h
        cmp al, 1Bh
        je .leave
        cmp ah, 44h                     ; F10
        je .save
        cmp ah, 48h
        je .up
        cmp ah, 50h
        je .down
        cmp ah, 4Dh
        je .more
        cmp ah, 4Bh
        jne .key
        call setup_field
        mov al, [SETUP_VALUES + di]
        cmp di, SETUP_CLOCK
        jae .clock_less
        dec al
        jns .store
        mov al, [cs:bx + SETUP_COUNT]
        dec ax
        jmp short .store
.clock_less:
        cmp al, [cs:bx + SETUP_MASK]
        mov ah, [cs:bx + SETUP_COUNT]
        jbe .other_end
        sub al, 1
        das
        jmp short .store
.more:
        call setup_field
        mov al, [SETUP_VALUES + di]
        cmp di, SETUP_CLOCK
        jae .clock_more
        inc ax
        cmp al, [cs:bx + SETUP_COUNT]
        jb .store
        mov al, 0
.store:
        mov [SETUP_VALUES + di], al
        jmp short .draw
.clock_more:
        cmp al, [cs:bx + SETUP_COUNT]
        mov ah, [cs:bx + SETUP_MASK]
        jae .other_end
        add al, 1
        daa
        jmp short .store
.other_end:
        mov al, ah
        jmp short .store
.again:
        jmp .key
.up:
        or di, di
        jz .again
        dec di
        jmp .draw
.down:
        cmp di, SETUP_FIELDS - 1
        jae .again
        inc di
        jmp .draw
.leave:
        jmp screen_clear
.save:
        call setup_save
        mov al, 0FEh                    ; the keyboard controller resets the processor
        out KBC_STAT, al
.wait:
        hlt
        jmp short .wait

; BX = descriptor of field DI.
setup_field:
        mov bx, di
        shl bx, 1
        shl bx, 1
        shl bx, 1
        add bx, setup_fields
        ret

setup_load:
        call rtc_wait
        xor di, di
.field:
        call setup_field
        mov al, [cs:bx + SETUP_REGISTER]
        call cmos_read
        cmp di, SETUP_CLOCK
        jae .clock
        and al, [cs:bx + SETUP_MASK]
        mov cl, [cs:bx + SETUP_SHIFT]
        shr al, cl
        cmp al, [cs:bx + SETUP_COUNT]
        jb .good
        mov al, 0
.good:
        mov [SETUP_VALUES + di], al
        inc di
        cmp di, SETUP_FIELDS
        jb .field
        ret
.clock:
        cmp al, [cs:bx + SETUP_MASK]
        jb .least
        cmp al, [cs:bx + SETUP_COUNT]
        jbe .take
.least:
        mov al, [cs:bx + SETUP_MASK]
.take:
        mov [SETUP_BEFORE + di], al
        jmp short .good

; A clock that was not touched goes on; otherwise it is set, to a day that the month has.
setup_save_clock:
        push ds
        pop es
        mov si, SETUP_VALUES + SETUP_CLOCK
        mov di, SETUP_BEFORE + SETUP_CLOCK
        mov cx, SETUP_LAST
        repe cmpsb
        je .out
        mov al, [SETUP_VALUES + SETUP_CLOCK + 4]
        test al, 10h                    ; BCD
        jz .month
        sub al, 6
.month:
        mov bx, .days - 1
        cs xlat
        cmp [SETUP_VALUES + SETUP_CLOCK + 3], al
        jbe .day
        mov [SETUP_VALUES + SETUP_CLOCK + 3], al
.day:
        call rtc_hold
        mov di, SETUP_CLOCK
.field:
        call setup_field
        mov al, [cs:bx + SETUP_REGISTER]
        mov ah, [SETUP_VALUES + di]
        call cmos_write
        inc di
        cmp di, SETUP_FIELDS
        jb .field
        mov al, CM_STATB
        call cmos_read
        mov ah, al
        and ah, 1
        jmp rtc_release
.out:
        ret
.days:  db 31h, 29h, 31h, 30h, 31h, 30h, 31h, 31h, 30h, 31h, 30h, 31h

setup_save:
        call setup_save_clock
        xor di, di
.field:
        call setup_field
        mov al, [cs:bx + SETUP_REGISTER]
        call cmos_read
        mov ah, [cs:bx + SETUP_MASK]
        not ah
        and ah, al
        mov al, [SETUP_VALUES + di]
        mov cl, [cs:bx + SETUP_SHIFT]
        shl al, cl
        or ah, al
        mov al, [cs:bx + SETUP_REGISTER]
        call cmos_write
        inc di
        cmp di, SETUP_CLOCK
        jb .field
; The equipment byte counts the floppy drives.
        mov al, CM_EQUIP
        call cmos_read
        and al, 3Eh
        cmp byte [SETUP_VALUES], 0
        je .sum
        or al, 1
        cmp byte [SETUP_VALUES + 1], 0
        je .sum
        or al, 40h
.sum:
        mov ah, al
        mov al, CM_EQUIP
        call cmos_write
; 2Eh and 2Fh hold the sum of 10h to 2Dh.
        xor bx, bx
        mov cl, 10h
.byte:
        mov al, cl
        call cmos_read
        mov ah, 0
        add bx, ax
        inc cx
        cmp cl, 2Dh
        jbe .byte
        mov ax, CM_SUM
        mov ah, bh
        call cmos_write
        inc ax
        mov ah, bl
        jmp cmos_write

; The whole screen; DI = field that is marked.
setup_draw:
        call screen_clear
        mov si, msg_banner
        call print
        mov si, msg_setup
        call print
        mov dx, 0400h                   ; row and column
        push di
        mov bp, di
        xor di, di
.line:
        call setup_field
        call move_to
        mov al, C_TEXT
        call set_colour
        mov al, ' '
        cmp di, bp
        jne .mark
        mov al, C_KEY
        call set_colour
        mov al, 10h                     ; a triangle pointing right
.mark:
        call putc
        call putc_space
        mov si, [cs:bx + SETUP_NAME]
        call print
        mov dl, SETUP_COLUMN
        call move_to
        mov dl, 0
        mov al, C_HIGH
        call set_colour
        mov si, [cs:bx + SETUP_CHOICES]
        mov bl, [SETUP_VALUES + di]
        cmp di, SETUP_CLOCK
        jae .clock
        mov bh, 0
        shl bx, 1
        add si, bx
        mov si, [cs:si]
        call print
.next:
        inc dh
        inc di
        cmp di, SETUP_FIELDS
        jb .line
        pop di
        call move_to
        mov si, msg_setup_end
        jmp print
.clock:
        mov al, bl
        call print_hex
        jmp short .next
