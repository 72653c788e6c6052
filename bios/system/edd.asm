; INT 13h extensions, EDD 3.0 (T13 1572D) for fixed disks.
;   41 present   42 read   43 write   44 verify   45 lock   46 eject   47 seek   48 parameters
;   49 media change        4E hardware configuration
; The packet at the caller's DS:SI: +0 size (16 or more), +2 count (0: nothing to do), +4 buffer, +8 LBA.

edd_table:
        dw edd_present, edd_read, edd_write, edd_verify, edd_lock, edd_eject, edd_seek, edd_params
        dw edd_change, hd_bad, hd_bad, hd_bad, hd_bad, edd_config

; BX = AA55h, AH = version, CX = what is there: packet calls and the EDD subset.
edd_present:
        cmp word [bp + F_BX], 55AAh
        jne hd_bad
        mov word [bp + F_BX], 0AA55h
        mov word [bp + F_CX], 0005h
        mov byte [es:B_HDSTATUS], 0
        mov byte [bp + F_AH], 30h
        and byte [bp + F_FLAGS], ~FL_CF
        add sp, 2
        jmp int13_hard.leave

edd_read:
        mov al, 20h
        jmp short edd_transfer
edd_write:
        mov al, 30h                     ; AL = 1 or 2 asks for a verify: the drive does its own
        jmp short edd_transfer
edd_verify:
        mov al, 40h
        jmp short edd_transfer
edd_seek:
        mov al, 0
edd_transfer:
        mov ah, 0
        mov [bp + L_CMD], ax
        call edd_packet
        jc .out
        cmp byte [bp + L_CMD], 0
        je .good
        cmp word [bp + L_COUNT], 0
        je .good
        call ata_transfer
        pushf
        push ax                         ; the count becomes what was done
        push ds
        mov ax, [bp + L_DONE]
        mov bx, [bp + F_SI]
        mov ds, [bp + F_DS]
        mov [bx + 2], ax
        pop ds
        pop ax
        popf
        ret
.good:
        mov ah, 0
.out:
        ret

; Check the packet and take it over. Out: CF, AH.
edd_packet:
        push ds
        push si
        mov bx, [bp + F_SI]
        mov ds, [bp + F_DS]
        mov al, [bx]
        mov cx, [bx + 2]
        mov di, [bx + 4]
        mov [bp + L_BUF], di
        mov di, [bx + 6]
        mov [bp + L_BUF + 2], di
        mov di, [bx + 8]
        mov [bp + L_LBA], di
        mov di, [bx + 10]
        mov [bp + L_LBA + 2], di
        mov di, [bx + 12]
        mov [bp + L_LBA + 4], di
        mov di, [bx + 14]
        pop si
        pop ds
        mov [bp + L_COUNT], cx
        cmp al, 16
        jb .bad
        or di, di                       ; no disk has 2^48 sectors
        jnz .beyond
        cmp byte [bp + L_CMD], 0
        jne .count
        xor cx, cx
        jmp short .range
.count:
        or ch, ch
        jnz .bad
.range:
        ; first + count may not pass the end
        mov ax, [bp + L_LBA]
        mov bx, [bp + L_LBA + 2]
        mov dx, [bp + L_LBA + 4]
        add ax, cx
        adc bx, 0
        adc dx, 0
        jc .beyond
        cmp dx, [D_TOTAL + 4 + si]
        jne .compared
        cmp bx, [D_TOTAL + 2 + si]
        jne .compared
        cmp ax, [D_TOTAL + si]
.compared:
        ja .beyond
        ; a pointer in 16 bytes' reach of its segment's start cannot run over its end
        cmp word [bp + L_BUF], 16
        jb .good
        mov ax, [bp + L_BUF]
        mov cl, 4
        shr ax, cl
        add ax, [bp + L_BUF + 2]
        jc .good                        ; high memory area: leave it
        mov [bp + L_BUF + 2], ax
        and word [bp + L_BUF], 15
.good:
        clc
        ret
.beyond:
        mov ah, 04h
        jmp short .fail
.bad:
        mov ah, 01h
.fail:
        stc
        ret

; AL = 0 lock, 1 unlock, 2 ask: a fixed disk is never locked.
edd_lock:
        cmp byte [bp + F_AL], 2
        ja hd_bad
        mov byte [bp + F_AL], 0
        jmp hd_good
edd_eject:
        mov ah, 0B2h                    ; not removable
        ret
edd_change:
        jmp hd_good

; AL = 0-6: prefetch, PIO mode, DMA. What we have is always on or never: only those succeed.
edd_config:
        mov al, [bp + F_AL]
        cmp al, 1                       ; prefetch off
        je .good
        cmp al, 3                       ; default PIO
        je .good
        cmp al, 4                       ; default DMA: none
        je .good
        cmp al, 6                       ; DMA off
        jne hd_bad
.good:
        mov byte [bp + F_AL], 0         ; affected this drive only
        jmp hd_good

; Result buffer at the caller's DS:SI; its first word says how much there is room for.
edd_params:
        push ds
        push si
        push es
        mov es, [bp + F_DS]
        mov di, [bp + F_SI]
        mov bx, [es:di]
        mov ah, 01h
        cmp bx, 26
        jb .out
        mov cx, 26
        cmp bx, 30
        jb .size
        mov cx, 30
        cmp bx, 66
        jb .size
        mov cx, 66
.size:
        mov ax, cx
        stosw
        mov ax, 0003h                   ; no DMA boundary to mind, geometry valid
        stosw
        mov ax, [D_PCYL + si]
        stosw
        xor ax, ax
        stosw
        mov ax, [D_PHEADS + si]
        stosw
        xor ax, ax
        stosw
        mov ax, [D_PSPT + si]
        stosw
        xor ax, ax
        stosw
        push cx
        lea bx, [si + D_TOTAL]
        mov cx, 4
.total:
        mov ax, [bx]
        stosw
        inc bx
        inc bx
        loop .total
        pop cx
        mov ax, 512
        stosw
        cmp cx, 30
        jb .good

        mov al, [bp + F_DL]             ; EDD 2.0: the parameter table extension
        and ax, 7Fh
        push cx
        mov cl, 4
        shl ax, cl
        pop cx
        add ax, E_DPTE
        stosw
        mov ax, ds
        stosw
        cmp cx, 66
        jb .good

        mov bx, di                      ; EDD 3.0: the device path
        mov ax, 0BEDDh
        stosw
        mov ax, 36                      ; its length
        stosw
        xor ax, ax
        stosw
        mov dx, si
        mov si, .isa
        cmp byte [E_PCI], 0
        je .board
        mov si, .pci
.board:
        mov cx, 12 / 2
.text:
        cs lodsw
        stosw
        loop .text
        mov si, dx
        mov ax, [D_BASE + si]           ; where on the bus: ports, or
        cmp byte [E_PCI], 0
        je .where
        mov cx, ax
        mov ax, 0100h                   ; bus 0, device 1,
        stosw
        mov ax, 0001h                   ; function 1, channel
        cmp cx, 1F0h
        je .where
        inc ah
.where:
        stosw
        xor ax, ax
        stosw
        stosw
        cmp byte [E_PCI], 0
        jne .device
        stosw
.device:
        mov al, [D_SEL + si]            ; which of the two
        mov cl, 4
        shr al, cl
        and ax, 1
        stosw
        xor ax, ax
        stosw
        stosw
        stosw
        stosb
        mov cx, 35
        call table_checksum
.good:
        mov ah, 0
.out:
        pop es
        pop si
        pop ds
        ret
.isa:   db 'ISA ATA     '
.pci:   db 'PCI ATA     '
