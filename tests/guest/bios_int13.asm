; INT 13h: floppy functions on the 1.44 MB disk this test boots from, and the first hard disk
; (its last sectors are written and put back).
; run: -M isa disk=20M
; run: -M isa -cpu 8086 disk=20M
; run: -M pci disk=20M

%include "bios_test.inc"

BUF     equ 2000h                       ; 0000:2000-5FFF
BUF2    equ 4400h

tests:
        call floppy
        mov ah, 08h
        mov dl, 80h
        int 13h
        NO_CARRY 'there is a hard disk'
        call disk
        xor ax, ax
        mov es, ax
        ret

; Fill CX bytes at ES:DI with a pattern that begins with AL.
fill:
        push cx
        push di
.next:
        stosb
        add al, 7
        loop .next
        pop di
        pop cx
        ret

clear:                                  ; 512 bytes at BUF
        push ax
        push cx
        push di
        mov di, BUF
        mov cx, 512
        mov al, 0
        rep stosb
        pop di
        pop cx
        pop ax
        ret

floppy:
        mov dl, [boot_drive]
        mov ah, 0
        int 13h
        NO_CARRY 'reset'
        IS_BITS ax, 0FF00h, 0000h, 'reset: status'

        mov ah, 15h
        int 13h
        NO_CARRY 'type'
        IS_BITS ax, 0FF00h, 0200h, 'type: change line'

        mov ah, 08h
        int 13h
        NO_CARRY 'parameters'
        IS ax, 0, 'parameters: AX'
        IS_BITS bx, 00FFh, 0004h, 'parameters: drive type'
        IS cx, 4F12h, 'parameters: last track and sector'
        IS_BITS dx, 0FF00h, 0100h, 'parameters: last head'
        mov al, [es:di + 4]
        mov ah, [es:di + 3]
        IS ax, 0212h, 'parameters: table'
        xor ax, ax
        mov es, ax
        mov dl, [boot_drive]
        mov dh, 0

        call clear
        mov ax, 0201h
        mov bx, BUF
        mov cx, 1
        int 13h
        NO_CARRY 'read one'
        IS ax, 0001h, 'read one: count'
        IS word [BUF + 510], 0AA55h, 'read one: signature'

        mov ax, 0212h                   ; a whole track, and the next head
        mov cx, 1
        int 13h
        NO_CARRY 'read a track'
        IS ax, 0012h, 'read a track: count'
        mov ax, 0224h
        int 13h
        NO_CARRY 'read a cylinder'
        IS ax, 0024h, 'read a cylinder: count'
        mov si, [BUF + 24 * 512]
        mov ax, 0201h
        mov cx, 7                       ; sector 25 of the cylinder
        mov dh, 1
        int 13h
        cmp [BUF], si
        ZERO 'read a cylinder: head follows head'
        mov dh, 0

        mov ax, 0401h
        mov cx, 1
        int 13h
        NO_CARRY 'verify'

        mov ax, 0201h
        mov cx, 19                      ; no sector 19
        int 13h
        CARRY 'missing sector'
        IS_BITS ax, 0FF00h, 0400h, 'missing sector: status'
        mov ah, 01h
        int 13h
        IS_BITS ax, 0FF00h, 0400h, 'last status'
        mov ah, 0
        int 13h
        NO_CARRY 'reset after error'

        mov ax, 0201h                   ; physical 0FF00h-100FFh
        mov cx, 0FF0h
        mov es, cx
        mov bx, 0
        mov cx, 1
        int 13h
        CARRY 'DMA boundary'
        IS_BITS ax, 0FF00h, 0900h, 'DMA boundary: status'
        xor ax, ax
        mov es, ax

        mov ax, 9900h
        int 13h
        CARRY 'unknown function'
        IS_BITS ax, 0FF00h, 0100h, 'unknown function: status'

        ; write to the last cylinder, read it back
        mov di, BUF
        mov cx, 1024
        mov al, 3
        call fill
        mov ax, 0302h
        mov bx, BUF
        mov cx, 4F11h
        mov dh, 1
        int 13h
        NO_CARRY 'write two'
        mov ax, 0202h
        mov bx, BUF2
        int 13h
        NO_CARRY 'read them back'
        call compare_1024
        ZERO 'what was written'

        ; format that track, fill byte from the table
        mov di, BUF
        mov cl, 1
.id:
        mov ax, 014Fh                   ; C, H
        stosb
        mov al, ah
        stosb
        mov al, cl
        stosb
        mov al, 2
        stosb
        inc cx
        cmp cl, 18
        jbe .id
        mov ah, 18h
        mov cx, 4F12h
        mov dl, [boot_drive]
        int 13h
        NO_CARRY 'media for format'
        mov al, [es:di + 4]
        mov ah, [es:di + 7]
        IS ax, 6C12h, 'media for format: table'
        xor ax, ax
        mov es, ax
        mov dl, [boot_drive]
        mov ax, 0512h
        mov bx, BUF
        mov cx, 4F01h
        mov dh, 1
        int 13h
        NO_CARRY 'format'
        mov ax, 0201h
        mov cx, 4F12h
        mov bx, BUF2
        int 13h
        NO_CARRY 'read formatted'
        IS word [BUF2], 0F6F6h, 'read formatted: fill byte'
        mov ah, 18h
        mov cx, 4F0Fh                   ; 15 sectors: not in this drive
        int 13h
        CARRY 'wrong media for format'
        IS_BITS ax, 0FF00h, 0C00h, 'wrong media for format: status'
        xor ax, ax
        mov es, ax

        mov dl, [boot_drive]
        mov ah, 16h
        int 13h
        NO_CARRY 'not changed'
        ret

compare_1024:
        push si
        push di
        push cx
        mov si, BUF
        mov di, BUF2
        mov cx, 512
        repe cmpsw
        pop cx
        pop di
        pop si
        ret

disk:
        mov [last_cx], cx
        mov [last_dh], dh
        xor ax, ax
        mov es, ax
        mov dl, 80h
        mov ah, 10h
        int 13h
        NO_CARRY 'disk ready'
        mov ah, 15h
        int 13h
        NO_CARRY 'disk type'
        IS_BITS ax, 0FF00h, 0300h, 'disk type: status'
        mov dl, 80h

        ; sector 0 by CHS and by LBA
        mov ax, 0201h
        mov bx, BUF
        mov cx, 1
        mov dh, 0
        int 13h
        NO_CARRY 'disk read'
        mov bx, 55AAh
        mov ah, 41h
        int 13h
        NO_CARRY 'extensions'
        IS bx, 0AA55h, 'extensions: signature'
        IS_BITS cx, 0001h, 0001h, 'extensions: packet calls'
        mov ah, 42h
        mov si, packet
        mov word [packet + 4], BUF2
        int 13h
        NO_CARRY 'extended read'
        mov si, BUF
        mov di, BUF2
        mov cx, 256
        repe cmpsw
        ZERO 'extended read: same sector'

        ; the last sectors that CHS reaches: keep, write, read, put back
        mov cx, [last_cx]
        mov dh, [last_dh]
        mov ax, 0201h
        mov bx, BUF2 + 1024
        int 13h
        NO_CARRY 'last sector'
        push cx
        mov di, BUF
        mov cx, 512
        mov al, 9
        call fill
        pop cx
        mov ax, 0301h
        mov bx, BUF
        int 13h
        NO_CARRY 'write last sector'
        mov ax, 0201h
        mov bx, BUF2
        int 13h
        NO_CARRY 'read it back'
        push cx
        mov si, BUF
        mov di, BUF2
        mov cx, 256
        repe cmpsw
        pop cx
        ZERO 'last sector as written'
        mov ax, 0301h
        mov bx, BUF2 + 1024
        int 13h
        NO_CARRY 'put it back'

        mov cx, [last_cx]
        inc dh                          ; one head too many
        mov ax, 0201h
        int 13h
        CARRY 'beyond the last head'
        IS_BITS ax, 0FF00h, 0400h, 'beyond the last head: status'
        mov dh, 0
        mov cx, 0040h                   ; sector 0
        and cl, 0C0h
        mov ax, 0201h
        int 13h
        CARRY 'sector 0'

        ; 20 sectors to a buffer just below the end of a segment
        mov ax, 0214h
        mov cx, 1000h
        mov es, cx
        mov bx, 0D000h
        mov cx, 1
        mov dh, 0
        int 13h
        NO_CARRY 'many sectors'
        IS ax, 0014h, 'many sectors: count'
        xor cx, cx
        mov es, cx
        mov word [size], 66
        mov si, size
        mov ah, 48h
        int 13h
        NO_CARRY 'extended parameters'
        IS word [size], 66, 'extended parameters: size'
        IS word [size + 24], 512, 'extended parameters: sector size'
        IS word [size + 30], 0BEDDh, 'extended parameters: device path'
        mov si, size + 30
        mov cx, 36
        mov ax, 0
.sum:
        add al, [si]
        inc si
        loop .sum
        IS ax, 0, 'extended parameters: checksum'
        mov ax, [size + 16]             ; read one sector past the end
        mov [packet + 8], ax
        mov ax, [size + 18]
        mov [packet + 10], ax
        mov si, packet
        mov ah, 42h
        int 13h
        CARRY 'past the end'
        IS word [packet + 2], 1, 'past the end: packet untouched'
        sub word [packet + 8], 1
        sbb word [packet + 10], 0
        mov ah, 42h
        int 13h
        NO_CARRY 'the very last'
        mov ah, 44h
        int 13h
        NO_CARRY 'extended verify'
        mov ah, 47h
        int 13h
        NO_CARRY 'extended seek'
        mov word [packet], 8            ; packet too small
        mov ah, 42h
        int 13h
        CARRY 'short packet'
        mov ah, 02h
        mov dl, 0FFh
        int 13h
        CARRY 'no such disk'
        ret

last_cx: dw 0
last_dh: db 0
        align 2
packet: dw 16, 1, BUF2, 0, 0, 0, 0, 0
size:   times 66 db 0

TEST_END
