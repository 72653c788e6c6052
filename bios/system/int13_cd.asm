; INT 13h for the CD-ROM drive (E0h) and for the floppy or hard disk that a CD emulates (El Torito
; chapter 5; EDD 3.0). Everything on a CD is write-protected.
;   drive E0h: 00 01 15, 41 42 44 45 46 47 48 49, 4B; blocks have 2,048 bytes
;   emulated:  00 01 02 04 08 0C 0D 10 11 15 16, 4B; sectors have 512 bytes

; INT 13h begins here. Without a CD nothing changes. While a CD emulates drive 0 or 80h, the real
; drives of that kind have moved up by one.
int13:
        push ds
        push ax
        SETSEG ds, ax, SEG_BDA
        mov ds, [B_EBDA]
        cmp byte [E_CDKIND], 0
        je .real
        cmp dl, CD_DRIVE
        je .cd
        cmp byte [E_CDSPEC + 1], 0
        je .real
        mov al, dl
        xor al, [E_CDDRV]
        js .real                        ; the other kind of drive
        jz .cd
        pop ax
        pop ds
        push dx
        push ax
        dec dl
        pushf                           ; as by an INT
        push cs
        call int13_drive
        push bp                         ; kept: function +2, drive +4
        mov bp, sp
        pushf
        jc .same
        cmp byte [bp + 3], 08h          ; DL is a number of drives, DH the last head
        je .count
        cmp byte [bp + 3], 15h          ; CX:DX is a size, but for floppies
        jne .same
        test byte [bp + 4], 80h
        jnz .as_is
.same:
        mov dx, [bp + 4]
        jmp short .as_is
.count:
        inc dl
.as_is:
        popf
        pop bp
        inc sp                          ; past both; CF stays
        inc sp
        inc sp
        inc sp
        sti
        retf 2
.cd:
        pop ax
        pop ds
        jmp short int13_cd
.real:
        pop ax
        pop ds
        jmp int13_drive

int13_cd:
        sti
        SAVE_FRAME
        SETSEG es, ax, SEG_BDA
        mov ds, [es:B_EBDA]
        mov bx, .plain
        mov al, [bp + F_AH]
        cmp al, 4Bh
        je .terminate
        cmp al, 01h
        je .status
        cmp byte [bp + F_DL], CD_DRIVE
        je .find
        mov bx, .emulated
.find:
        mov ah, [cs:bx]
        cmp ah, 0FFh
        je .bad
        cmp ah, al
        je .call
        add bx, 3
        jmp short .find
.call:
        call [cs:bx + 1]
        jmp short .end
.bad:
        mov ah, 01h
.end:
        SETSEG es, bx, SEG_BDA
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
.terminate:
        call cd_status
        jmp short .end

%macro CDF 2
        db %1
        dw %2
%endmacro
.plain:
        CDF 00h, cd_good
        CDF 0Dh, cd_good
        CDF 10h, cd_test
        CDF 11h, cd_good
        CDF 15h, cd_type
        CDF 03h, cd_protected
        CDF 05h, cd_protected
        CDF 41h, cd_present
        CDF 42h, cd_edd_read
        CDF 43h, cd_protected
        CDF 44h, cd_edd_read
        CDF 45h, cd_lock
        CDF 46h, cd_eject
        CDF 47h, cd_edd_read
        CDF 48h, cd_params
        CDF 49h, cd_good
        db 0FFh
.emulated:
        CDF 00h, cd_good
        CDF 02h, cd_chs_read
        CDF 03h, cd_protected
        CDF 04h, cd_chs_read
        CDF 05h, cd_protected
        CDF 08h, cd_chs_params
        CDF 0Ch, cd_good
        CDF 0Dh, cd_good
        CDF 10h, cd_test
        CDF 11h, cd_good
        CDF 15h, cd_chs_type
        CDF 16h, cd_good
        db 0FFh

cd_good:
        mov ah, 0
        ret
cd_protected:
        mov ah, 03h
        ret
cd_test:
        mov al, 00h
        call cd_packet
        jmp cd_command

; ---- the drive itself --------------------------------------------------------------------------

cd_type:
        mov byte [bp + F_AH], 02h       ; removable
        mov ah, 02h
        jmp short cd_silent
cd_present:
        cmp word [bp + F_BX], 55AAh
        mov ah, 01h
        jne cd_out
        mov word [bp + F_BX], 0AA55h
        mov word [bp + F_CX], 0007h     ; packet calls, lock and eject, EDD
        mov byte [bp + F_AH], 30h
        mov ah, 30h
; End with AH as it is, without error.
cd_silent:
        mov [bp + F_AH], ah
        and byte [bp + F_FLAGS], ~FL_CF
        add sp, 2
        jmp int13_cd.leave
cd_out:
        ret

; 42 read, 44 verify, 47 seek: the packet at the caller's DS:SI.
cd_edd_read:
        call cd_ready
        jc cd_out
        mov si, [bp + F_SI]
        mov es, [bp + F_DS]
        mov ah, 01h
        cmp byte [es:si], 16
        jb cd_out
        mov ax, [es:si + 12]            ; no disc has 2^32 blocks
        or ax, [es:si + 14]
        mov ah, 04h
        jnz cd_out
        mov cx, [es:si + 2]
        cmp byte [bp + F_AH], 42h
        mov ah, 0
        jne cd_out
        mov ax, [es:si + 8]
        mov dx, [es:si + 10]
        les di, [es:si + 4]
        xor bx, bx                      ; blocks done
        jcxz .done
.next:
        call cd_normalize
        push ax
        push cx
        mov cx, 0400h
        call cd_read
        pop cx
        jc .failed
        pop ax
        inc bx
        add ax, 1
        adc dx, 0
        loop .next
.done:
        mov ah, 0
.end:
        mov es, [bp + F_DS]
        mov [es:si + 2], bx
        ret
.failed:
        pop dx
        jmp short .end

; ES:DI so that a block does not run over the segment's end.
cd_normalize:
        push ax
        push cx
        mov ax, di
        mov cl, 4
        shr ax, cl
        mov cx, es
        add ax, cx
        jc .out                         ; high memory area: leave it
        mov es, ax
        and di, 15
.out:
        pop cx
        pop ax
        ret

; AL = 0 lock, 1 unlock, 2 ask. Locks count.
cd_lock:
        mov al, [bp + F_AL]
        mov bl, [E_CDLOCK]
        cmp al, 1
        je .unlock
        jb .lock
        cmp al, 2
        mov ah, 01h
        jne .out
        jmp short .good
.lock:
        inc bl
        mov ah, 0B4h                    ; too many
        jz .out
        jmp short .set
.unlock:
        or bl, bl
        mov ah, 0B0h                    ; not locked
        jz .out
        dec bl
.set:
        mov al, 1Eh
        call cd_packet
        mov [E_CDLOCK], bl
        mov al, bl
        or al, al
        jz .send
        mov al, 1
.send:
        mov [E_CDPKT + 4], al
        call cd_command
        jc .out
.good:
        mov al, [E_CDLOCK]
        or al, al
        jz .state
        mov al, 1
.state:
        mov [bp + F_AL], al
        mov ah, 0
.out:
        ret

cd_eject:
        cmp byte [E_CDLOCK], 0
        mov ah, 0B1h                    ; locked
        jne .out
        mov al, 1Bh
        call cd_packet
        mov byte [E_CDPKT + 4], 2
        call cd_command
.out:
        ret

; Parameters to the caller's DS:SI: 26 or 30 bytes. The size is that of the disc, if there is one.
cd_params:
        mov es, [bp + F_DS]
        mov di, [bp + F_SI]
        mov ah, 01h
        mov cx, [es:di]
        cmp cx, 26
        jb .out
        mov bx, 26
        cmp cx, 30
        jb .size
        mov bx, 30
.size:
        mov ax, bx
        cld
        stosw
        mov ax, 0074h                   ; removable, change line, lockable
        stosw
        mov ax, 0FFFFh
        mov cx, 6                       ; no geometry
        rep stosw
        push di
        push es
        push bx
        push ds
        pop es
        mov al, 25h                     ; READ CAPACITY: last block and block size, high bytes first
        call cd_packet
        mov word [E_CDTAKE], 4
        mov di, E_CDSPEC_END
        call cd_command
        pop bx
        pop es
        pop di
        mov ax, [E_CDSPEC_END + 2]
        mov dx, [E_CDSPEC_END]
        xchg al, ah
        xchg dl, dh
        jnc .known
        mov ax, 0FFFEh
        mov dx, 0FFFFh
.known:
        add ax, 1
        adc dx, 0
        stosw
        mov ax, dx
        stosw
        xor ax, ax
        stosw
        stosw
        mov ax, 2048
        stosw
        cmp bx, 30
        jb .good
        mov ax, 0FFFFh                  ; no parameter table extension
        stosw
        stosw
.good:
        mov ah, 0
.out:
        ret

; 4B00 end the emulation, 4B01 ask: the specification packet to the caller's DS:SI.
cd_status:
        cmp byte [bp + F_AL], 1
        mov ah, 01h
        ja .out
        push ds
        mov es, [bp + F_DS]
        mov di, [bp + F_SI]
        mov si, E_CDSPEC
        mov cx, 13h
        cld
        rep movsb
        pop ds
        cmp byte [E_CDACTIVE], 0
        mov ah, 01h
        je .out
        cmp byte [bp + F_AL], 0
        jne .good
        call cd_end_emulation
.good:
        mov ah, 0
.out:
        ret

; ---- the emulated disk -------------------------------------------------------------------------

cd_chs_type:
        mov ah, 01h                     ; floppy without change line
        cmp byte [bp + F_DL], 80h
        jb .out
        mov ax, [E_CDHEADS]
        mul word [E_CDSPT]
        mul word [E_CDCYL]
        mov [bp + F_CX], dx
        mov [bp + F_DX], ax
        mov ah, 03h
.out:
        jmp cd_silent

cd_chs_params:
        mov ax, [E_CDCYL]
        dec ax
        mov [bp + F_CH], al
        mov cl, 6
        shl ah, cl
        or ah, [E_CDSPT]
        mov [bp + F_CL], ah
        mov al, [E_CDHEADS]
        dec al
        mov [bp + F_DH], al
        SETSEG es, ax, SEG_BDA
        mov al, [es:B_HDCOUNT]
        cmp byte [bp + F_DL], 80h
        jae .count
        mov word [bp + F_DI], dpt_default
        mov [bp + F_ES], cs
        mov bl, [E_CDSPEC + 1]          ; 1.2, 1.44, 2.88 MB: types 2, 4, 5
        mov bh, 0
        mov bl, [cs:.types + bx]
        mov [bp + F_BX], bx
        mov al, [es:B_EQUIP]            ; drives there are really
        test al, 1
        mov ah, 0
        jz .floppies
        mov cl, 6
        shr al, cl
        and al, 3
        inc ax
        mov ah, al
.floppies:
        mov al, ah
.count:
        inc ax
        mov [bp + F_DL], al
        mov byte [bp + F_AL], 0
        mov ah, 0
        ret
.types: db 0, 2, 4, 5

; 02 read, 04 verify: AL sectors from CH, CL, DH.
cd_chs_read:
        mov al, [bp + F_CH]
        mov ah, [bp + F_CL]
        mov cl, 6
        shr ah, cl
        cmp ax, [E_CDCYL]
        jae .range
        mov bl, [bp + F_DH]
        mov bh, 0
        cmp bx, [E_CDHEADS]
        jae .range
        mov cl, [bp + F_CL]
        and cx, 3Fh
        jz .range
        cmp cx, [E_CDSPT]
        ja .range
        dec cx
        mul word [E_CDHEADS]            ; at most 1024 x 256
        add ax, bx
        adc dx, 0
        mov bx, dx
        mul word [E_CDSPT]
        xchg ax, bx
        push dx
        mul word [E_CDSPT]              ; high part
        pop dx
        add dx, ax
        mov ax, bx
        add ax, cx
        adc dx, 0                       ; DX:AX = sector
        mov si, ax
        and si, 3                       ; within a block
        shr dx, 1
        rcr ax, 1
        shr dx, 1
        rcr ax, 1
        add ax, [E_CDSPEC + 4]
        adc dx, [E_CDSPEC + 6]
        mov bl, [bp + F_AL]
        mov bh, 0
        mov byte [bp + F_AL], 0
        or bx, bx
        jz .range
        cmp byte [bp + F_AH], 04h
        je .verified
        les di, [bp + F_BX]
        mov es, [bp + F_ES]
.next:
        call cd_normalize
        mov cx, si
        mov ch, 4
        sub ch, cl                      ; what is left of this block
        or bh, bh
        jnz .whole
        cmp ch, bl
        jbe .whole
        mov ch, bl
.whole:
        push ax
        call cd_read
        pop cx
        xchg ax, cx                     ; AX = block, CH = status
        jc .failed
        mov cx, si
        neg cl
        add cl, 4                       ; as above
        cmp cl, bl
        jbe .count
        mov cl, bl
.count:
        add [bp + F_AL], cl
        sub bl, cl
        xor si, si
        add ax, 1
        adc dx, 0
        or bl, bl
        jnz .next
        mov ah, 0
        ret
.failed:
        mov ah, ch
        ret
.verified:
        mov [bp + F_AL], bl
        mov ah, 0
        ret
.range:
        mov ah, 04h
        ret
