; Option ROMs with a Plug and Play expansion header (Plug and Play BIOS Specification 1.0A, 3.0; BIOS Boot
; Specification 1.01, 3). A header at the offset in 1Ah of the ROM, more of them chained:
;   +00 "$PnP"   +06 offset of the next   +10h product name   +16h connection vector   +1Ah entry vector
; A connection vector (BCV) is called once, to hook INT 13h with a disk of its own. An entry vector (BEV)
; is something to boot from, as a network is: it joins the boot list under a drive number of ours.

BEV_DRIVE       equ 0E8h                ; and the next
BEV_MOST        equ 2

; ES = segment of a ROM that has initialised itself. Keeps BX, ES.
pnp_headers:
        push bx
        mov si, [es:1Ah]
        mov cx, 8                       ; a chain that never ends is no chain
.header:
        or si, si
        jz .out
        cmp si, 0FFE0h
        ja .out
        cmp word [es:si], '$P'
        jne .out
        cmp word [es:si + 2], 'nP'
        jne .out
        push cx
        push si
        mov ax, [es:si + 16h]
        or ax, ax
        jz .entry
        call pnp_connect
.entry:
        pop si
        push si
        mov ax, [es:si + 1Ah]
        or ax, ax
        jz .next
        call pnp_add
.next:
        pop si
        pop cx
        mov si, [es:si + 6]
        loop .header
.out:
        pop bx
        ret

; Calls ES:AX, the connection vector.
pnp_connect:
        push es
        mov bx, cs
        push bx
        mov bx, .back
        push bx
        push es
        push ax
        call pnp_arguments
        retf
.back:
        cld
        sti
        pop es
        ret

; What every entry of a ROM is given: no ISA card number, no read port, no PCI function, and where the
; installation check is. Changes AX, BX, DX, DI, DS, ES.
pnp_arguments:
        SETSEG ds, ax, SEG_BDA
        SETSEG es, ax, SEG_BIOS
        mov di, pnp_check
        xor ax, ax
        mov bx, 0FFFFh
        mov dx, bx
        ret

; Notes the entry vector AX of the header at ES:SI.
pnp_add:
        SETSEG ds, bx, SEG_BDA
        mov ds, [B_EBDA]
        mov bl, [E_BEVCOUNT]
        cmp bl, BEV_MOST
        jae .out
        inc byte [E_BEVCOUNT]
        mov bh, 0
        mov cl, 3
        shl bx, cl
        mov [E_BEV + bx], ax
        mov [E_BEV + 2 + bx], es
        mov ax, [es:si + 10h]
        mov [E_BEV + 4 + bx], ax
.out:
        ret

; DL = BEV drive, DS = EBDA: BX = its record.
pnp_record:
        mov bl, dl
        sub bl, BEV_DRIVE
        mov bh, 0
        shl bx, 1
        shl bx, 1
        shl bx, 1
        add bx, E_BEV
        ret

; Boots BEV drive DL; comes back if nothing came of it. DS = EBDA.
pnp_boot:
        push ds
        push dx
        call pnp_record
        mov ax, cs
        push ax
        mov ax, .back
        push ax
        push word [bx + 2]
        push word [bx]
        call pnp_arguments
        retf
.back:
        cld
        sti
        pop dx
        pop ds
        ret

; Product name of BEV drive DL, at most 32 characters.
pnp_name:
        push ax
        push bx
        push cx
        push si
        push ds
        push es
        SETSEG ds, ax, SEG_BDA
        mov ds, [B_EBDA]
        call pnp_record
        mov es, [bx + 2]
        mov si, [bx + 4]
        or si, si
        jz .out
        mov cx, 32
.next:
        mov al, [es:si]
        cmp al, ' '
        jb .out
        call putc
        inc si
        loop .next
.out:
        pop es
        pop ds
        pop si
        pop cx
        pop bx
        pop ax
        ret
