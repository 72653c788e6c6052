; INT 17h, the parallel printer, and INT 05h, which prints the screen on it.
;   00 print AL   01 initialize   02 status;   DX = printer 0-2
; Status: 80h ready, 40h acknowledge, 20h no paper, 10h selected, 08h error, 01h timeout.

int17:
        sti
        SAVE_FRAME
        SETSEG ds, ax, SEG_BDA
        mov si, [bp + F_DX]
        cmp si, 3
        jae .out
        mov cl, [B_LPTTIME + si]
        shl si, 1
        mov dx, [B_LPT + si]
        or dx, dx
        jz .out
        mov al, [bp + F_AH]
        or al, al
        jz .print
        dec al
        jz .init
        dec al
        jnz .out
.status:
        mov bl, 0
.status_timeout:
        inc dx
        in al, dx
        xor al, 48h                     ; acknowledge and error are active low
        and al, 0F8h
        or al, bl
        mov [bp + F_AH], al
.out:
        RESTORE_FRAME
        iret

.init:
        inc dx
        inc dx
        mov al, 08h                     ; INIT low, selected
        out dx, al
        push cx
        mov cx, 1
        call delay_ms
        pop cx
        mov al, 0Ch
        out dx, al
        dec dx
        dec dx
        jmp short .status

.print:
        mov al, [bp + F_AL]
        out dx, al
        inc dx
        push dx
        mov ax, 8080h                   ; not busy
        xor ch, ch
.second:
        push cx
        mov cx, 1000
        call poll_port
        pop cx
        jnc .free
        dec cl
        jnz .second
        pop dx
        dec dx
        mov bl, 1
        jmp short .status_timeout
.free:
        pop dx
        inc dx
        mov al, 0Dh                     ; strobe, at least half a microsecond
        pushf
        cli
        out dx, al
        jmp short $+2
        mov al, 0Ch
        out dx, al
        popf
        dec dx
        dec dx
        jmp short .status

; INT 05h: the text screen as the video BIOS reads it. 0050:0000 says how it went. In graphics
; modes a program such as GRAPHICS hooks this interrupt.
int05:
        sti
        SAVE_FRAME
        SETSEG ds, ax, SEG_BDA
        cmp byte [B_PRTSC], 1           ; already at it
        je .out
        mov byte [B_PRTSC], 1
        mov ah, 0Fh
        int 10h                         ; AH = columns, BH = page
        mov cl, ah
        mov ch, [B_VROWS]
        inc ch                          ; 84h holds rows - 1; zero on adapters before EGA
        cmp ch, 2
        jae .rows
        mov ch, 25
.rows:
        mov ah, 03h
        push cx
        int 10h
        pop cx
        push dx                         ; the cursor goes back there
        call .new_line
        jc .fail
        xor dx, dx
.next:
        mov ah, 02h
        int 10h
        mov ah, 08h
        int 10h
        or al, al
        jnz .char
        mov al, ' '
.char:
        call .put
        jc .fail
        inc dx
        cmp dl, cl
        jb .next
        call .new_line
        jc .fail
        mov dl, 0
        inc dh
        cmp dh, ch
        jb .next
        mov al, 0
        jmp short .end
.fail:
        mov al, 0FFh
.end:
        mov [B_PRTSC], al
        pop dx
        mov ah, 02h
        int 10h
.out:
        RESTORE_FRAME
        iret
.new_line:
        mov al, 0Dh
        call .put
        jc .put_out
        mov al, 0Ah
; AL to the first printer; CF = 1 if it did not take it.
.put:
        push dx
        xor dx, dx
        mov ah, 00h
        int 17h
        pop dx
        test ah, 29h                    ; no paper, error, timeout
        jz .put_out                     ; TEST left CF = 0
        stc
.put_out:
        ret
