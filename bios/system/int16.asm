; INT 16h: the keyboard buffer.
;   00 read           01 look           02 shift states       03 typematic rate
;   05 store          09 abilities      0A keyboard id
;   10 read enhanced  11 look enhanced  12 enhanced shift states

int16:
        sti
        SAVE_FRAME
        SETSEG ds, ax, SEG_BDA
        call led_update                 ; a program may have written the toggles
        mov al, [bp + F_AH]
        cmp al, 12h
        ja .out
        cbw
        mov si, ax
        shl si, 1
        call [cs:.table + si]
.out:
        RESTORE_FRAME
        iret

.table: dw int16_read, int16_look, int16_shift, int16_rate, int16_none, int16_store
        dw int16_none, int16_none, int16_none, int16_abilities, int16_id, int16_none
        dw int16_none, int16_none, int16_none, int16_none
        dw int16_read, int16_look, int16_shift_ext

int16_none:
        ret

; Take the next code that this call may see; the old call drops what it must not.
int16_read:
        call key_get
        jnc .have
        push es
        SETSEG es, ax, SEG_BDA
        mov ax, 9002h                   ; a multitasking program may run something else
        int 15h
        pop es
.wait:
        cli
        call key_get
        jnc .have
        sti
        hlt
        jmp short .wait
.have:
        sti
        mov [bp + F_AX], ax
        ret

int16_look:
        pushf
        cli
        call key_peek
        jc .empty
        popf
        mov [bp + F_AX], ax
        and byte [bp + F_FLAGS], ~FL_ZF
        ret
.empty:
        popf
        or byte [bp + F_FLAGS], FL_ZF
        ret

; Out: AX = code, taken from the buffer; CF = 1 if there is none.
key_get:
        call key_peek
        jc .out
        push si
        mov si, [B_KBHEAD]
        call key_next
        mov [B_KBHEAD], si
        pop si
        clc
.out:
        ret

; Out: AX = the first code that function [bp + F_AH] may see, CF = 1 if none. Codes that it may
; not see are dropped on the way.
key_peek:
        push si
.again:
        mov si, [B_KBHEAD]
        cmp si, [B_KBTAIL]
        je .empty
        mov ax, [si]
        test byte [bp + F_AH], 10h
        jnz .enhanced
        call key_classic
        jnc .out
        call key_next
        mov [B_KBHEAD], si
        jmp short .again
.enhanced:
        cmp al, 0F0h
        jne .good
        or ah, ah                       ; AH = 0: the character F0h typed with Alt
        jz .good
        mov al, 0
.good:
        clc
.out:
        pop si
        ret
.empty:
        stc
        pop si
        ret

; AX = code as stored -> AX = as the 84-key calls know it; CF = 1 if they do not.
key_classic:
        cmp ah, 0E0h
        jne .not_grey
        mov ah, 35h                     ; grey /
        cmp al, '/'
        je .good
        mov ah, 1Ch                     ; grey Enter
        jmp short .good
.not_grey:
        cmp ah, 84h
        ja .bad
        or ah, ah
        jz .good
        cmp al, 0F0h
        je .bad
        cmp al, 0E0h
        jne .good
        mov al, 0
.good:
        clc
        ret
.bad:
        stc
        ret

int16_shift:
        mov al, [B_KBFLAG1]
        mov [bp + F_AL], al
        ret

; AL = flag 1, AH = the keys of each side.
int16_shift_ext:
        mov al, [B_KBFLAG1]
        mov ah, [B_KBFLAG2]
        mov bl, ah
        and ah, 73h                     ; locks held down, left Alt, left Ctrl
        test bl, KF2_SYSREQ
        jz .right
        or ah, 80h
.right:
        mov bl, [B_KBFLAG3]
        and bl, KF3_RCTRL | KF3_RALT
        or ah, bl
        mov [bp + F_AX], ax
        ret

; AL = 0: defaults. AL = 5: BH = delay 0-3 (250 ms steps), BL = rate 0-31.
int16_rate:
        mov al, [bp + F_AL]
        mov ah, 2Bh                     ; 500 ms, 10.9 characters per second
        or al, al
        jz .set
        cmp al, 5
        jne .out
        mov ah, [bp + F_BH]
        mov al, [bp + F_BL]
        cmp ah, 3
        ja .out
        cmp al, 31
        ja .out
        mov cl, 5
        shl ah, cl
        or ah, al
.set:
        pushf
        cli                             ; the answers are ours, not IRQ1's
        mov al, 0F3h
        call kbd_send
        jc .end
        mov al, ah
        call kbd_send
.end:
        popf
.out:
        ret

; CX = code to store. AL = 0, or 1 if the buffer is full.
int16_store:
        mov ax, [bp + F_CX]
        call key_put
        mov al, 0
        adc al, 0
        mov [bp + F_AL], al
        ret

; Functions 03h/05h, 0Ah, 10h-12h exist.
int16_abilities:
        mov byte [bp + F_AL], 30h
        ret

int16_id:
        mov word [bp + F_BX], 0
        test byte [B_KBFLAG3], KF3_ENHANCED
        jz .out
        mov word [bp + F_BX], 41ABh     ; AB 83 as the 8042 translates it
.out:
        ret
