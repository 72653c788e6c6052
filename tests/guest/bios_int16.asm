; INT 09h and INT 16h: scan codes go into the 8042's output buffer by its command D2h, as if the
; keyboard had sent them, and the buffer must then hold the right key codes.

%include "bios_test.inc"

; Send the scan codes that follow, up to a zero byte.
%macro SCAN 1+
        call scan
        db %1, 0
%endmacro
; The next key code: by INT 16h/10h or /00h; FFFFh if there is none.
%macro KEY 2
        call key_new
        IS ax, %1, %2
%endmacro
%macro OLD_KEY 2
        call key_old
        IS ax, %1, %2
%endmacro

tests:
        mov ah, 12h
        int 16h
        IS_BITS ax, 030Fh, 0, 'nothing held at the start'
        SCAN 1Eh, 9Eh
        KEY 1E61h, 'a'
        SCAN 2Ah, 1Eh, 9Eh, 0AAh
        KEY 1E41h, 'Shift a'
        SCAN 36h, 02h, 82h, 0B6h
        KEY 0221h, 'right Shift 1'
        SCAN 3Ah, 0BAh, 1Eh, 9Eh, 2Ah, 1Eh, 9Eh, 0AAh, 02h, 82h
        KEY 1E41h, 'Caps Lock a'
        KEY 1E61h, 'Caps Lock Shift a'
        KEY 0231h, 'Caps Lock 1'
        SCAN 3Ah, 0BAh
        SCAN 1Dh, 2Eh, 0AEh, 9Dh
        KEY 2E03h, 'Ctrl c'
        SCAN 1Dh, 03h, 83h, 9Dh
        KEY 0300h, 'Ctrl 2'
        SCAN 38h, 1Eh, 9Eh, 0B8h
        KEY 1E00h, 'Alt a'
        SCAN 38h, 02h, 82h, 0B8h
        KEY 7800h, 'Alt 1'
        SCAN 3Bh, 0BBh, 2Ah, 3Bh, 0BBh, 0AAh, 1Dh, 3Bh, 0BBh, 9Dh, 38h, 3Bh, 0BBh, 0B8h
        KEY 3B00h, 'F1'
        KEY 5400h, 'Shift F1'
        KEY 5E00h, 'Ctrl F1'
        KEY 6800h, 'Alt F1'

        ; keypad and Num Lock
        SCAN 48h, 0C8h, 2Ah, 48h, 0C8h, 0AAh
        KEY 4800h, 'keypad 8'
        KEY 4838h, 'keypad Shift 8'
        SCAN 45h, 0C5h, 48h, 0C8h, 2Ah, 48h, 0C8h, 0AAh
        KEY 4838h, 'Num Lock 8'
        KEY 4800h, 'Num Lock Shift 8'
        mov ah, 02h
        int 16h
        IS_BITS ax, 00F0h, 0020h, 'Num Lock is on'
        SCAN 45h, 0C5h
        SCAN 38h, 4Bh, 0CBh, 4Ch, 0CCh, 0B8h
        KEY 002Dh, 'Alt 45'
        SCAN 38h, 50h, 0D0h, 51h, 0D1h, 4Ch, 0CCh, 0B8h
        KEY 00EBh, 'Alt 235'

        ; grey keys, new and old calls
        SCAN 0E0h, 48h, 0E0h, 0C8h
        KEY 48E0h, 'grey up'
        SCAN 0E0h, 48h, 0E0h, 0C8h
        OLD_KEY 4800h, 'grey up, old call'
        SCAN 1Dh, 0E0h, 4Bh, 0E0h, 0CBh, 9Dh
        KEY 73E0h, 'Ctrl grey left'
        SCAN 38h, 0E0h, 53h, 0E0h, 0D3h, 0B8h
        KEY 0A300h, 'Alt grey Del'
        SCAN 0E0h, 1Ch, 0E0h, 9Ch
        KEY 0E00Dh, 'grey Enter'
        SCAN 0E0h, 1Ch, 0E0h, 9Ch
        OLD_KEY 1C0Dh, 'grey Enter, old call'
        SCAN 0E0h, 35h, 0E0h, 0B5h
        OLD_KEY 352Fh, 'grey /, old call'
        SCAN 0E0h, 2Ah, 0E0h, 52h, 0E0h, 0D2h, 0E0h, 0AAh
        KEY 52E0h, 'grey Ins between fake shifts'
        SCAN 0E0h, 52h, 0E0h, 0D2h
        KEY 52E0h, 'grey Ins again'
        SCAN 57h, 0D7h, 1Eh, 9Eh
        OLD_KEY 1E61h, 'F11 hidden from the old call'
        SCAN 57h, 0D7h, 58h, 0D8h
        KEY 8500h, 'F11'
        KEY 8600h, 'F12'
        SCAN 38h, 01h, 81h, 0B8h
        KEY 0100h, 'Alt Esc'
        SCAN 38h, 01h, 81h, 0B8h, 1Eh, 9Eh
        OLD_KEY 1E61h, 'Alt Esc hidden from the old call'
        SCAN 0E0h, 5Bh, 0E0h, 0DBh, 1Eh, 9Eh
        KEY 1E61h, 'menu keys make no code'

        ; states of each side
        SCAN 0E0h, 1Dh, 38h
        mov ah, 12h
        int 16h
        IS ax, 060Ch, 'right Ctrl and left Alt'
        SCAN 0E0h, 9Dh, 0B8h
        mov ah, 12h
        int 16h
        IS ax, 0000h, 'all up'
        SCAN 1Dh, 0E0h, 1Dh, 9Dh
        mov ah, 02h
        int 16h
        IS ax, 0204h, 'one Ctrl still down'
        SCAN 0E0h, 9Dh
        mov ah, 02h
        int 16h
        IS ax, 0200h, 'both up'

        ; Ctrl-Break calls INT 1Bh and empties the buffer
        mov word [1Bh * 4], on_break
        mov word [1Bh * 4 + 2], 0
        SCAN 1Eh, 9Eh, 1Dh, 0E0h, 46h, 0E0h, 0C6h, 9Dh
        IS word [breaks], 1, 'INT 1Bh'
        IS_BITS word [BDA + 71h], 0080h, 0080h, 'break flag'
        KEY 0000h, 'zero after Ctrl-Break'

        ; SysReq
        mov ax, [15h * 4]
        mov [old15], ax
        mov ax, [15h * 4 + 2]
        mov [old15 + 2], ax
        cli
        mov word [15h * 4], on_15
        mov word [15h * 4 + 2], 0
        sti
        SCAN 38h, 54h, 0D4h, 0B8h
        IS word [sysreq], 0102h, 'SysReq down and up'
        ; the intercept turns z into y and swallows x
        SCAN 2Ch, 0ACh, 2Dh, 0ADh, 1Eh, 9Eh
        KEY 1579h, 'z became y'
        KEY 1E61h, 'x was swallowed'
        cli
        mov ax, [old15]
        mov [15h * 4], ax
        mov ax, [old15 + 2]
        mov [15h * 4 + 2], ax
        sti

        ; look, store, full buffer
        mov ah, 01h
        int 16h
        ZERO 'empty'
        mov ah, 05h
        mov cx, 1234h
        int 16h
        IS_BITS ax, 00FFh, 0, 'store'
        mov ah, 01h
        int 16h
        NOT_ZERO 'not empty'
        IS ax, 1234h, 'look'
        KEY 1234h, 'read'
        mov bx, 15
.store:
        mov ah, 05h
        int 16h
        dec bx
        jnz .store
        IS_BITS ax, 00FFh, 0, 'the fifteenth fits'
        mov ah, 05h
        int 16h
        IS_BITS ax, 00FFh, 1, 'the sixteenth does not'
        mov bx, 15
.drain:
        call key_new
        dec bx
        jnz .drain
        mov ah, 01h
        int 16h
        ZERO 'empty again'

        mov ax, 0305h
        mov bx, 0100h
        int 16h
        mov ah, 09h
        int 16h
        IS_BITS ax, 0030h, 0030h, 'abilities'

        ; waiting for a key halts, and the timer goes on
        mov word [1Ch * 4], on_tick
        mov word [1Ch * 4 + 2], 0
        mov byte [countdown], 3
        mov ah, 10h
        int 16h
        IS ax, 3920h, 'a key stored while we waited'
        ret

; Stores a key after some ticks.
on_tick:
        push ax
        push cx
        push ds
        xor ax, ax
        mov ds, ax
        cmp byte [countdown], 0
        je .out
        dec byte [countdown]
        jnz .out
        mov ah, 05h
        mov cx, 3920h
        int 16h
.out:
        pop ds
        pop cx
        pop ax
        iret
countdown: db 0

on_break:
        inc word [cs:breaks]
        iret
breaks: dw 0

on_15:
        cmp ah, 85h
        je .sysreq
        cmp ah, 4Fh
        jne .chain
        push ax
        and al, 7Fh
        cmp al, 2Dh
        pop ax
        je .swallow
        cmp al, 2Ch
        je .y
        cmp al, 0ACh
        jne .chain
.y:
        sub al, 17h                     ; 2C -> 15, AC -> 95
        push bp
        mov bp, sp
        or byte [bp + 6], 01h
        pop bp
        iret
.chain:
        jmp far [cs:old15]
.swallow:
        push bp
        mov bp, sp
        and byte [bp + 6], 0FEh
        pop bp
        iret
.sysreq:
        cmp al, 0
        jne .up
        add byte [cs:sysreq], 2
        iret
.up:
        inc byte [cs:sysreq + 1]
        iret
old15:  dd 0
sysreq: dw 0

; Send inline scan codes, each when the one before has been taken.
scan:
        push bp
        mov bp, sp
        push ax
        push si
        push cx
        mov si, [bp + 2]
.next:
        lodsb
        or al, al
        jz .end
        push ax
.led:                                   ; a lock key makes the BIOS talk to the keyboard: let it end
        test byte [BDA + 97h], 40h
        jnz .led
        call .ready
        cli                             ; nothing may come between command and data
        mov al, 0D2h
        out 64h, al
        call .ready
        pop ax
        out 60h, al
        sti
        mov cx, 0FFFFh
.taken:                                 ; until IRQ1 has read it
        in al, 64h
        test al, 3
        jz .next
        loop .taken
        jmp short .next
.end:
        mov cx, 2000                    ; the handler may still be at work on the last
.pause:
        in al, 61h
        loop .pause
        mov [bp + 2], si
        pop cx
        pop si
        pop ax
        pop bp
        ret
.ready:
        in al, 64h
        test al, 2
        jnz .ready
        ret

key_new:
        mov ah, 11h
        int 16h
        mov ah, 10h
        jnz key_read
        mov ax, 0FFFFh
        ret
key_old:
        mov ah, 01h
        int 16h
        mov ah, 00h
        jnz key_read
        mov ax, 0FFFFh
        ret
key_read:
        int 16h
        ret

TEST_END
