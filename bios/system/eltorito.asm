; Booting from CD: "El Torito" Bootable CD-ROM Format Specification 1.0 (Phoenix, IBM, 1995). The
; volume descriptor at block 17 points to a catalogue, whose default entry says what to load and
; whether the disc shall look like a floppy (A:), a hard disk (80h) or itself (drive E0h).
;
; NOTE: the default entry is taken; the sections that may follow (other platforms) are not offered.

CD_BUFFER       equ 8000h               ; 0000:8000, one block, only before the boot

; Read and set up what boots. Out: AL = 0 and E_CDIP, E_CDCS, E_CDDRV set, or AL = why not.
; Keeps BX, DX, DS. DS = EBDA.
cd_boot:
        push bx
        push cx
        push dx
        push si
        push di
        push es
        call cd_end_emulation
        call cd_ready
        mov al, ah
        jc .out
        xor ax, ax
        mov es, ax
        xor dx, dx
        mov ax, 17
        call .block
        jc .out
        push ds
        push cs
        pop ds
        mov si, .descriptor
        mov di, CD_BUFFER
        mov cx, .descriptor_end - .descriptor
        repe cmpsb
        pop ds
        jne .none
        mov ax, [es:CD_BUFFER + 47h]
        mov dx, [es:CD_BUFFER + 49h]
        call .block
        jc .out
        call .validate
        jne .none
        cmp byte [es:CD_BUFFER + 20h], 88h ; bootable
        jne .none
        call cd_emulate
        jc .none
        call cd_load
        mov al, ah
        jc .undo
        mov al, 0
        jmp short .out
.none:
        mov al, BOOT_NO_CODE
.undo:
        call cd_end_emulation
.out:
        pop es
        pop di
        pop si
        pop dx
        pop cx
        pop bx
        ret

; Block DX:AX to the buffer. Out: CF, AL.
.block:
        mov di, CD_BUFFER
        mov cx, 0400h
        call cd_read
        mov al, ah
        ret

; The validation entry: its marks, and words that add up to zero. Out: ZF.
.validate:
        cmp byte [es:CD_BUFFER], 1
        jne .invalid
        cmp word [es:CD_BUFFER + 1Eh], 0AA55h
        jne .invalid
        mov di, CD_BUFFER
        mov cx, 16
        xor ax, ax
.sum:
        add ax, [es:di]
        inc di
        inc di
        loop .sum
        or ax, ax
.invalid:
        ret

.descriptor:    db 0, 'CD001', 1, 'EL TORITO SPECIFICATION'
.descriptor_end:

; Fill in the specification packet and the geometry from the default entry at CD_BUFFER + 20h.
; Out: CF = 1: a kind of medium that is not known. ES = 0.
cd_emulate:
        mov byte [E_CDSPEC], 13h
        mov al, [es:CD_BUFFER + 21h]
        and al, 0Fh
        cmp al, 4
        ja .unknown
        mov [E_CDSPEC + 1], al
        mov dx, [es:CD_BUFFER + 28h]
        mov [E_CDSPEC + 4], dx
        mov dx, [es:CD_BUFFER + 2Ah]
        mov [E_CDSPEC + 6], dx
        xor dx, dx
        mov [E_CDSPEC + 3], dl          ; controller
        mov [E_CDSPEC + 8], dx          ; device on it
        mov [E_CDSPEC + 10], dx
        mov dx, [es:CD_BUFFER + 22h]
        or dx, dx
        jnz .segment
        mov dx, 07C0h
.segment:
        mov [E_CDSPEC + 12], dx
        mov dx, [es:CD_BUFFER + 26h]
        or dx, dx
        jnz .count
        inc dx
.count:
        mov [E_CDSPEC + 14], dx
        mov byte [E_CDSPEC + 2], CD_DRIVE
        or al, al
        jz .set                         ; no emulation
        mov word [E_CDCYL], 80
        mov word [E_CDHEADS], 2
        mov byte [E_CDSPEC + 2], 0
        mov dx, 15
        cmp al, 2
        jb .floppy
        mov dx, 18
        je .floppy
        mov dx, 36
        cmp al, 3
        je .floppy
        call .disk
        jc .unknown
        jmp short .set
.floppy:
        mov [E_CDSPT], dx
.set:
        mov al, [E_CDCYL]               ; CH, CL, DH as INT 13h/08h would give them
        mov [E_CDSPEC + 16], al
        mov ah, [E_CDCYL + 1]
        mov cl, 6
        shl ah, cl
        or ah, [E_CDSPT]
        mov [E_CDSPEC + 17], ah
        mov al, [E_CDHEADS]
        dec al
        mov [E_CDSPEC + 18], al
        mov al, [E_CDSPEC + 2]
        mov [E_CDDRV], al
        mov byte [E_CDACTIVE], 1
        clc
        ret
.unknown:
        stc
        ret
; A hard disk has one partition, which ends at the disk's end.
.disk:
        mov byte [E_CDSPEC + 2], 80h
        mov ax, [E_CDSPEC + 4]
        mov dx, [E_CDSPEC + 6]
        mov di, CD_BUFFER
        mov cx, 0100h
        call cd_read
        jc .out
        mov al, [es:CD_BUFFER + 1BEh + 5]
        mov ah, 0
        inc ax
        mov [E_CDHEADS], ax
        mov al, [es:CD_BUFFER + 1BEh + 6]
        mov ah, al
        and ax, 0C03Fh
        mov dl, al
        mov dh, 0
        mov [E_CDSPT], dx
        mov cl, 6
        shr ah, cl
        mov al, [es:CD_BUFFER + 1BEh + 7]
        inc ax
        mov [E_CDCYL], ax
        or dx, dx
        jnz .out                        ; CF is clear
        stc
.out:
        ret

; Load the code to its segment: without emulation in units of 512 bytes of the disc, else sectors
; of the disk it emulates, which are the same. Out: CF, AH.
cd_load:
        push es
        mov bx, [E_CDSPEC + 14]         ; left
        mov ax, [E_CDSPEC + 12]
        mov es, ax
        mov dx, ax                      ; entry: as 0000:7C00 rather than 07C0:0000
        mov cl, 4
        and ax, 0FFFh
        shl ax, cl
        mov [E_CDIP], ax
        and dx, 0F000h
        mov [E_CDCS], dx
        mov ax, [E_CDSPEC + 4]
        mov dx, [E_CDSPEC + 6]
.next:
        mov cx, 0400h
        cmp bx, 4
        jae .whole
        mov ch, bl
.whole:
        xor di, di
        push ax
        call cd_read
        pop di
        jc .out
        mov ax, es
        add ax, 80h                     ; a block further
        mov es, ax
        mov ax, di
        add ax, 1
        adc dx, 0
        sub bl, ch
        sbb bh, 0
        jnz .next
        or bl, bl
        jnz .next
        clc
.out:
        pop es
        ret

; The disc is only itself again.
cd_end_emulation:
        mov byte [E_CDACTIVE], 0
        mov byte [E_CDSPEC + 1], 0
        mov byte [E_CDDRV], CD_DRIVE
        ret
