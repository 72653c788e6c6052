; INT 13h: hard disks 80h-83h. Diskettes go on to INT 40h, which other software may have hooked.
;   00 reset    01 status    02 read     03 write    04 verify    05 format     08 parameters
;   09 set drive parameters  0A, 0B long 0C seek     0D reset     10 ready      11 recalibrate
;   14 diagnostic            15 type     41-48, 4E extended calls (edd.asm)

; Called for every drive but the CD (int13_cd.asm).
int13_drive:
        test dl, 80h
        jnz int13_hard
        sub sp, 4                       ; go on as if INT 40h had been called in place of INT 13h
        push bp
        mov bp, sp
        push ds
        push ax
        xor ax, ax
        mov ds, ax
        mov ax, [40h * 4]
        mov [bp + 2], ax
        mov ax, [40h * 4 + 2]
        mov [bp + 4], ax
        pop ax
        pop ds
        pop bp
        retf

int13_hard:
        sti
        SAVE_FRAME
        sub sp, L_SIZE
        SETSEG es, ax, SEG_BDA
        mov ds, [es:B_EBDA]
        mov al, [bp + F_DL]
        and al, 7Fh
        cmp al, [es:B_HDCOUNT]
        mov ah, 01h
        jae .end
        mov ah, D_LEN
        mul ah
        mov si, ax
        add si, E_DISKS
        mov al, [bp + F_AH]
        cmp al, 01h
        je .status
        mov bx, .table
        cmp al, 15h
        jbe .call
        mov bx, edd_table - 41h * 2
        cmp al, 41h
        jb .bad
        cmp al, 4Eh
        ja .bad
.call:
        xor ah, ah
        shl ax, 1
        add bx, ax
        call [cs:bx]
        jmp short .end
.bad:
        mov ah, 01h
.end:
        mov [es:B_HDSTATUS], ah
.report:
        mov [bp + F_AH], ah
        and byte [bp + F_FLAGS], ~FL_CF
        or ah, ah
        jz .leave
        or byte [bp + F_FLAGS], FL_CF
.leave:
        mov sp, bp
        RESTORE_FRAME
        iret
.status:
        mov ah, 0
        xchg ah, [es:B_HDSTATUS]
        jmp short .report

.table: dw hd_reset, hd_bad, hd_read, hd_write, hd_verify, hd_format, hd_bad, hd_bad
        dw hd_params, hd_init_drive, hd_read_long, hd_write_long, hd_seek, hd_reset, hd_bad, hd_bad
        dw hd_ready, hd_ready, hd_bad, hd_bad, hd_diagnostic, hd_type

hd_bad:
        mov ah, 01h
        ret

hd_reset:
        call ata_reset
        jc hd_out
hd_init_drive:
        call ata_set_geometry
        jc hd_out
hd_good:
        mov ah, 0
hd_out:
        ret

; Test ready, and recalibrate: a drive with its own logic has nothing more to do.
hd_ready:
        mov al, [D_SEL + si]
        call ata_select
        jc hd_out
        jmp short hd_good

; EXECUTE DEVICE DIAGNOSTIC would address both drives; the ready test says as much as callers use.
hd_diagnostic equ hd_ready

; ---- CHS transfers -----------------------------------------------------------------------------
hd_read:
        mov al, 20h
        jmp short hd_chs_transfer
hd_write:
        mov al, 30h
        jmp short hd_chs_transfer
hd_verify:
        mov al, 40h
        jmp short hd_chs_transfer
hd_read_long:
        mov al, 22h
        jmp short hd_chs_transfer
hd_write_long:
        mov al, 32h

; AL = command.
hd_chs_transfer:
        mov ah, 0
        mov [bp + L_CMD], ax
        mov al, [bp + F_AL]
        mov [bp + L_COUNT], ax
        dec al
        js hd_bad                       ; 1-128 sectors
        call hd_lba
        jc hd_out
        mov ax, [bp + F_BX]
        mov [bp + L_BUF], ax
        mov ax, [bp + F_ES]
        mov [bp + L_BUF + 2], ax
        call ata_transfer
        mov al, [bp + L_DONE]
        mov [bp + F_AL], al
        ret

; NOTE: an IDE drive cannot be formatted track by track; the address is checked, data stay.
hd_format:
        mov byte [bp + F_CL], 1         ; its low bits are no sector here
        and byte [bp + F_CL], 0C1h
; Seek: the range is checked, the heads move when there is something to transfer.
hd_seek:
        call hd_lba
        jc hd_out
        jmp short hd_good

; Caller's CH, CL, DH in L_LBA. Out: CF = 1 and AH = 04h if there is no such sector.
hd_lba:
        mov al, [bp + F_CH]
        mov ah, [bp + F_CL]
        mov cl, 6
        shr ah, cl
        cmp ax, [D_LCYL + si]
        jae .bad
        mov bl, [bp + F_DH]
        xor bh, bh
        cmp bx, [D_LHEADS + si]
        jae .bad
        mov cl, [bp + F_CL]
        and cx, 3Fh
        jz .bad
        cmp cx, [D_LSPT + si]
        ja .bad
        dec cx
        call chs_to_lba
        mov [bp + L_LBA], ax
        mov [bp + L_LBA + 2], dx
        xor ax, ax
        mov [bp + L_LBA + 4], ax
        clc
        ret
.bad:
        mov ah, 04h
        stc
        ret

; ---- parameters --------------------------------------------------------------------------------

; CH, CL, DH = last cylinder, sector, head; DL = number of disks.
hd_params:
        mov ax, [D_LCYL + si]
        dec ax
        mov [bp + F_CH], al
        mov cl, 6
        shl ah, cl
        or ah, [D_LSPT + si]
        mov [bp + F_CL], ah
        mov al, [D_LHEADS + si]
        dec al
        mov [bp + F_DH], al
        mov al, [es:B_HDCOUNT]
        mov [bp + F_DL], al
        mov byte [bp + F_AL], 0
        mov ah, 0
        ret

; AH = 3: disk; CX:DX = sectors that CHS reaches. This status has no error flag.
hd_type:
        mov ax, [D_LHEADS + si]
        mul word [D_LSPT + si]
        mul word [D_LCYL + si]
        mov [bp + F_CX], dx
        mov [bp + F_DX], ax
        mov byte [es:B_HDSTATUS], 0
        mov byte [bp + F_AH], 3
        and byte [bp + F_FLAGS], ~FL_CF
        add sp, 2                       ; past the common end
        jmp int13_hard.leave
