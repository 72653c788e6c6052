; The CD-ROM drive below INT 13h: finding it and carrying out packet commands by PIO (ATA/ATAPI-4
; 9.7, SFF-8020i). One drive is used, the first that answers; its record at E_CD has the layout of a
; disk record. DS = EBDA.

ATAPI_RETRIES   equ 8                   ; "medium changed" and "reset" are told once each

; Called by POST after ata_init.
cd_init:
        push bp
        mov bp, sp
        SETSEG es, ax, SEG_BDA
        mov ds, [es:B_EBDA]
        mov byte [E_CDDRV], CD_DRIVE
        mov si, E_CD
        mov bx, .places
.place:
        mov ax, [cs:bx]
        mov [D_BASE + si], ax
        mov ax, [cs:bx + 2]
        mov [D_CTL + si], ax
        mov al, [cs:bx + 4]
        mov [D_SEL + si], al
        push bx
        call cd_is_disk                 ; which would show an error from then on, and option ROMs
        jc .next                        ; that look at its status would take it for none
        call ata_channel_present
        mov al, 0A1h                    ; IDENTIFY PACKET DEVICE
        jc .next
        call ata_identify_as
        jc .next
        call ata_name
        mov byte [E_CDKIND], 1
        pop bx
        jmp short .out
.next:
        pop bx
        add bx, 5
        cmp bx, .places_end
        jb .place
.out:
        pop bp
        ret

.places:
        dw 1F0h, 3F6h
        db 0A0h
        dw 1F0h, 3F6h
        db 0B0h
        dw 170h, 376h
        db 0A0h
        dw 170h, 376h
        db 0B0h
.places_end:

; Has ata_init found a hard disk where the record at SI points? CF = 1 if so.
cd_is_disk:
        mov di, E_DISKS
        mov cl, [es:B_HDCOUNT]
        mov ch, 0
        jcxz .none
.disk:
        mov ax, [D_BASE + di]
        cmp ax, [D_BASE + si]
        jne .next
        mov al, [D_SEL + di]
        xor al, [D_SEL + si]
        test al, 10h
        jz .found
.next:
        add di, D_LEN
        loop .disk
.none:
        clc
        ret
.found:
        stc
        ret

; Wait until the drive is not busy. Out: AL = status; CF = 1 after CX milliseconds.
cd_wait:
        mov dx, [E_CD + D_BASE]
        add dx, 7
        mov ax, ATA_BSY << 8
        call poll_port
        ret

; Carry out the packet at E_CDPKT: skip E_CDSKIP words of what comes, then take E_CDTAKE words to
; ES:DI, drop the rest. Out: CF, AH = INT 13h status; DI behind the data. Keeps all but AX.
cd_command:
        push bx
        push cx
        push dx
        push si
        mov bh, ATAPI_RETRIES
.again:
        push word [E_CDSKIP]
        push word [E_CDTAKE]
        push di
        call cd_try
        pop si
        pop word [E_CDTAKE]
        pop word [E_CDSKIP]
        jnc .good
        cmp ah, 06h                     ; unit attention: it was told, now it will work
        jne .end
        mov di, si
        dec bh
        jnz .again
.end:
        stc
        jmp short .out
.good:
        mov ah, 0
.out:
        pop si
        pop dx
        pop cx
        pop bx
        ret

; One try. Clobbers AL, CX, DX, SI.
cd_try:
        mov dx, [E_CD + D_BASE]
        add dx, 6
        mov al, [E_CD + D_SEL]
        out dx, al
        mov dx, [E_CD + D_CTL]
        in al, dx                       ; 400 ns
        in al, dx
        in al, dx
        in al, dx
        mov cx, 10000
        call cd_wait
        jc .timeout
        sub dx, 6
        mov al, 0                       ; PIO
        out dx, al
        add dx, 3
        out dx, al                      ; at most 2,048 bytes at a time
        inc dx
        mov al, 08h
        out dx, al
        add dx, 2
        mov al, 0A0h
        out dx, al
        mov cx, 5000
        call cd_wait
        jc .timeout
        test al, ATA_ERR
        jnz .error
        mov dx, [E_CD + D_BASE]
        mov si, E_CDPKT
        mov cx, 6
        test al, ATA_DRQ
        jz .confused
        cld
.send:
        lodsw
        out dx, ax
        loop .send
.phase:
        mov cx, 30000                   ; a disc may have to spin up
        call cd_wait
        jc .timeout
        test al, ATA_DRQ
        jz .status
        call cd_data
        jmp short .phase
.status:
        test al, ATA_ERR | ATA_DF
        jnz .error
        ret                             ; TEST has cleared CF
.timeout:
        mov ah, 80h
        stc
        ret
.confused:
        mov ah, 20h
        stc
        ret
.error:
        mov dx, [E_CD + D_BASE]
        inc dx
        in al, dx
        mov cl, 4                       ; the sense key
        shr al, cl
        push bx
        mov bx, .keys
        cs xlat
        pop bx
        mov ah, al
        stc
        ret
; none, recovered, not ready, medium, hardware, illegal, attention, protected; the others
.keys:  db 20h, 20h, 31h, 10h, 20h, 01h, 06h, 03h, 20h, 20h, 20h, 20h, 20h, 20h, 20h, 20h

; One DRQ block: its size is in the byte count registers.
cd_data:
        push bx
        mov dx, [E_CD + D_BASE]
        add dx, 4
        in al, dx
        mov ah, al
        inc dx
        in al, dx
        xchg al, ah
        inc ax
        shr ax, 1
        mov bx, ax                      ; words
        sub dx, 5
        mov cx, [E_CDSKIP]
        call .some
        sub [E_CDSKIP], cx
        jcxz .take
.drop:
        in ax, dx
        loop .drop
.take:
        mov cx, [E_CDTAKE]
        call .some
        sub [E_CDTAKE], cx
        jcxz .rest
        cmp byte [E_CPU], CPU_286
        jb .slow
        cpu 286
        rep insw
        cpu 8086
        jmp short .rest
.slow:
        in ax, dx
        stosw
        loop .slow
.rest:
        mov cx, bx
        jcxz .out
.drain:
        in ax, dx
        loop .drain
.out:
        pop bx
        ret
; CX = the smaller of CX and BX, which is taken from BX.
.some:
        cmp cx, bx
        jbe .fits
        mov cx, bx
.fits:
        sub bx, cx
        ret

; Clear the packet; AL = its first byte.
cd_packet:
        push es
        push di
        push cx
        push ds
        pop es
        mov di, E_CDPKT
        cld
        stosb
        mov al, 0
        mov cx, 11
        rep stosb
        mov word [E_CDSKIP], 0
        mov word [E_CDTAKE], 0
        pop cx
        pop di
        pop es
        ret

; Read CH sectors of 512 bytes, from the CLth (0-3) of block DX:AX on, into ES:DI; CL + CH <= 4.
; Out: CF, AH; DI behind them. Keeps all but AX.
cd_read:
        push bx
        mov bx, ax
        mov al, 28h
        call cd_packet
        mov [E_CDPKT + 2], dh
        mov [E_CDPKT + 3], dl
        mov [E_CDPKT + 4], bh
        mov [E_CDPKT + 5], bl
        mov byte [E_CDPKT + 8], 1
        mov [E_CDSKIP + 1], cl          ; x 256 words
        mov [E_CDTAKE + 1], ch
        call cd_command
        pop bx
        ret

; Wait until a disc is ready. Out: CF = 1, AH = 31h: there is none.
cd_ready:
        push cx
        mov cx, 5
.again:
        mov al, 00h
        call cd_packet
        call cd_command
        jnc .out
        push cx
        mov cx, 50
        call delay_ms
        pop cx
        loop .again
        stc
.out:
        pop cx
        ret
