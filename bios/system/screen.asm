; What POST and the boot code show: text through INT 10h, so that any video BIOS will do. Without
; one the text goes to the debug port.

; ---- output ------------------------------------------------------------------------------------

; CS:SI = text, ended by zero; 10 starts a new line, 1 is followed by a colour. Keeps registers.
print:
        push ax
        push si
.next:
        cs lodsb
        or al, al
        jz .out
        cmp al, 1
        je .colour
        call putc
        jmp short .next
.colour:
        cs lodsb
        call set_colour
        jmp short .next
.out:
        pop si
        pop ax
        ret

; AL = attribute for putc.
set_colour:
        push ds
        push bx
        SETSEG ds, bx, SEG_BDA
        mov ds, [B_EBDA]
        mov [E_ATTR], al
        pop bx
        pop ds
        ret

; AL = character, shown in the current colour at the cursor of page 0.
putc:
        push ax
        push bx
        push cx
        push dx
        push ds
        push bp
        SETSEG ds, bx, SEG_BDA
        mov ds, [B_EBDA]
        cmp byte [E_VGA], 0
        je .debug
        cmp al, 10
        je .line
        mov ah, 09h                     ; character with attribute ...
        mov bl, [E_ATTR]
        mov bh, 0
        mov cx, 1
        int 10h
        mov ah, 03h                     ; ... then move on
        mov bh, 0
        int 10h
        inc dx
        cmp dl, 80
        jb .move
.new_line:
        mov dl, 0
        inc dh
        cmp dh, 25
        jb .move
        dec dh
.move:
        mov ah, 02h
        mov bh, 0
        int 10h
        jmp short .out
.line:
        mov ah, 03h
        mov bh, 0
        int 10h
        jmp short .new_line
.debug:
        out DEBUG_PORT, al
.out:
        pop bp
        pop ds
        pop dx
        pop cx
        pop bx
        pop ax
        ret

; CS:SI = plain text for the debug port.
debug_print:
        push ax
.next:
        cs lodsb
        or al, al
        jz .out
        out DEBUG_PORT, al
        jmp short .next
.out:
        pop ax
        ret

; DX = row and column.
move_to:
        push ax
        push bx
        push bp
        mov ah, 02h
        mov bh, 0
        int 10h
        pop bp
        pop bx
        pop ax
        ret

; CX spaces.
spaces:
        push ax
        jcxz .out
.next:
        mov al, ' '
        call putc
        loop .next
.out:
        pop ax
        ret

; AX = number in decimal.
print_dec:
        push dx
        xor dx, dx
        call print_dec32
        pop dx
        ret

; DX:AX = number in decimal.
print_dec32:
        push ax
        push bx
        push cx
        push dx
        push di
        mov bx, 10
        xor cx, cx
.digit:
        mov di, ax                      ; 32 by 16 bits in two steps
        mov ax, dx
        xor dx, dx
        div bx
        xchg ax, di
        div bx
        push dx
        inc cx
        mov dx, di
        mov di, ax
        or di, dx
        jnz .digit
.out:
        pop ax
        add al, '0'
        call putc
        loop .out
        pop di
        pop dx
        pop cx
        pop bx
        pop ax
        ret

; AL = two hexadecimal digits.
print_hex:
        push cx
        push ax
        mov cl, 4
        shr al, cl
        call .digit
        pop ax
        push ax
        and al, 0Fh
        call .digit
        pop ax
        pop cx
        ret
.digit:
        push ax
        cmp al, 10
        sbb al, 69h                     ; the classic: 0-9 and A-F without a table
        das
        call putc
        pop ax
        ret

; Blank 80x25 colour text, cursor at the top.
screen_clear:
        push ax
        push bp
        mov ax, 0003h
        int 10h
        pop bp
        pop ax
        ret

; ---- the POST screen ---------------------------------------------------------------------------
C_BAR   equ 1Fh                         ; white on blue
C_DIM   equ 13h
C_LABEL equ 03h
C_TEXT  equ 07h
C_HIGH  equ 0Fh
C_KEY   equ 0Eh
C_BAD   equ 0Ch

screen_init:
        call screen_clear
        mov si, msg_banner
        jmp print

; A bar as wide as the screen.
msg_banner:
        db 1, C_BAR, ' glass86 ', 1, C_DIM, 0B3h, ' a PC under glass'
        times 80 - 27 - 12 db ' '
        db 'BIOS 1.0.0  '
        db 10, 0                        ; the line is full: the cursor has wrapped already

msg_cpu:        db 1, C_LABEL, '  Processor   ', 1, C_HIGH, 0
msg_memory:     db 10, 1, C_LABEL, '  Memory      ', 1, C_HIGH, 0
msg_kb_base:    db ' KB', 1, C_TEXT, ' base', 0
msg_plus:       db ' + ', 1, C_HIGH, 0
msg_kb_ext:     db ' KB', 1, C_TEXT, ' extended', 0
msg_devices:    db 10, 1, C_LABEL, '  Ports       ', 1, C_HIGH, 0
msg_serial:     db 1, C_TEXT, ' serial, ', 1, C_HIGH, 0
msg_parallel:   db 1, C_TEXT, ' parallel, ', 0
msg_keyboard:   db 'keyboard', 0
msg_no_kbd:     db 'no keyboard', 0
msg_mouse:      db ', PS/2 mouse', 0
msg_floppy:     db 10, 1, C_LABEL, '  Floppy      ', 1, C_HIGH, 0
msg_disk:       db 10, 1, C_LABEL, '  Disk ', 0
msg_cdrom:      db 10, 1, C_LABEL, '  CD-ROM      ', 1, C_HIGH, 0
msg_none:       db 1, C_TEXT, 'none', 0
msg_fpu:        db 1, C_TEXT, ' with coprocessor', 0
msg_mb:         db ' MB  ', 1, C_TEXT, 0

cpu_names:      dw .n8086, .n8086, .n286, .n386, .n486, .n486
.n8086:         db '8086', 0
.n286:          db '80286', 0
.n386:          db '80386', 0
.n486:          db '80486', 0
.p5:            db 'Pentium', 0
.p6:            db 'Pentium Pro', 0
.other:         db 'x86', 0

floppy_names:   dw msg_none, .n360, .n1200, .n720, .n1440, .n2880
.n360:          db '360 KB', 0
.n1200:         db '1.2 MB', 0
.n720:          db '720 KB', 0
.n1440:         db '1.44 MB', 0
.n2880:         db '2.88 MB', 0

; The machine in a few lines.
screen_summary:
        SETSEG ds, ax, SEG_BDA
        mov es, [B_EBDA]
        mov si, msg_cpu
        call print
        mov bl, [es:E_CPU]
        xor bh, bh
        shl bx, 1
        mov si, [cs:cpu_names + bx]
        mov al, [es:E_FAMILY]
        cmp al, 5
        jb .cpu
        mov si, cpu_names.p5
        je .cpu
        mov si, cpu_names.p6
        cmp al, 6
        je .cpu
        mov si, cpu_names.other
.cpu:
        call print
        cmp byte [es:E_FPU], 0
        je .memory
        mov si, msg_fpu
        call print

.memory:
        mov si, msg_memory
        call print
        mov ax, [B_MEMKB]
        inc ax                          ; with the EBDA's part
        call print_dec
        mov si, msg_kb_base
        call print
        mov ax, [es:E_MEMHI]
        mov dx, 64
        mul dx
        add ax, [es:E_MEM16]
        adc dx, 0
        mov cx, ax
        or cx, dx
        jz .ports
        mov si, msg_plus
        call print
        call print_dec32
        mov si, msg_kb_ext
        call print

.ports:
        mov si, msg_devices
        call print
        mov al, [B_EQUIP + 1]
        shr al, 1
        and ax, 7
        call print_dec
        mov si, msg_serial
        call print
        mov al, [B_EQUIP + 1]
        mov cl, 6
        shr al, cl
        and ax, 3
        call print_dec
        mov si, msg_parallel
        call print
        mov si, msg_keyboard
        cmp byte [es:E_KEYBOARD], 0
        jne .keyboard
        mov si, msg_no_kbd
.keyboard:
        call print
        cmp byte [es:E_MOUSE], 0
        je .floppies
        mov si, msg_mouse
        call print

.floppies:
        mov si, msg_floppy
        call print
        mov dl, 0
        call fd_type
        mov dh, al
        inc dx
        call fd_type
        or al, dh
        mov si, msg_none
        jz .no_floppy
        mov dl, 0
.floppy:
        call fd_type
        or al, al
        jz .next_floppy
        mov bl, al
        mov al, 1
        call putc_drive
        mov bh, 0
        shl bx, 1
        mov si, [cs:floppy_names + bx]
        call print
        mov cx, 3
        call spaces
.next_floppy:
        inc dx
        cmp dl, 2
        jb .floppy
        jmp short .disks
.no_floppy:
        call print

.disks:
        mov cl, [B_HDCOUNT]
        xor ch, ch
        jcxz .cd
        mov di, E_DISKS
        mov bl, 80h
.disk:
        mov si, msg_disk
        call print
        mov al, bl
        call print_hex
        push cx
        mov cx, 5
        call spaces
        mov al, C_HIGH
        call set_colour
        call print_disk
        pop cx
        add di, D_LEN
        inc bx
        loop .disk
.cd:
        cmp byte [es:E_CDKIND], 0
        je .end
        mov si, msg_cdrom
        call print
        mov di, E_CD
        call print_name
.end:
        mov al, 10
        call putc
        ret

; DL = floppy: "A: " or "B: ".
putc_drive:
        mov al, 'A'
        add al, dl
        call putc
        mov al, ':'
        call putc
        mov al, ' '
        jmp putc

; ES:DI = disk record: name, filled up with blanks.
print_name:
        lea si, [di + D_NAME]
        mov cx, 33
.name:
        mov al, [es:si]
        inc si
        or al, al
        jz .pad
        call putc
        loop .name
.pad:
        jmp spaces

; ES:DI = disk record: name, size and geometry.
print_disk:
        call print_name
        mov ax, [es:di + D_TOTAL]       ; / 2048 = MiB; what passes 32 bits is shown as it comes
        mov dx, [es:di + D_TOTAL + 2]
        mov bh, [es:di + D_TOTAL + 4]
        mov al, ah
        mov ah, dl
        mov dl, dh
        mov dh, bh
        mov cx, 3
.shift:
        shr dx, 1
        rcr ax, 1
        loop .shift
        call print_dec32
        mov si, msg_mb
        call print
        mov ax, [es:di + D_LCYL]
        call print_dec
        mov al, '/'
        call putc
        mov ax, [es:di + D_LHEADS]
        call print_dec
        mov al, '/'
        call putc
        mov ax, [es:di + D_LSPT]
        jmp print_dec
