; INT 19h boots, INT 18h tries the next device, and the boot menu. The order is a list of drive
; numbers in the EBDA, made once by POST from CMOS 3Dh and 38h (ids as Bochs and QEMU write them:
; 1 floppy, 2 disk, 3 CD), or by the menu.

BOOT_ROM        equ 0FDh                ; E_BOOTERR: a ROM that came back
BOOT_NO_DRIVE   equ 0FEh                ; E_BOOTERR: there is none
BOOT_NO_CODE    equ 0FFh                ; E_BOOTERR: read, but nothing to run; 0: it was started; else INT 13h status

; Called by POST.
boot_list:
        SETSEG ds, ax, SEG_BDA
        mov es, [B_EBDA]
        mov di, E_BOOTLIST
        cld
        mov al, CM_BOOT12
        call cmos_read
        mov bl, al
        mov al, CM_BOOT3
        call cmos_read
        mov bh, al
        mov al, bl
        or al, bh
        and al, 0FFh
        jz .default
        mov al, bl
        and al, 0Fh
        call .add
        mov cl, 4
        mov al, bl
        shr al, cl
        call .add
        mov al, bh
        shr al, cl
        call .add
        cmp di, E_BOOTLIST
        jne .end
.default:
        mov al, 1
        call .add
        mov al, 2
        call .add
.end:
        mov al, BEV_DRIVE               ; after all drives, what ROMs offer
        mov ah, [es:E_BEVCOUNT]
        add ah, al
.rom:
        cmp al, ah
        jae .mark
        stosb
        inc ax
        jmp short .rom
.mark:
        mov al, 0FFh
        stosb
        ret
.add:
        cmp al, 1
        je .floppy
        cmp al, 3
        je .cd
        cmp al, 2
        jne .none                       ; no such device on this board
        mov al, 80h
        stosb
.none:
        ret
.floppy:
        mov al, 0
        stosb
        ret
.cd:
        mov al, CD_DRIVE
        stosb
        ret

; ---- INT 19h, INT 18h --------------------------------------------------------------------------

; A program that resets by INT 19h expects vectors to stay as they are.
int19:
        cli
        xor ax, ax
        mov ss, ax
        mov sp, BOOT_ADDR
        cld
        sti
        SETSEG ds, ax, SEG_BDA
        mov ds, [B_EBDA]
        mov byte [E_BOOTPOS], 0
        call cd_end_emulation
        jmp short boot_next

; "No ROM BASIC" once; now: this device gave up.
int18:
        cli
        xor ax, ax
        mov ss, ax
        mov sp, BOOT_ADDR
        cld
        sti

boot_next:
        SETSEG ds, ax, SEG_BDA
        mov ds, [B_EBDA]
        call cd_end_emulation           ; of a CD that gave up
        mov bl, [E_BOOTPOS]
        xor bh, bh
        cmp bl, 6
        jae boot_failed
        mov dl, [E_BOOTLIST + bx]
        cmp dl, 0FFh
        je boot_failed
        inc byte [E_BOOTPOS]
        cmp dl, BEV_DRIVE
        jae .rom
        call boot_read                  ; AL = 0 or why not
        mov [E_BOOTERR + bx], al
        or al, al
        jnz boot_next

        ; Registers as boot sectors have come to expect them: DL is the drive, all else zero.
        xor ax, ax
        mov cx, BOOT_ADDR
        cmp dl, CD_DRIVE
        jne .disk
        mov dl, [E_CDDRV]               ; as what it boots
        mov cx, [E_CDIP]
        mov ax, [E_CDCS]
.disk:
        push ax
        push cx
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov bx, ax
        mov cx, ax
        mov si, ax
        mov di, ax
        mov bp, ax
        mov dh, al
        retf
.rom:
        mov byte [E_BOOTERR + bx], BOOT_ROM
        call pnp_boot
        jmp boot_next

; Read the boot sector of drive DL to 0000:7C00. Out: AL = 0 or reason. Keeps BX, DX, DS.
boot_read:
        push bx
        push dx
        push ds
        call boot_exists
        mov al, BOOT_NO_DRIVE
        jc .out
        cmp dl, CD_DRIVE
        je .cd
        xor ax, ax
        mov es, ax
        mov bp, 3                       ; a floppy may need a go to spin up or to note the change
.try:
        mov ax, 0201h
        mov bx, BOOT_ADDR
        mov cx, 1
        mov dh, 0
        push bp
        int 13h
        pop bp
        jnc .read
        mov bl, ah
        cmp ah, 80h                     ; empty: no sense in asking again
        je .error
        mov ah, 0
        push bp
        int 13h
        pop bp
        dec bp
        jnz .try
.error:
        mov al, bl
        jmp short .out
.read:
        push ds
        xor ax, ax
        mov ds, ax
        mov si, BOOT_ADDR
        call boot_check
        pop ds
.out:
        pop ds
        pop dx
        pop bx
        ret
.cd:
        call cd_boot
        jmp short .out

; Is DS:SI a boot sector of drive DL? Disks need the signature. Floppies of DOS 1 had none: there
; the AT's rule holds, that code does not begin with a small number or repeat itself.
; Out: AL = 0 or BOOT_NO_CODE.
boot_check:
        cmp word [si + 510], 0AA55h
        je .good
        or dl, dl
        js .bad
        cmp byte [si], 6
        jb .bad
        mov ax, [si]
        mov cx, 8
.same:
        inc si
        inc si
        cmp ax, [si]
        loope .same
        jne .good
.bad:
        mov al, BOOT_NO_CODE
        ret
.good:
        mov al, 0
        ret

; CF = 1 if drive DL does not exist.
boot_exists:
        push ds
        push ax
        or dl, dl
        js .disk
        call fd_type
        cmp al, 1                       ; type 0: CF
        jmp short .out
.disk:
        SETSEG ds, ax, SEG_BDA
        cmp dl, CD_DRIVE
        jb .hard
        mov ds, [B_EBDA]
        ja .rom
        cmp byte [E_CDKIND], 1          ; none: CF
        jmp short .out
.hard:
        mov al, dl
        and al, 7Fh
        cmp al, [B_HDCOUNT]
        cmc
        jmp short .out
.rom:
        mov al, dl
        sub al, BEV_DRIVE
        cmp al, [E_BEVCOUNT]
        cmc
.out:
        pop ax
        pop ds
        ret

; ---- nothing boots -----------------------------------------------------------------------------
boot_failed:
        SETSEG ds, ax, SEG_BDA
        mov ds, [B_EBDA]
        call screen_clear
        mov si, msg_banner
        call print
        mov si, msg_no_boot
        call print
        xor bx, bx
.device:
        cmp bx, 6
        jae .advice
        mov dl, [E_BOOTLIST + bx]
        cmp dl, 0FFh
        je .advice
        mov si, msg_indent
        call print
        call print_drive
        mov al, C_TEXT
        call set_colour
        mov al, [E_BOOTERR + bx]
        mov si, msg_err_drive
        cmp al, BOOT_NO_DRIVE
        je .reason
        mov si, msg_err_rom
        cmp al, BOOT_ROM
        je .reason
        or al, al                       ; read and started, and then INT 18h
        jz .reason
        mov si, msg_err_code
        cmp al, BOOT_NO_CODE
        je .reason
        mov si, msg_err_empty
        cmp al, 31h
        je .reason
        cmp al, 80h
        jne .read_error
        or dl, dl
        jns .reason
.read_error:
        mov si, msg_err_read
        call print
        call print_hex
        mov si, msg_err_read_end
.reason:
        call print
        inc bx
        jmp short .device
.advice:
        mov si, msg_advice
        call print
        call key_drain
        mov ah, 0                       ; halts until a key comes
        int 16h
        mov byte [E_BOOTPOS], 0
        cmp al, 1Bh
        je .menu
        cmp ah, 86h
        je .menu
        call screen_clear
        jmp int19
.menu:
        call boot_menu
        jmp int19

; DL = drive, in words.
print_drive:
        push ax
        push si
        mov al, C_HIGH
        call set_colour
        mov si, msg_disk_name
        or dl, dl
        js .disk
        mov si, msg_floppy_name
        call print
        mov al, 'A'
        add al, dl
        call putc
        mov al, ':'
        call putc
        jmp short .out
.disk:
        cmp dl, CD_DRIVE
        jb .hard
        mov si, msg_cd_name
        je .name
        mov si, msg_rom_name
.name:
        call print
        jmp short .out
.hard:
        call print
        mov al, dl
        call print_hex
        mov al, 'h'
        call putc
.out:
        pop si
        pop ax
        ret

msg_indent:     db '    ', 0
msg_floppy_name: db 'Floppy ', 0
msg_disk_name:  db 'Disk ', 0
msg_cd_name:    db 'CD-ROM  ', 0
msg_rom_name:   db 'ROM     ', 0
msg_no_boot:    db 10, 1, C_BAD, '  No bootable disk', 10, 10, 0
msg_err_drive:  db '  there is no such drive', 10, 0
msg_err_code:   db '  has no boot code: a data disk, or an empty one', 10, 0
msg_err_rom:    db '  came back without booting', 10, 0
msg_err_empty:  db '  no disk in the drive', 10, 0
msg_err_read:   db '  cannot be read (BIOS error ', 0
msg_err_read_end: db 'h)', 10, 0
msg_advice:     db 10, 1, C_TEXT
                db '  Name a disk image that holds an operating system:', 10, 10, 1, C_HIGH
                db '    glass86 dos.img', 1, C_TEXT, '            type found by its content', 10, 1, C_HIGH
                db '    glass86 -fda floppy.img', 1, C_TEXT, '    as drive A:', 10, 1, C_HIGH
                db '    glass86 -hda disk.img', 1, C_TEXT, '      as the first hard disk', 10, 1, C_HIGH
                db '    glass86 -cdrom cd.iso', 1, C_TEXT, '      as a CD', 10, 1, C_HIGH
                db '    glass86 -boot c', 1, C_TEXT, '            to change the order', 10, 10, 1, C_KEY
                db '  Esc', 1, C_TEXT, ' shows the boot menu, ', 1, C_KEY, 'any other key', 1, C_TEXT
                db ' tries again. ', 0

; ---- the key hint and the menu -----------------------------------------------------------------

; Wait a moment for F12, Esc or F2. After Ctrl-Alt-Del there was time enough to press it.
boot_hint:
        SETSEG ds, ax, SEG_BDA
        mov es, [B_EBDA]
        cmp byte [es:E_KEYBOARD], 0
        je .out
        mov al, CM_BOOT3
        call cmos_read
        test al, 2                      ; -boot menu=on
        jz .hint
        call boot_menu
        ret
.hint:
        mov si, msg_hint
        call print
        mov cx, 18                      ; ticks
        cmp byte [es:E_WARM], 0
        je .wait
        mov cx, 6
.wait:
        mov ah, 11h
        int 16h
        jnz .key
        mov ax, [B_TICKS]
.tick:
        hlt
        cmp ax, [B_TICKS]
        je .check
        loop .wait
        jmp short .end
.check:
        push ax
        mov ah, 11h
        int 16h
        pop ax
        jz .tick
.key:
        mov ah, 11h
        int 16h
        cmp al, 1Bh
        je .menu
        cmp ah, 86h                     ; F12
        je .menu
        cmp ah, 3Ch                     ; F2
        jne .end                        ; any other key is for the system about to boot
        mov ah, 10h
        int 16h
        call setup
        jmp short .out
.menu:
        mov ah, 10h
        int 16h
        call boot_menu
        ret
.end:
        call screen_clear
.out:
        ret

key_drain:
        mov ah, 11h
        int 16h
        jz .out
        mov ah, 10h
        int 16h
        jmp short key_drain
.out:
        ret

msg_hint:       db 10, 1, C_KEY, '  F12', 1, C_TEXT, ' or ', 1, C_KEY, 'Esc', 1, C_TEXT
                db ' for the boot menu, ', 1, C_KEY, 'F2', 1, C_TEXT, ' for setup', 0
msg_menu:       db 10, 1, C_HIGH, '  Boot from', 10, 10, 0
msg_menu_end:   db 10, 1, C_KEY, '  Digit', 1, C_TEXT, ' or ', 1, C_KEY, 'arrows and Enter'
                db 1, C_TEXT, ' to choose, ', 1, C_KEY, 'Esc', 1, C_TEXT, ' for the usual order', 0

; Lists every drive; the choice becomes the head of the boot list. DS, ES: any.
; BX = drives listed, BP = line chosen, stack holds the drive numbers.
boot_menu:
        SETSEG ds, ax, SEG_BDA
        mov es, [B_EBDA]
        sub sp, 12
        mov si, sp                      ; SS:SI = list
        xor bx, bx
        mov dl, 0
.collect:
        call boot_exists
        jc .next
        push si
        add si, bx
        mov [ss:si], dl
        pop si
        inc bx
.next:
        inc dx
        cmp dl, 2
        jne .more
        mov dl, 80h
.more:
        cmp dl, 84h
        jb .collect
        cmp dl, BEV_DRIVE + BEV_MOST
        je .listed
        cmp dl, BEV_DRIVE
        ja .collect
        cmp dl, CD_DRIVE
        mov dl, CD_DRIVE
        jb .collect
        mov dl, BEV_DRIVE
        jmp short .collect
.listed:
        xor bp, bp
        or bx, bx
        jz .leave
.draw:
        call screen_clear
        push si
        mov si, msg_banner
        call print
        mov si, msg_menu
        call print
        pop si
        xor di, di
.line:
        mov al, C_TEXT
        call set_colour
        mov al, ' '
        cmp di, bp
        jne .mark
        mov al, C_KEY
        call set_colour
        mov al, 10h                     ; a triangle pointing right
.mark:
        call putc
        call putc_space
        mov ax, di
        add al, '1'
        call putc
        call putc_space
        call putc_space
        push si
        add si, di
        mov dl, [ss:si]
        call print_drive
        call putc_space
        call putc_space
        call menu_detail
        mov al, 10
        call putc
        pop si
        inc di
        cmp di, bx
        jb .line
        push si
        mov si, msg_menu_end
        call print
        pop si
.key:
        mov ah, 10h
        int 16h
        cmp al, 1Bh
        je .leave
        cmp al, 0Dh
        je .choose
        cmp ah, 48h
        je .up
        cmp ah, 50h
        je .down
        sub al, '1'
        jb .key
        xor ah, ah
        cmp ax, bx
        jae .key
        mov bp, ax
        jmp short .choose
.up:
        or bp, bp
        jz .key
        dec bp
        jmp .draw
.down:
        inc bp
        cmp bp, bx
        jb .draw
        dec bp
        jmp .key
.choose:
        add si, bp
        mov al, [ss:si]
        call boot_first
.leave:
        add sp, 12
        jmp screen_clear

putc_space:
        mov al, ' '
        jmp putc

; DL = drive, ES = EBDA: what it is.
menu_detail:
        push bx
        push cx
        push di
        push si
        or dl, dl
        js .disk
        call fd_type
        mov bl, al
        xor bh, bh
        shl bx, 1
        mov si, [cs:floppy_names + bx]
        call print
        jmp short .out
.disk:
        cmp dl, CD_DRIVE
        je .cd
        ja .rom
        mov al, dl
        and al, 7Fh
        mov ah, D_LEN
        mul ah
        mov di, ax
        add di, E_DISKS
        call print_disk
        jmp short .out
.cd:
        mov di, E_CD
        call print_name
        jmp short .out
.rom:
        call pnp_name
.out:
        pop si
        pop di
        pop cx
        pop bx
        ret

; AL = drive to try before all others; ES = EBDA.
boot_first:
        push di
        mov di, E_BOOTLIST + 5          ; make room: the list holds six with its end mark
.shift:
        mov ah, [es:di - 1]
        mov [es:di], ah
        dec di
        cmp di, E_BOOTLIST
        ja .shift
        mov [es:di], al
        mov byte [es:E_BOOTLIST + 5], 0FFh
        pop di
        ret
