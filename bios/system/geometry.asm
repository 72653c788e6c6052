; Disk geometry: what cylinders, heads and sectors INT 13h shows, and the tables that tell others.
; Called by ata_init with DS = EBDA, SI = disk record, ES = BDA and the request locals below BP.
;
; INT 13h has 10 bits of cylinder, 8 of head and 6 of sector. What other BIOSes do with the rest
; is what partitions on the disk were made for, so in this order: the geometry that a partition
; table proves; what CMOS 39h asks for; the drive's own if it fits; else LBA assist.
geometry_choose:
        mov ax, [D_PCYL + si]
        mov [D_LCYL + si], ax
        mov ax, [D_PHEADS + si]
        mov [D_LHEADS + si], ax
        mov ax, [D_PSPT + si]
        mov [D_LSPT + si], ax
        call geometry_partition
        jnc .done
        mov al, CM_TRANSLATE
        call cmos_read
        mov cl, 0                       ; two bits per drive: both of 1F0h, both of 170h
        cmp word [D_BASE + si], 1F0h
        je .primary
        mov cl, 4
.primary:
        test byte [D_SEL + si], 10h
        jz .bits
        add cl, 2
.bits:
        shr al, cl
        and al, 3
        cmp al, 1
        je .lba
        ja .shift
        cmp word [D_PCYL + si], 1024
        jbe .cap
.lba:
        call geometry_lba
        jmp short .done
.shift:
        cmp al, 3
        jne .large
        cmp word [D_LHEADS + si], 16    ; revised ECHS: 15 heads, or doubling ends at 256
        jne .large
        mov ax, [D_LCYL + si]
        cmp ax, 61439
        jbe .revise
        mov ax, 61439
.revise:
        mov bx, 16
        mul bx
        dec bx
        div bx
        mov [D_LCYL + si], ax
        mov [D_LHEADS + si], bx
.large:
        cmp word [D_LCYL + si], 1024
        jbe .done
        cmp word [D_LHEADS + si], 127
        ja .cap
        shr word [D_LCYL + si], 1
        shl word [D_LHEADS + si], 1
        jmp short .large
.done:
.cap:
        cmp word [D_LCYL + si], 1024
        jbe .flag
        mov word [D_LCYL + si], 1024
.flag:
        mov ax, [D_LHEADS + si]
        cmp ax, [D_PHEADS + si]
        jne .translated
        mov ax, [D_LSPT + si]
        cmp ax, [D_PSPT + si]
        je .out
.translated:
        or byte [D_FLAGS + si], DF_TRANS
.out:
        ret

; 63 sectors, and as many heads (16, 32, 64, 128, 255) as keep the cylinders under 1,024.
geometry_lba:
        call geometry_total
        mov bx, 63 * 1024
        call div32
        mov bx, 16
        cmp ax, 16
        jbe .heads
        mov bl, 32
        cmp ax, 32
        jbe .heads
        mov bl, 64
        cmp ax, 64
        jbe .heads
        mov bl, 128
        cmp ax, 128
        jbe .heads
        mov bl, 255
.heads:
        mov [D_LHEADS + si], bx
        mov word [D_LSPT + si], 63
; With heads and sectors set: cylinders = total / (heads x sectors), at most 1,024, at least 1.
geometry_cylinders:
        call geometry_total
        mov bx, ax
        mov al, [D_LHEADS + si]         ; up to 256 heads: 0 means 256
        mul byte [D_LSPT + si]
        cmp word [D_LHEADS + si], 256
        jne .product
        mov ah, [D_LSPT + si]
        mov al, 0
.product:
        xchg ax, bx
        call div32
        or dx, dx
        jnz .many
        cmp ax, 1024
        jbe .few
.many:
        mov ax, 1024
.few:
        or ax, ax
        jnz .store
        inc ax
.store:
        mov [D_LCYL + si], ax
        ret

; DX:AX = total sectors, or the most that CHS can tell apart (1024 x 256 x 63) if that is less.
geometry_total:
        mov ax, [D_TOTAL + si]
        mov dx, [D_TOTAL + 2 + si]
        cmp word [D_TOTAL + 4 + si], 0
        jne .max
        cmp dx, 00FCh
        jb .out
.max:
        mov dx, 00FCh
        xor ax, ax
.out:
        ret

; A partition ends at the last head and sector of a cylinder, which gives both counts; its start,
; given as CHS and as LBA, proves or refutes them. CF = 1 if nothing is proved.
geometry_partition:
        xor ax, ax
        mov [bp + L_LBA], ax
        mov [bp + L_LBA + 2], ax
        mov [bp + L_LBA + 4], ax
        mov [bp + L_BUF + 2], ax
        inc ax
        mov [bp + L_COUNT], ax
        mov word [bp + L_BUF], POST_BUFFER
        mov word [bp + L_CMD], 20h
        call ata_set_geometry
        call ata_transfer
        jc .no
        push es
        xor ax, ax
        mov es, ax
        mov di, POST_BUFFER + 1BEh
        cmp word [es:POST_BUFFER + 510], 0AA55h
        jne .none
        mov cx, 4
.entry:
        cmp byte [es:di + 4], 0         ; type
        je .next
        push cx
        call .prove
        pop cx
        jnc .found
.next:
        add di, 16
        loop .entry
.none:
        pop es
.no:
        mov ax, [D_PHEADS + si]
        mov [D_LHEADS + si], ax
        mov ax, [D_PSPT + si]
        mov [D_LSPT + si], ax
        stc
        ret
.found:
        pop es
        call geometry_cylinders
        clc
        ret

; ES:DI = entry. The counts go into the record; the caller takes them back if they are wrong.
.prove:
        mov al, [es:di + 5]             ; end head
        xor ah, ah
        inc ax
        mov [D_LHEADS + si], ax
        cmp ax, 2
        jb .wrong
        mov al, [es:di + 6]
        and ax, 3Fh
        jz .wrong
        mov [D_LSPT + si], ax
        lea bx, [di + 1]
        call .address
        jc .wrong
        cmp ax, [es:di + 8]
        jne .wrong
        cmp dx, [es:di + 10]
        jne .wrong
        ; A start at cylinder 0, head 1 fits any number of heads: the end has to fit as well, unless
        ; it lies where CHS has no numbers.
        lea bx, [di + 5]
        call .address
        jc .right
        inc ax
        jnz .end
        inc dx
.end:
        sub ax, [es:di + 12]
        sbb dx, [es:di + 14]
        cmp ax, [es:di + 8]
        jne .wrong
        cmp dx, [es:di + 10]
        jne .wrong
.right:
        clc
        ret
.wrong:
        stc
        ret

; The CHS address at ES:BX as LBA in DX:AX; CF = 1 if it is the last cylinder or has no sector.
.address:
        mov ax, [es:bx + 1]             ; AL = sector and high bits, AH = cylinder
        mov bl, [es:bx]
        xor bh, bh
        mov dl, al
        and dl, 3Fh
        mov cl, 6
        shr al, cl
        xchg al, ah
        cmp ax, 1023
        cmc
        jc .no_address
        mov cl, dl
        xor ch, ch
        sub cx, 1
        jc .no_address
        call chs_to_lba
        clc
.no_address:
        ret

; (AX x heads + BX) x sectors + CX, in the geometry of the record at SI, to DX:AX. Clobbers BX.
chs_to_lba:
        push cx
        mul word [D_LHEADS + si]
        add ax, bx
        adc dx, 0
        mov cx, [D_LSPT + si]
        mov bx, ax
        mov ax, dx
        mul cx
        xchg ax, bx
        mul cx
        add dx, bx
        pop cx
        add ax, cx
        adc dx, 0
        ret

; ---- tables for others -------------------------------------------------------------------------

; INT 41h and 46h tables of the first two disks (AT format, enhanced as of Phoenix when the
; geometry is translated: A0h at offset 3 and the physical geometry beside the logical), and for
; each disk the extension that EDD points to.
fdpt_init:
        push es
        mov cl, [es:B_HDCOUNT]
        xor ch, ch
        push ds
        pop es                          ; both are the EBDA
        mov si, E_DISKS
        mov di, E_FDPT
        mov dx, cx
        cmp cx, 2
        jbe .two
        mov cx, 2
.two:
        jcxz .extensions
.table:
        push cx
        mov bx, di
        mov ax, [D_LCYL + si]
        stosw
        mov al, [D_LHEADS + si]
        stosb
        test byte [D_FLAGS + si], DF_TRANS
        jz .plain
        mov al, 0A0h
        stosb
        mov al, [D_PSPT + si]
        stosb
        jmp short .rest
.plain:
        xor ax, ax
        stosw
.rest:
        mov ax, 0FFFFh                  ; no write precompensation
        stosw
        mov al, 0
        stosb
        mov al, 0C0h                    ; control: no retries; bit 3: more than eight heads
        cmp word [D_PHEADS + si], 8
        jbe .control
        or al, 08h
.control:
        stosb
        mov ax, [D_PCYL + si]
        stosw
        mov al, [D_PHEADS + si]
        stosb
        mov ax, [D_PCYL + si]           ; landing zone
        stosw
        mov al, [D_LSPT + si]
        stosb
        mov cx, 15
        call table_checksum
        pop cx
        add si, D_LEN
        loop .table

.extensions:
        mov cx, dx
        jcxz .out
        mov si, E_DISKS
        mov di, E_DPTE
.extension:
        push cx
        mov bx, di
        mov ax, [D_BASE + si]
        mov dl, 14
        cmp ax, 1F0h
        je .irq
        inc dx
.irq:
        stosw
        mov ax, [D_CTL + si]
        stosw
        mov al, [D_SEL + si]
        stosb
        mov al, 0                       ; BIOS vendor's
        stosb
        mov al, dl
        stosb
        mov al, 1                       ; sectors per multiple block
        stosb
        mov al, 0                       ; no DMA
        stosb
        stosb                           ; no PIO type
        mov al, [D_FLAGS + si]
        mov ah, 0
        test al, DF_TRANS
        jz .no_translation
        or ah, 08h
.no_translation:
        test al, DF_LBA
        jz .no_lba
        or ah, 10h
.no_lba:
        mov al, ah
        stosb
        mov al, 0
        stosb
        stosw
        mov al, 11h                     ; revision 1.1
        stosb
        mov cx, 15
        call table_checksum
        pop cx
        add si, D_LEN
        loop .extension
.out:
        pop es
        ret

; Store at ES:DI the byte that makes the CX bytes at BX and itself add up to zero.
table_checksum:
        mov al, 0
.next:
        sub al, [es:bx]
        inc bx
        loop .next
        stosb
        ret
