; IDE disks below INT 13h: finding them, their geometry, and one transfer routine (ATA-4, PIO,
; LBA48 as of ATA-6). DS = EBDA, SI = disk record, ES = BDA, and a request in locals below BP:

L_LBA   equ -8                          ; 6 bytes used of 8
L_COUNT equ -10                         ; word: sectors, 1-255
L_BUF   equ -14                         ; far pointer
L_CMD   equ -16                         ; 20h read, 30h write, 40h verify, 22h/32h long
L_DONE  equ -18                         ; word: sectors done
L_SIZE  equ 18

ATA_BSY equ 80h
ATA_RDY equ 40h
ATA_DF  equ 20h
ATA_DRQ equ 08h
ATA_ERR equ 01h

; ---- the transfer ------------------------------------------------------------------------------

; Carry out the request. Out: CF = 0 and AH = 0, or CF = 1 and AH = INT 13h status; L_DONE.
ata_transfer:
        mov word [bp + L_DONE], 0
        call ata_command
        jc .out
        mov al, [bp + L_CMD]
        and al, 0F0h
        cmp al, 30h
        je .write
        cmp al, 40h
        je .verify
.read:
        call ata_wait
        jc .out
        test al, ATA_DRQ
        mov ah, 20h                     ; no error and no data: confused
        jz .bad
        call ata_data_in
        inc word [bp + L_DONE]
        dec word [bp + L_COUNT]
        jnz .read
        mov ah, 0
        ret
.verify:
        call ata_wait
        jc .out
        mov ax, [bp + L_COUNT]
        mov [bp + L_DONE], ax
        mov ah, 0
        ret
.write:                                 ; no interrupt asks for the first sector
        mov dx, [D_BASE + si]
        add dx, 7
        push cx
        mov cx, 5000
        mov ax, ATA_BSY << 8
        call poll_port
        pop cx
        mov ah, 80h
        jc .out
        call ata_check
        jc .out
        test al, ATA_DRQ
        mov ah, 20h
        jz .bad
.next:
        call ata_data_out
        call ata_wait
        jc .out
        inc word [bp + L_DONE]
        dec word [bp + L_COUNT]
        jz .good
        test al, ATA_DRQ
        mov ah, 20h
        jnz .next
.bad:
        stc
.out:
        ret
.good:
        mov ah, 0
        ret

; Make sure that 512 bytes (516 for a long transfer) from ES:DI stay inside their segment: on a
; 286 and later a word across its end is a fault.
ata_buffer:
        cmp di, 0FDF0h
        jbe .out
        mov ax, es
        add ax, 0F00h
        jc .out
        mov es, ax
        sub di, 0F000h
.out:
        ret

ata_data_in:
        push es
        push di
        push cx
        push dx
        mov dx, [D_BASE + si]
        les di, [bp + L_BUF]
        call ata_buffer
        mov cx, 256
        cmp byte [E_CPU], CPU_286
        jb .slow
        cpu 286
        rep insw
        cpu 8086
        jmp short .done
.slow:
        in ax, dx
        stosw
        loop .slow
.done:
        cmp byte [bp + L_CMD], 22h      ; four bytes of ECC follow, on the low half of the bus
        jne .store
        mov cx, 4
.ecc:
        in al, dx
        stosb
        loop .ecc
.store:
        mov [bp + L_BUF], di
        mov [bp + L_BUF + 2], es
        pop dx
        pop cx
        pop di
        pop es
        ret

ata_data_out:
        push es
        push di
        push si
        push ds
        push cx
        push dx
        mov dx, [D_BASE + si]
        mov cl, [E_CPU]
        les di, [bp + L_BUF]
        call ata_buffer
        mov ax, es
        mov ds, ax
        mov si, di
        cmp cl, CPU_286
        mov cx, 256
        jb .slow
        cpu 286
        rep outsw
        cpu 8086
        jmp short .done
.slow:
        lodsw
        out dx, ax
        loop .slow
.done:
        cmp byte [bp + L_CMD], 32h
        jne .store
        mov cx, 4
.ecc:
        lodsb
        out dx, al
        loop .ecc
.store:
        mov [bp + L_BUF], si
        mov [bp + L_BUF + 2], ds
        pop dx
        pop cx
        pop ds
        pop si
        pop di
        pop es
        ret

; Select the drive with AL in the drive register and wait until it is ready. Out: CF, AH.
; Clobbers DX.
ata_select:
        push cx
        push ax
        mov dx, [D_BASE + si]
        add dx, 7
        mov cx, 5000
        mov ax, ATA_BSY << 8
        call poll_port
        pop ax
        jc .busy
        dec dx
        out dx, al
        mov dx, [D_CTL + si]
        in al, dx                       ; 400 ns until the status is that of the new drive
        in al, dx
        in al, dx
        in al, dx
        mov dx, [D_BASE + si]
        add dx, 7
        mov ax, ((ATA_BSY | ATA_RDY) << 8) | ATA_RDY
        call poll_port
        jc .not_ready
        pop cx
        ret
.busy:
        mov ah, 80h
        jmp short .out
.not_ready:
        mov ah, 0AAh
.out:
        stc
        pop cx
        ret

; Send the request's command. Out: CF, AH.
ata_command:
        push bx
        push cx
        push dx
        test byte [D_FLAGS + si], DF_LBA
        jz .chs
        mov bl, [bp + L_CMD]
        mov ax, [bp + L_LBA + 4]
        mov dl, [bp + L_LBA + 3]
        and dl, 0F0h
        or al, dl
        or ax, ax
        jnz .wide
        ; the last sectors that 28 bits can name: the request may end behind them
        mov al, [bp + L_LBA + 3]
        cmp al, 0Fh
        jne .lba28
        cmp word [bp + L_LBA + 1], 0FFFFh
        jne .lba28
        test byte [D_FLAGS + si], DF_LBA48
        jz .lba28
.wide:
        test byte [D_FLAGS + si], DF_LBA48
        jz .beyond
        mov al, [D_SEL + si]
        call ata_select
        jc .out
        sub dx, 5                       ; the registers are two deep: high bytes first
        mov al, 0
        out dx, al
        inc dx
        mov al, [bp + L_LBA + 3]
        out dx, al
        inc dx
        mov al, [bp + L_LBA + 4]
        out dx, al
        inc dx
        mov al, [bp + L_LBA + 5]
        out dx, al
        sub dx, 3
        call .low
        mov al, 24h                     ; READ, WRITE, VERIFY SECTORS EXT
        cmp bl, 20h
        je .send
        mov al, 34h
        cmp bl, 30h
        je .send
        mov al, 42h
        jmp short .send
.beyond:
        mov ah, 04h
        stc
        jmp short .out

.lba28:
        mov al, [bp + L_LBA + 3]
        and al, 0Fh
        or al, [D_SEL + si]
        call ata_select
        jc .out
        sub dx, 5
        call .low
        mov al, bl
.send:
        add dx, 5
        mov byte [es:B_HDINT], 0
        out dx, al
        clc
.out:
        pop dx
        pop cx
        pop bx
        ret
; Count and the low 24 bits; DX = sector count register, and again at the end.
.low:
        mov al, [bp + L_COUNT]
        out dx, al
        inc dx
        mov al, [bp + L_LBA]
        out dx, al
        inc dx
        mov al, [bp + L_LBA + 1]
        out dx, al
        inc dx
        mov al, [bp + L_LBA + 2]
        out dx, al
        sub dx, 3
        ret

; A drive without LBA: sector = LBA mod spt + 1, head = (LBA / spt) mod heads, cylinder = the rest.
.chs:
        mov ax, [bp + L_LBA]
        mov dx, [bp + L_LBA + 2]
        mov bx, [D_PSPT + si]
        call div32
        push cx                         ; sector - 1
        mov bx, [D_PHEADS + si]
        call div32                      ; DX:AX = cylinder, CX = head
        mov bx, ax
        mov al, [D_SEL + si]
        and al, 0BFh                    ; no LBA
        or al, cl
        call ata_select
        pop cx
        jc .out
        inc cx
        sub dx, 5
        mov al, [bp + L_COUNT]
        out dx, al
        inc dx
        mov al, cl
        out dx, al
        inc dx
        mov al, bl
        out dx, al
        inc dx
        mov al, bh
        out dx, al
        sub dx, 3
        mov al, [bp + L_CMD]
        jmp short .send

; DX:AX / BX -> DX:AX, remainder CX. BX = 0 counts as 1.
div32:
        push di
        or bx, bx
        jnz .divisor
        inc bx
.divisor:
        mov di, ax
        mov ax, dx
        xor dx, dx
        div bx
        xchg ax, di
        div bx
        mov cx, dx
        mov dx, di
        pop di
        ret

; Wait for the drive's interrupt, at most five seconds. Out: AL = status; CF, AH as ata_check.
ata_wait:
        push bx
        push cx
        push dx
        mov ax, 9000h                   ; let others run
        clc
        int 15h
        jnc .ours
        test byte [es:B_HDINT], 80h     ; the waiter says time is up: is it?
        jz .timeout
.ours:
        mov bx, B_HDINT
        mov ah, 80h
        mov cx, 91
        mov dx, [D_CTL + si]
        call irq_wait
        jc .timeout
        mov byte [es:B_HDINT], 0
        mov dx, [D_BASE + si]
        add dx, 7
        mov cx, 5000
        mov ax, ATA_BSY << 8
        call poll_port
        jc .timeout
        call ata_check
        jmp short .out
.timeout:
        mov ah, 80h
        stc
.out:
        pop dx
        pop cx
        pop bx
        ret

; Read the status, which also takes the interrupt back. Out: AL = status; CF = 1 and AH = INT 13h
; status if it tells of an error. Clobbers DX.
ata_check:
        mov dx, [D_BASE + si]
        add dx, 7
        in al, dx
        mov [es:B_HDSTATREG], al
        test al, ATA_DF
        mov ah, 0CCh
        jnz .bad
        test al, ATA_ERR
        mov ah, 0
        jz .good                        ; TEST cleared CF
        push ax
        sub dx, 6
        in al, dx
        mov [es:B_HDERRREG], al
        push si
        mov si, .codes - 1
.bit:
        inc si
        shl al, 1
        jc .known
        cmp si, .codes + 8
        jb .bit
.known:
        mov dl, [cs:si]
        pop si
        pop ax
        mov ah, dl
.bad:
        stc
.good:
        ret
; error register bits 7-0: bad block, uncorrectable, media changed, not found, media change
; requested, aborted, track 0, address mark; none of them
.codes: db 0Ah, 10h, 06h, 04h, 06h, 01h, 40h, 02h, 0BBh

; ---- reset -------------------------------------------------------------------------------------

; Software reset of the channel that SI's drive is on, then both drives are told their geometry
; again by whoever needs it. Out: CF, AH.
ata_reset:
        push cx
        push dx
        mov dx, [D_CTL + si]
        mov al, 0Ch                     ; SRST, interrupts on
        out dx, al
        mov cx, 1
        call delay_ms
        mov al, 08h
        out dx, al
        mov cx, 2
        call delay_ms
        mov dx, [D_BASE + si]
        add dx, 7
        mov ax, ATA_BSY << 8
        mov cx, 10000
        call poll_port
        mov ah, 05h                     ; reset failed
        jc .out
        mov ah, 0
.out:
        pop dx
        pop cx
        ret

; INITIALIZE DEVICE PARAMETERS: only a drive addressed by CHS cares. Out: CF, AH.
ata_set_geometry:
        push cx
        push dx
        mov al, [D_PHEADS + si]
        dec al
        and al, 0Fh
        or al, [D_SEL + si]
        call ata_select
        jc .out
        sub dx, 5
        mov al, [D_PSPT + si]
        out dx, al
        add dx, 5
        mov byte [es:B_HDINT], 0
        mov al, 91h
        out dx, al
        call ata_wait
.out:
        pop dx
        pop cx
        ret

; ---- finding drives ----------------------------------------------------------------------------

; Called by POST: fill in the disk records, B_HDCOUNT and the parameter tables.
ata_init:
        push bp
        mov bp, sp
        sub sp, L_SIZE
        SETSEG es, ax, SEG_BDA
        mov ds, [es:B_EBDA]
        mov si, E_DISKS
        mov bx, .channels
.channel:
        mov ax, [cs:bx]
        mov [D_BASE + si], ax
        mov ax, [cs:bx + 2]
        mov [D_CTL + si], ax
        call ata_channel_present
        jc .next_channel
        call ata_reset
        mov al, 0E0h
        call .drive
        mov al, 0F0h
        call .drive
.next_channel:
        add bx, 4
        cmp bx, .channels_end
        jb .channel
        call fdpt_init
        mov sp, bp
        pop bp
        ret

.channels:
        dw 1F0h, 3F6h
        dw 170h, 376h
.channels_end:

; AL = device bit. If a disk answers, complete the record at SI and move SI to the next.
.drive:
        push bx
        mov [D_SEL + si], al
        call ata_identify
        jc .none
        call ata_size
        call geometry_choose
        inc byte [es:B_HDCOUNT]
        mov ax, [D_BASE + si]
        mov bx, [D_CTL + si]
        add si, D_LEN
        mov [D_BASE + si], ax           ; the next record begins on the same channel. The fifth
        mov [D_CTL + si], bx            ; lies in E_DPTE, which fdpt_init writes afterwards
.none:
        pop bx
        ret

; Does anything latch what is written to the channel's registers? CF = 1 if not.
ata_channel_present:
        mov dx, [D_BASE + si]
        add dx, 6
        mov al, 0A0h
        out dx, al
        sub dx, 4
        mov al, 55h
        out dx, al
        inc dx
        mov al, 0AAh
        out dx, al
        dec dx
        in al, dx
        cmp al, 55h
        jne .no
        inc dx
        in al, dx
        cmp al, 0AAh
        jne .no
        clc
        ret
.no:
        stc
        ret

; IDENTIFY DEVICE into 0000:7E00. CF = 1 if there is no disk; CD-ROM drives answer with an error.
ata_identify:
        mov al, 0ECh
; AL = command.
ata_identify_as:
        push bx
        mov bl, al
        call .identify
        pop bx
        ret
.identify:
        mov dx, [D_BASE + si]
        add dx, 6
        mov al, [D_SEL + si]
        out dx, al
        mov cx, 1
        call delay_ms
        inc dx
        in al, dx
        cmp bl, 0A1h                    ; after a reset a packet device shows no status
        je .somebody
        or al, al                       ; nobody, or only the other drive answering for it
        jz .no
.somebody:
        cmp al, 0FFh
        je .no
        mov byte [es:B_HDINT], 0
        mov al, bl
        out dx, al
        mov ax, ATA_BSY << 8
        mov cx, 5000
        call poll_port
        jc .no
        in al, dx
        test al, ATA_DF | ATA_ERR
        jnz .no
        test al, ATA_DRQ
        jz .no
        mov dx, [D_BASE + si]
        push es
        xor ax, ax
        mov es, ax
        mov di, POST_BUFFER
        mov cx, 256
.word:
        in ax, dx
        stosw
        loop .word
        pop es
        clc
        ret
.no:
        stc
        ret

; From IDENTIFY data: the name.
ata_name:
        push es
        push si
        xor ax, ax
        mov es, ax
        mov di, POST_BUFFER
        lea bx, [si + D_NAME]
        add di, 27 * 2                  ; model: 40 characters, bytes swapped; we keep 32
        mov cx, 16
.name:
        mov ax, [es:di]
        xchg al, ah
        mov [bx], ax
        inc di
        inc di
        inc bx
        inc bx
        loop .name
        mov cx, 32
.trim:
        mov byte [bx], 0
        dec bx
        cmp byte [bx], ' '
        loope .trim
        pop si
        pop es
        ret

; From IDENTIFY data: name, flags, physical geometry, size.
ata_size:
        call ata_name
        push es
        xor ax, ax
        mov es, ax
        mov di, POST_BUFFER
        mov ax, [es:di + 1 * 2]
        mov [D_PCYL + si], ax
        mov ax, [es:di + 3 * 2]
        mov [D_PHEADS + si], ax
        mov ax, [es:di + 6 * 2]
        mov [D_PSPT + si], ax
        mov byte [D_FLAGS + si], 0
        test byte [es:di + 49 * 2 + 1], 02h
        jz .chs
        or byte [D_FLAGS + si], DF_LBA
        mov ax, [es:di + 60 * 2]
        mov dx, [es:di + 61 * 2]
        xor cx, cx
        mov bx, [es:di + 83 * 2]
        and bh, 0C4h
        cmp bh, 44h                     ; word valid, 48-bit commands
        jne .total
        mov bx, [es:di + 100 * 2]
        or bx, [es:di + 101 * 2]
        or bx, [es:di + 102 * 2]
        jz .total
        or byte [D_FLAGS + si], DF_LBA48
        mov ax, [es:di + 100 * 2]
        mov dx, [es:di + 101 * 2]
        mov cx, [es:di + 102 * 2]
.total:
        mov [D_TOTAL + si], ax
        mov [D_TOTAL + 2 + si], dx
        mov [D_TOTAL + 4 + si], cx
        mov word [D_TOTAL + 6 + si], 0
        pop es
        cmp word [D_PHEADS + si], 0     ; large drives may leave these empty
        je .invent
        cmp word [D_PSPT + si], 0
        je .invent
        cmp word [D_PCYL + si], 0
        jne .out
.invent:
        mov word [D_PHEADS + si], 16
        mov word [D_PSPT + si], 63
        mov word [D_PCYL + si], 16383
.out:
        ret
.chs:                                   ; cylinders x heads x sectors
        mov al, [D_PHEADS + si]
        mul byte [D_PSPT + si]
        mul word [D_PCYL + si]
        xor cx, cx
        jmp short .total
