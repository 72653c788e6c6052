; IRQ1: the keyboard, scan code set 1 as the 8042 translates it. Key codes go into the buffer in
; the form that INT 16h/10h returns (IBM PS/2 and enhanced keyboard): keys that only the 101-key
; layout has carry E0h in the low byte, combinations that the old calls never knew carry F0h there
; or have a high byte above 84h; INT 16h/00h filters them.

int09:
        push ax
        push bx
        push cx
        push dx
        push si
        push di
        push ds
        push es
        cld
        SETSEG ds, ax, SEG_BDA
        in al, KBC_DATA                 ; even if a program in front of us has read it already
        mov ah, 4Fh
        stc
        int 15h                         ; keyboard intercept: may change AL, or swallow it (CF = 0)
        jnc .eoi
        sti
        call key_event
.eoi:
        cli
        mov al, EOI
        out PIC1, al
.out:
        pop es
        pop ds
        pop di
        pop si
        pop dx
        pop cx
        pop bx
        pop ax
        iret

; Called by functions that run long or that enter user code: ends IRQ1 now. The EOI at the end of
; int09 would then end someone else's interrupt, so they leave through key_exit.
key_eoi:
        mov al, EOI
        out PIC1, al
        ret

; Drop the return address into int09 and leave without a second EOI.
key_exit:
        pop ax
        jmp int09.out

; AL = scan code, DS = BDA.
key_event:
        cmp al, 0E0h
        je .prefix_e0
        cmp al, 0E1h
        je .prefix_e1
        cmp al, 0FAh
        je .ack
        cmp al, 0FEh
        je .resend
        cmp al, 0FFh                    ; the keyboard's own buffer overflowed
        je .overrun
        mov ah, al                      ; AH bit 7: break; AL = key
        and al, 7Fh
        mov bl, [B_KBFLAG3]
        test bl, KF3_E1
        jnz .pause_sequence
        and byte [B_KBFLAG3], ~KF3_E0   ; BL keeps it for this key
        jmp key_shift

.prefix_e0:
        or byte [B_KBFLAG3], KF3_E0
        ret
.prefix_e1:
        or byte [B_KBFLAG3], KF3_E1
        ret
.overrun:
        jmp beep

; Pause sends E1 1D 45 E1 9D C5, all on the make.
.pause_sequence:
        cmp al, 1Dh
        je .ret
        and byte [B_KBFLAG3], ~KF3_E1
        cmp ax, 4545h
        je key_pause
.ret:
        ret

; LEDs: EDh was sent; its FAh asks for the LED byte, the second FAh ends it. Nothing waits.
.ack:
        or byte [B_KBFLAG4], KF4_ACK
        test byte [B_KBFLAG4], KF4_BUSY
        jz .ret
        test byte [B_KBFLAG4], KF4_SENT
        jnz .led_end
        or byte [B_KBFLAG4], KF4_SENT
        mov al, [B_KBFLAG4]
        and al, 07h
        jmp kbc_data
.resend:
        or byte [B_KBFLAG4], KF4_RESEND
.led_end:
        and byte [B_KBFLAG4], ~(KF4_BUSY | KF4_SENT)
        ret

; Make the LEDs match the toggles, if they do not. Keeps all registers.
led_update:
        push ax
        push cx
        mov al, [B_KBFLAG1]
        mov cl, 4
        shr al, cl
        and al, 07h
        mov ah, [B_KBFLAG4]
        and ah, 07h
        cmp al, ah
        je .out
        pushf
        cli
        and byte [B_KBFLAG4], ~(07h | KF4_SENT | KF4_ACK | KF4_RESEND)
        or al, KF4_BUSY
        or [B_KBFLAG4], al
        mov al, 0EDh
        call kbc_data
        popf
.out:
        pop cx
        pop ax
        ret

; ---- keys that change state --------------------------------------------------------------------
key_shift:
        cmp al, 1Dh
        je .ctrl
        cmp al, 38h
        je .alt
        cmp al, 2Ah
        je .lshift
        cmp al, 36h
        je .rshift
        cmp al, 3Ah
        je .caps
        cmp al, 45h
        je .num
        cmp al, 46h
        je .scroll
        cmp al, 52h
        je .ins
        cmp al, 54h
        je .sysreq
        jmp key_plain

.ctrl:
        mov cx, (KF3_RCTRL << 8) | KF2_LCTRL
        mov bh, KF1_CTRL
        jmp short .pair
.alt:
        mov cx, (KF3_RALT << 8) | KF2_LALT
        mov bh, KF1_ALT
; Two keys, one state. CL = left key's bit in flag 2, CH = right key's bit in flag 3, BH = state.
.pair:
        test bl, KF3_E0
        mov si, B_KBFLAG2
        jz .side
        mov si, B_KBFLAG3
        mov cl, ch
.side:
        or ah, ah
        js .pair_up
        or [si], cl
        or [B_KBFLAG1], bh
        ret
.pair_up:
        not cl
        and [si], cl
        not bh
        and [B_KBFLAG1], bh
        not bh
        ; is the other one still down?
        mov cl, KF2_LCTRL
        mov ch, KF3_RCTRL
        cmp bh, KF1_CTRL
        je .other
        mov cl, KF2_LALT
        mov ch, KF3_RALT
.other:
        test [B_KBFLAG2], cl
        jnz .still
        test [B_KBFLAG3], ch
        jnz .still
        cmp bh, KF1_ALT
        jne .ret
        xor ax, ax                      ; Alt up: deliver the number typed on the keypad
        xchg al, [B_ALTNUM]
        or al, al
        jz .ret
        jmp key_put_notify
.still:
        or [B_KBFLAG1], bh
.ret:
        ret

.lshift:
        mov cl, KF1_LSHIFT
        jmp short .one_shift
.rshift:
        mov cl, KF1_RSHIFT
.one_shift:
        test bl, KF3_E0                 ; the 101-key layout fakes shifts around grey keys
        jnz .ret
        or ah, ah
        js .shift_up
        or [B_KBFLAG1], cl
        ret
.shift_up:
        not cl
        and [B_KBFLAG1], cl
        ret

.caps:
        mov cl, KF1_CAPS
        jmp short .toggle
.num:
        test bl, KF3_E0
        jnz .toggle_num
        test byte [B_KBFLAG1], KF1_CTRL
        jz .toggle_num
        or ah, ah
        js .toggle_num
        jmp key_pause                   ; Ctrl-NumLock
.toggle_num:
        mov cl, KF1_NUM
        jmp short .toggle
.scroll:
        test byte [B_KBFLAG1], KF1_CTRL
        jz .toggle_scroll
        or ah, ah
        js .toggle_scroll
        jmp key_break                   ; Ctrl-Break is E0 46, on old keyboards Ctrl-ScrollLock
.toggle_scroll:
        mov cl, KF1_SCROLL
; The bit of a toggle is the same in flag 1 (state) and flag 2 (held down, so that typematic
; repeats do not toggle again).
.toggle:
        or ah, ah
        js .toggle_up
        test [B_KBFLAG2], cl
        jnz .ret
        or [B_KBFLAG2], cl
        xor [B_KBFLAG1], cl
        jmp led_update
.toggle_up:
        not cl
        and [B_KBFLAG2], cl
        ret

; Insert toggles, and is a key as well.
.ins:
        or ah, ah
        js .ins_up
        test byte [B_KBFLAG1], KF1_ALT | KF1_CTRL
        jnz .ins_key
        test bl, KF3_E0
        jnz .ins_toggle
        call keypad_shift               ; a digit zero does not toggle
        jnz .ins_key
.ins_toggle:
        test byte [B_KBFLAG2], KF1_INS
        jnz .ins_key
        or byte [B_KBFLAG2], KF1_INS
        xor byte [B_KBFLAG1], KF1_INS
.ins_key:
        jmp key_plain
.ins_up:
        and byte [B_KBFLAG2], ~KF1_INS
        ret

.sysreq:
        or ah, ah
        js .sysreq_up
        test byte [B_KBFLAG2], KF2_SYSREQ
        jnz .ret
        or byte [B_KBFLAG2], KF2_SYSREQ
        call key_eoi
        mov ax, 8500h
        jmp short .sysreq_tell
.sysreq_up:
        and byte [B_KBFLAG2], ~KF2_SYSREQ
        call key_eoi
        mov ax, 8501h
.sysreq_tell:
        sti
        int 15h
        jmp key_exit

; ---- keys that make codes ----------------------------------------------------------------------
; AL = key, AH bit 7 = break, BL = flag 3 with the E0 bit.
key_plain:
        or ah, ah
        js .ret
        test byte [B_KBFLAG2], KF2_PAUSE
        jz .live
        and byte [B_KBFLAG2], ~KF2_PAUSE ; any key ends Pause and is swallowed
.ret:
        ret
.live:
        cmp al, 53h                     ; Ctrl-Alt-Del
        jne .prtsc
        mov ah, [B_KBFLAG1]
        and ah, KF1_CTRL | KF1_ALT
        cmp ah, KF1_CTRL | KF1_ALT
        jne .prtsc
        mov word [B_RESETFLAG], 1234h
        jmp SEG_BIOS:reset_vector
.prtsc:
        test bl, KF3_E0
        jz .classic
        cmp al, 37h
        jne .grey
        test byte [B_KBFLAG1], KF1_CTRL
        jnz .ctrl_prtsc
        call key_eoi
        sti
        push bp                         ; INT 05h goes through INT 10h and INT 17h
        int 05h
        pop bp
        jmp key_exit
.ctrl_prtsc:
        mov ax, 7200h
        jmp key_put_notify

; Grey keys: the same codes as their twins on the keypad, marked E0.
.grey:
        mov ah, al
        mov bh, [B_KBFLAG1]
        cmp al, 1Ch
        je .grey_enter
        cmp al, 35h
        je .grey_slash
        cmp al, 47h
        jb .ret
        cmp al, 53h
        ja .ret
        cmp al, 4Ah                     ; -, 5 and + have no grey twin
        je .ret
        cmp al, 4Ch
        je .ret
        cmp al, 4Eh
        je .ret
        test bh, KF1_ALT
        jnz .grey_alt
        mov al, 0E0h
        test bh, KF1_CTRL
        jz .put
        mov al, ah
        call key_column_ctrl
        mov al, 0E0h
.put:
        jmp key_put_notify
.grey_alt:
        add ah, 50h                     ; 9700 .. A300
        mov al, 0
        jmp key_put_notify
.grey_enter:
        mov ax, 0E00Dh
        test bh, KF1_ALT
        jz .enter_ctrl
        mov ax, 0A600h
.enter_ctrl:
        test bh, KF1_CTRL
        jz .put
        mov ax, 0E00Ah
        jmp key_put_notify
.grey_slash:
        mov ax, 0E02Fh
        test bh, KF1_ALT
        jz .slash_ctrl
        mov ax, 0A400h
.slash_ctrl:
        test bh, KF1_CTRL
        jz .put
        mov ax, 9500h
        jmp key_put_notify

.classic:
        cmp al, KEYMAP_LAST
        ja .ret
        mov ah, al
        mov bh, [B_KBFLAG1]
        test bh, KF1_ALT
        jnz .alt
        mov byte [B_ALTNUM], 0
        test bh, KF1_CTRL
        jnz .ctrl
        cmp al, 47h
        jb .letters
        cmp al, 53h
        ja .letters
        call keypad_shift
        jmp short .column
.letters:
        mov cl, bh
        and cl, KF1_SHIFT
        call key_is_letter
        jne .shift
        test bh, KF1_CAPS               ; Caps Lock turns Shift round
        jz .shift
        or cl, cl
        mov cl, 0
        jnz .shift
        inc cx
.shift:
        or cl, cl
.column:
        mov dx, 0
        jz .look_up
        mov dl, 2
        jmp short .look_up
.ctrl:
        mov dx, 4
        jmp short .look_up
.alt:
        mov dx, 6
        call keypad_digit               ; Alt + digits on the keypad type a character code
        jc .look_up
        mov cl, al
        mov al, [B_ALTNUM]
        mov ah, 10
        mul ah
        add al, cl
        mov [B_ALTNUM], al
        ret
; DX = byte offset of the column.
.look_up:
        call key_column
        or ax, ax
        jz .ret2
        jmp key_put_notify
.ret2:
        ret

; AL = key; DX = column offset -> AX = code.
key_column_ctrl:
        mov dx, 4
key_column:
        xor ah, ah
        mov si, ax
        dec si
        shl si, 1
        shl si, 1
        shl si, 1
        add si, dx
        mov ax, [cs:keymap + si]
        ret

; Does the keypad type digits? Out: ZF = 0 if so: Num Lock and no Shift, or Shift and no Num Lock.
keypad_shift:
        push ax
        mov ah, [B_KBFLAG1]
        mov al, 0
        test ah, KF1_SHIFT
        jz .num
        inc ax
.num:
        test ah, KF1_NUM
        jz .out
        xor al, 1
.out:
        or al, al
        pop ax
        ret

; AL = key -> CF = 0 and AL = its keypad digit, or CF = 1.
keypad_digit:
        push si
        cmp al, 47h
        jb .no
        cmp al, 52h
        ja .no
        xor ah, ah
        mov si, ax
        mov ah, [cs:.digits + si - 47h]
        cmp ah, 0FFh
        je .no
        mov al, ah
        clc
        pop si
        ret
.no:
        stc
        pop si
        ret
.digits: db 7, 8, 9, 0FFh, 4, 5, 6, 0FFh, 1, 2, 3, 0

; Out: ZF = 1 if key AL is a letter.
key_is_letter:
        cmp al, 10h
        jb .no
        cmp al, 19h
        jbe .yes
        cmp al, 1Eh
        jb .no
        cmp al, 26h
        jbe .yes
        cmp al, 2Ch
        jb .no
        cmp al, 32h
        ja .no
.yes:
        cmp al, al
.no:
        ret

; ---- special actions ---------------------------------------------------------------------------

; Ctrl-Break: empty the buffer, call INT 1Bh, leave a zero code so that a waiting program wakes.
key_break:
        mov si, [B_KBSTART]
        cli
        mov [B_KBHEAD], si
        mov [B_KBTAIL], si
        or byte [B_BREAK], 80h
        call key_eoi
        sti
        int 1Bh
        xor ax, ax
        call key_put
        jmp key_exit

; Pause: hold everything but interrupts until another key comes.
key_pause:
        test byte [B_KBFLAG2], KF2_PAUSE
        jnz .ret
        or byte [B_KBFLAG2], KF2_PAUSE
        call key_eoi
.hold:
        sti
        hlt
        cli
        test byte [B_KBFLAG2], KF2_PAUSE
        jnz .hold
        jmp key_exit
.ret:
        ret

; ---- the buffer --------------------------------------------------------------------------------

; AX = code. Beeps when full.
key_put_notify:
        call key_put
        jc beep
        mov ax, 9102h                   ; whoever waits for the keyboard may go on
        int 15h
        ret

; AX = code -> CF = 1 if the buffer is full.
key_put:
        push si
        push di
        pushf
        cli
        mov di, [B_KBTAIL]
        mov si, di
        call key_next
        cmp si, [B_KBHEAD]
        je .full
        mov [di], ax
        mov [B_KBTAIL], si
        popf
        clc
        jmp short .out
.full:
        popf
        stc
.out:
        pop di
        pop si
        ret

; SI = buffer pointer -> SI = the next one.
key_next:
        inc si
        inc si
        cmp si, [B_KBEND]
        jb .out
        mov si, [B_KBSTART]
.out:
        ret

; A short tone through port 61h bit 1, by hand: channel 2 may belong to a program.
beep:
        push ax
        push cx
        in al, PORTB
        push ax
        mov cx, 24
.half:
        push cx
        and al, 0FEh
        xor al, 2
        out PORTB, al
        mov cx, 1
        call delay_ms
        pop cx
        loop .half
        pop ax
        out PORTB, al
        pop cx
        pop ax
        ret

; ---- the map -----------------------------------------------------------------------------------
; Per scan code: plain, Shift, Ctrl, Alt. Zero: no code.
%macro KEYS 4
        dw %1, %2, %3, %4
%endmacro

keymap:
        KEYS 0011Bh, 0011Bh, 0011Bh, 001F0h     ; 01 Esc
        KEYS 00231h, 00221h, 00000h, 07800h     ; 1
        KEYS 00332h, 00340h, 00300h, 07900h
        KEYS 00433h, 00423h, 00000h, 07A00h
        KEYS 00534h, 00524h, 00000h, 07B00h
        KEYS 00635h, 00625h, 00000h, 07C00h
        KEYS 00736h, 0075Eh, 0071Eh, 07D00h
        KEYS 00837h, 00826h, 00000h, 07E00h
        KEYS 00938h, 0092Ah, 00000h, 07F00h
        KEYS 00A39h, 00A28h, 00000h, 08000h
        KEYS 00B30h, 00B29h, 00000h, 08100h     ; 0
        KEYS 00C2Dh, 00C5Fh, 00C1Fh, 08200h
        KEYS 00D3Dh, 00D2Bh, 00000h, 08300h
        KEYS 00E08h, 00E08h, 00E7Fh, 00EF0h     ; Backspace
        KEYS 00F09h, 00F00h, 09400h, 0A500h     ; Tab
        KEYS 01071h, 01051h, 01011h, 01000h     ; q
        KEYS 01177h, 01157h, 01117h, 01100h
        KEYS 01265h, 01245h, 01205h, 01200h
        KEYS 01372h, 01352h, 01312h, 01300h
        KEYS 01474h, 01454h, 01414h, 01400h
        KEYS 01579h, 01559h, 01519h, 01500h
        KEYS 01675h, 01655h, 01615h, 01600h
        KEYS 01769h, 01749h, 01709h, 01700h
        KEYS 0186Fh, 0184Fh, 0180Fh, 01800h
        KEYS 01970h, 01950h, 01910h, 01900h     ; p
        KEYS 01A5Bh, 01A7Bh, 01A1Bh, 01AF0h
        KEYS 01B5Dh, 01B7Dh, 01B1Dh, 01BF0h
        KEYS 01C0Dh, 01C0Dh, 01C0Ah, 01CF0h     ; Enter
        KEYS 00000h, 00000h, 00000h, 00000h     ; Ctrl
        KEYS 01E61h, 01E41h, 01E01h, 01E00h     ; a
        KEYS 01F73h, 01F53h, 01F13h, 01F00h
        KEYS 02064h, 02044h, 02004h, 02000h
        KEYS 02166h, 02146h, 02106h, 02100h
        KEYS 02267h, 02247h, 02207h, 02200h
        KEYS 02368h, 02348h, 02308h, 02300h
        KEYS 0246Ah, 0244Ah, 0240Ah, 02400h
        KEYS 0256Bh, 0254Bh, 0250Bh, 02500h
        KEYS 0266Ch, 0264Ch, 0260Ch, 02600h     ; l
        KEYS 0273Bh, 0273Ah, 00000h, 027F0h
        KEYS 02827h, 02822h, 00000h, 028F0h
        KEYS 02960h, 0297Eh, 00000h, 029F0h
        KEYS 00000h, 00000h, 00000h, 00000h     ; left Shift
        KEYS 02B5Ch, 02B7Ch, 02B1Ch, 02BF0h
        KEYS 02C7Ah, 02C5Ah, 02C1Ah, 02C00h     ; z
        KEYS 02D78h, 02D58h, 02D18h, 02D00h
        KEYS 02E63h, 02E43h, 02E03h, 02E00h
        KEYS 02F76h, 02F56h, 02F16h, 02F00h
        KEYS 03062h, 03042h, 03002h, 03000h
        KEYS 0316Eh, 0314Eh, 0310Eh, 03100h
        KEYS 0326Dh, 0324Dh, 0320Dh, 03200h     ; m
        KEYS 0332Ch, 0333Ch, 00000h, 033F0h
        KEYS 0342Eh, 0343Eh, 00000h, 034F0h
        KEYS 0352Fh, 0353Fh, 00000h, 035F0h
        KEYS 00000h, 00000h, 00000h, 00000h     ; right Shift
        KEYS 0372Ah, 0372Ah, 09600h, 037F0h     ; keypad *
        KEYS 00000h, 00000h, 00000h, 00000h     ; Alt
        KEYS 03920h, 03920h, 03920h, 03920h     ; space
        KEYS 00000h, 00000h, 00000h, 00000h     ; Caps Lock
        KEYS 03B00h, 05400h, 05E00h, 06800h     ; F1
        KEYS 03C00h, 05500h, 05F00h, 06900h
        KEYS 03D00h, 05600h, 06000h, 06A00h
        KEYS 03E00h, 05700h, 06100h, 06B00h
        KEYS 03F00h, 05800h, 06200h, 06C00h
        KEYS 04000h, 05900h, 06300h, 06D00h
        KEYS 04100h, 05A00h, 06400h, 06E00h
        KEYS 04200h, 05B00h, 06500h, 06F00h
        KEYS 04300h, 05C00h, 06600h, 07000h
        KEYS 04400h, 05D00h, 06700h, 07100h     ; F10
        KEYS 00000h, 00000h, 00000h, 00000h     ; Num Lock
        KEYS 00000h, 00000h, 00000h, 00000h     ; Scroll Lock
        KEYS 04700h, 04737h, 07700h, 00000h     ; keypad 7
        KEYS 04800h, 04838h, 08D00h, 00000h
        KEYS 04900h, 04939h, 08400h, 00000h
        KEYS 04A2Dh, 04A2Dh, 08E00h, 04AF0h     ; -
        KEYS 04B00h, 04B34h, 07300h, 00000h
        KEYS 04CF0h, 04C35h, 08F00h, 00000h     ; 5
        KEYS 04D00h, 04D36h, 07400h, 00000h
        KEYS 04E2Bh, 04E2Bh, 09000h, 04EF0h     ; +
        KEYS 04F00h, 04F31h, 07500h, 00000h
        KEYS 05000h, 05032h, 09100h, 00000h
        KEYS 05100h, 05133h, 07600h, 00000h
        KEYS 05200h, 05230h, 09200h, 00000h     ; Ins
        KEYS 05300h, 0532Eh, 09300h, 00000h     ; Del
        KEYS 00000h, 00000h, 00000h, 00000h     ; SysReq
        KEYS 00000h, 00000h, 00000h, 00000h
        KEYS 0565Ch, 0567Ch, 00000h, 00000h     ; the key that only 102-key layouts have
        KEYS 08500h, 08700h, 08900h, 08B00h     ; F11
        KEYS 08600h, 08800h, 08A00h, 08C00h     ; F12
KEYMAP_LAST equ ($ - keymap) / 8
