; INT 40h: diskettes, which INT 13h passes on for drives below 80h.
;   00 reset     01 status     02 read      03 write         04 verify    05 format track
;   08 parameters   15 type    16 change line    17 set type    18 set media for format

; Called by POST: reset the controller if there is a drive, and count drives.
fd_init:
        SETSEG ds, ax, SEG_BDA
        mov dl, 0
        call fd_type
        mov bl, al
        inc dx
        call fd_type
        mov bh, al
        or al, bl
        jz .out
        or byte [B_EQUIP], 01h
        or bh, bh
        jz .reset
        or byte [B_EQUIP], 40h
.reset:
        mov byte [B_FDINFO], 77h        ; both drives known, multi-rate, change line
        mov dl, 0
        call fd_reset
.out:
        ret

int40:
        sti
        SAVE_FRAME
        SETSEG ds, ax, SEG_BDA
        mov dl, [bp + F_DL]
        mov al, [bp + F_AH]
        cmp al, 01h
        je .status
        cmp al, 18h
        ja .bad
        mov byte [B_FDSTATUS], 0
        cbw
        mov si, ax
        shl si, 1
        call [cs:.table + si]
        jmp short .end
.bad:
        call fd_bad_command
.end:
        ; AH = status; the motor stops some time from now
        mov [B_FDSTATUS], ah
        mov [bp + F_AH], ah
        and byte [bp + F_FLAGS], ~FL_CF
        or ah, ah
        jz .good
        or byte [bp + F_FLAGS], FL_CF
.good:
        test byte [B_FDMOTOR], 0Fh
        jz .out
        mov al, DPT_MOTOR_OFF
        call dpt_get
        mov [B_FDMOTORCNT], al
.out:
        RESTORE_FRAME
        iret
.status:
        mov ah, [B_FDSTATUS]
        mov al, ah                      ; the AT has it in AL as well
        mov [bp + F_AX], ax
        and byte [bp + F_FLAGS], ~FL_CF
        or ah, ah
        jz .out
        or byte [bp + F_FLAGS], FL_CF
        jmp short .out

.table: dw fd_func_reset, fd_bad_command, fd_func_read, fd_func_write, fd_func_verify
        dw fd_func_format, fd_bad_command, fd_bad_command, fd_func_params
        times 15h - 9 dw fd_bad_command
        dw fd_func_type, fd_func_change, fd_func_set_type, fd_func_set_media

fd_bad_command:
        mov ah, 01h
        ret

fd_func_reset:
        call fd_reset
        jc .out
        mov ah, 0
.out:
        ret

; ---- transfers ---------------------------------------------------------------------------------
; Command byte, DMA mode and "writes" flag of each.
fd_func_read:
        mov si, 46E6h                   ; MT, MFM, skip deleted
        mov bl, 0
        jmp short fd_transfer
fd_func_write:
        mov si, 4AC5h
        mov bl, 1
        jmp short fd_transfer
fd_func_verify:
        mov si, 42E6h
        mov bl, 0
        jmp short fd_transfer
fd_func_format:
        mov si, 4A4Dh
        mov bl, 1

; In: SI = DMA mode and command, BL = 1 if it writes. Out: AH = status, and AL of the frame = the
; number of sectors done.
fd_transfer:
        mov ch, [bp + F_AL]             ; sectors wanted
        mov byte [bp + F_AL], 0
        push cx
        call .try
        pop cx
        jc .out
        mov [bp + F_AL], ch
        mov ah, 0
.out:
        ret

.try:
        call fd_type
        or al, al
        mov ah, 01h
        jz .fail                        ; no such drive
        cmp si, 4A4Dh
        je .counted
        or ch, ch
        jz .fail
.counted:
        mov bh, ch                      ; BH = sectors
        call fd_motor_on
        and byte [B_FDMOTOR], 7Fh
        or bl, bl
        jz .reading
        or byte [B_FDMOTOR], 80h
.reading:
        call fd_check_change
        jc .fail
        push bx
        mov bl, dl
        xor bh, bh
        test byte [B_FDMEDIA + bx], FM_KNOWN
        jnz .known
        cmp si, 4A4Dh
        jne .probe
        call fd_assume                  ; nothing to read on an unformatted disk
        jmp short .known
.probe:
        call fd_probe
.known:
        pop bx
        jc .fail
        call fd_set_rate

        ; the buffer: length by sector size, or four bytes per sector to format
        push bx
        cmp si, 4A4Dh
        jne .data
        mov al, DPT_EOT
        call dpt_get
        xor ah, ah
        mov cl, 2
        jmp short .length
.data:
        mov al, DPT_N
        call dpt_get
        and al, 7
        add al, 7
        mov cl, al
        mov al, bh
        xor ah, ah
.length:
        shl ax, cl
        dec ax
        mov cx, ax
        mov ax, si
        mov al, ah
        mov bx, [bp + F_BX]
        mov es, [bp + F_ES]
        call fd_dma
        pop bx
        jc .fail

        ; the track
        mov ch, [bp + F_CH]
        push bx
        mov bl, dl
        xor bh, bh
        test byte [B_FDMEDIA + bx], FM_DOUBLE
        pop bx
        jz .single
        shl ch, 1
.single:
        call fd_seek
        jc .fail

        ; the command
        mov ax, si
        call fd_command
        jc .fail
        mov al, [bp + F_DH]
        and al, 1
        shl al, 1
        shl al, 1
        or al, dl
        call fd_out
        jc .fail
        cmp si, 4A4Dh
        je .format
        mov al, [bp + F_CH]
        call fd_out
        jc .fail
        mov al, [bp + F_DH]
        call fd_out
        jc .fail
        mov al, [bp + F_CL]
        call fd_out
        jc .fail
        mov ah, 4
        mov al, DPT_N                   ; N, EOT, gap, DTL follow each other
.params:
        push ax
        call dpt_get
        call fd_out
        pop ax
        jc .fail_timeout
        inc ax
        dec ah
        jnz .params
        jmp short .wait
.format:
        mov al, DPT_N
        call .send_dpt
        jc .fail
        mov al, DPT_EOT
        call .send_dpt
        jc .fail
        mov al, DPT_FGAP
        call .send_dpt
        jc .fail
        mov al, DPT_FILL
        call .send_dpt
        jc .fail
.wait:
        call fd_wait
        jc .fail
        call fd_results
        jc .fail
        call fd_status
        jnc .good
        push ax
        call fd_sectors_done
        mov [bp + F_AL], al
        pop ax
        jmp short .fail
.good:
        ret
.fail_timeout:
        mov ah, 80h
.fail:
        stc
        ret
.send_dpt:
        call dpt_get
        jmp fd_out

; After an error: AL = sectors transferred before it, from where the controller stopped. On a
; data error that is the bad sector itself, otherwise the next one.
fd_sectors_done:
        cmp si, 4A4Dh
        mov al, 0
        je .out
        mov al, DPT_EOT
        call dpt_get
        mov ah, al
        mov al, [B_FDRESULT + 5]        ; R
        sub al, [bp + F_CL]
        mov ch, [B_FDRESULT + 3]        ; C
        cmp ch, [bp + F_CH]
        jne .cylinder
        mov ch, [B_FDRESULT + 4]        ; H
        cmp ch, [bp + F_DH]
        je .out
        add al, ah
        ret
.cylinder:
        add al, ah                      ; ran off the end of head 1, perhaps began on head 0
        test byte [bp + F_DH], 1
        jnz .out
        add al, ah
.out:
        ret

; Formatting a disk of unknown kind in drive DL (BX = drive): take the rate from the sectors per
; track in INT 1Eh. Keeps SI. Out: CF = 0.
fd_assume:
        push ax
        call fd_type
        mov ah, al
        mov al, DPT_EOT
        call dpt_get
        xchg al, ah                     ; AL = drive type, AH = sectors per track
        mov ch, 80h | 7                 ; 250
        cmp ah, 15
        jb .low
        mov ch, 00h | 7                 ; 500
        cmp ah, 36
        jb .set
        mov ch, 0C0h | 7                ; 1000
        jmp short .set
.low:
        cmp al, 2
        jne .set
        mov ch, 40h | FM_DOUBLE | 4     ; 300 in a 1.2 MB drive
.set:
        or ch, FM_KNOWN
        mov [B_FDMEDIA + bx], ch
        pop ax
        clc
        ret

; ---- parameters and media ----------------------------------------------------------------------

; Out: BL = drive type, CH = last track, CL = sectors, DH = last head, DL = drives, ES:DI = DPT.
fd_func_params:
        xor ax, ax
        mov [bp + F_AX], ax
        mov [bp + F_BX], ax
        mov [bp + F_CX], ax
        mov [bp + F_DX], ax
        mov [bp + F_DI], ax
        mov [bp + F_ES], ax
        mov al, [B_EQUIP]
        test al, 1
        jz .none
        mov cl, 6
        shr al, cl
        inc ax
.none:
        mov [bp + F_DL], al
        call fd_type
        or al, al
        jz .out
        mov [bp + F_BL], al
        cbw
        mov si, ax
        shl si, 1
        mov si, [cs:dpt_by_type + si]
        mov al, [cs:si + DPT_LAST_TRACK]
        mov [bp + F_CH], al
        mov al, [cs:si + DPT_EOT]
        mov [bp + F_CL], al
        mov byte [bp + F_DH], 1
        mov [bp + F_DI], si
        mov [bp + F_ES], cs
.out:
        mov ah, 0
        ret

; AH = 0 no drive, 1 drive without, 2 with change line. This status has no error flag.
fd_func_type:
        call fd_type
        or al, al
        jz .set
        cmp al, 1
        je .set
        mov al, 2
.set:
        mov ah, al
        add sp, 2                       ; past the common end
        mov [bp + F_AH], ah
        mov byte [B_FDSTATUS], 0
        and byte [bp + F_FLAGS], ~FL_CF
        jmp int40.out

; AH = 0 not changed, 06h changed, 80h no disk.
fd_func_change:
        call fd_type
        or al, al
        mov ah, 80h
        jz .out
        mov ah, 06h
        cmp al, 1
        je .out                         ; no line: might be changed
        mov bl, 0
        call fd_motor_on
        push dx
        mov dx, FDC_DIR
        in al, dx
        pop dx
        mov ah, 0
        test al, 80h
        jz .out
        call fd_check_change            ; clears the line and forgets the disk
        jc .out
        mov ah, 06h
.out:
        ret

; AL = 1: 360 KB in 360 KB drive, 2: 360 KB in 1.2 MB, 3: 1.2 MB in 1.2 MB, 4: 720 KB.
fd_func_set_type:
        mov bl, 1
        call .motor
        jc .out
        mov ah, 01h
        mov al, [bp + F_AL]
        dec al
        cmp al, 3
        ja .out
        cbw
        mov si, ax
        mov al, [cs:.states + si]
        mov bl, dl
        xor bh, bh
        mov [B_FDMEDIA + bx], al
        mov ah, 0
.out:
        ret
.states: db 93h, 74h, 15h, 97h

; Motor on and a look at the change line, for both calls that precede a format.
.motor:
        call fd_type
        or al, al
        mov ah, 01h
        stc
        jz .out
        call fd_motor_on
        call fd_check_change
        jnc .out
        cmp ah, 80h
        stc
        je .out
        clc                             ; a new disk is what we expect here
        ret

; CH, CL = tracks - 1 and sectors per track of the disk to be formatted -> ES:DI = a table for it.
; AH = 0Ch if the drive cannot have it, 80h if there is no disk.
fd_func_set_media:
        call fd_func_set_type.motor
        jc .out
        call fd_type
        cbw
        mov si, .lists
        mov cx, ax
.skip:                                  ; to the list of this drive type
        dec cx
        jz .next
.entry:
        cs lodsw
        or ax, ax
        jz .skip
        inc si
        jmp short .entry
.next:
        cs lodsw
        or ax, ax
        mov di, ax
        mov ah, 0Ch
        jz .out
        cs lodsb
        mov bh, al
        mov al, [cs:di + DPT_EOT]
        cmp al, [bp + F_CL]
        jne .next
        mov al, [cs:di + DPT_LAST_TRACK]
        cmp al, [bp + F_CH]
        jne .next
        mov al, bh
        mov bl, dl
        xor bh, bh
        mov [B_FDMEDIA + bx], al
        mov [bp + F_DI], di
        mov [bp + F_ES], cs
        mov ah, 0
.out:
        ret

; Per drive type: table and media state; zero ends a list.
.lists:
        dw dpt_360
        db 93h
        dw 0
        dw dpt_1200
        db 15h
        dw dpt_360_in_1200
        db 74h
        dw 0
        dw dpt_720
        db 97h
        dw 0
        dw dpt_1440
        db 17h
        dw dpt_720
        db 97h
        dw 0
        dw dpt_2880
        db 0D7h
        dw dpt_1440
        db 17h
        dw dpt_720
        db 97h
        dw 0
