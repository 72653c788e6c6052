; Power-on self test: from the reset vector to INT 19h. The order matters: chips first, then
; vectors and data areas, then the video BIOS (so that everything after it can be shown), then the
; devices, then the other option ROMs, which expect a finished system.

; ---- after a reset -----------------------------------------------------------------------------
; CMOS 0Fh says why the processor was reset (IBM AT technical reference). The 286 has no other way
; out of protected mode. There is no stack yet and RAM belongs to whoever reset us.
post_entry:
        cli
        cld
        mov al, CM_SHUTDOWN | 80h       ; bit 7: NMI off until the vectors stand
        out CMOS_IDX, al
        jmp short $+2
        in al, CMOS_DATA
        mov bl, al
        mov al, CM_SHUTDOWN | 80h
        out CMOS_IDX, al
        mov al, 0
        jmp short $+2
        out CMOS_DATA, al
        mov al, CM_STATD                ; NMI on again
        out CMOS_IDX, al
        jmp short $+2
        in al, CMOS_DATA
        SETSEG ds, ax, SEG_BDA
        cmp bl, 05h
        je .eoi_jump
        cmp bl, 0Ah
        je .jump
        cmp bl, 09h
        je .block_move
        cmp bl, 04h
        je .boot
        cmp bl, 0Bh
        je .iret
        cmp bl, 0Ch
        jne post_start
        ; 0Ch: RETF on the stack at 40:67
        mov ss, [B_IOROM + 2]
        mov sp, [B_IOROM]
        retf
.iret:
        mov ss, [B_IOROM + 2]
        mov sp, [B_IOROM]
        iret
.eoi_jump:                              ; a key may have been waiting: drop it, as the AT does
        in al, KBC_STAT
        test al, 1
        jz .eoi
        in al, KBC_DATA
.eoi:
        mov al, EOI
        out PIC2, al
        out PIC1, al
.jump:
        jmp far [B_IOROM]
.block_move:
        mov es, [B_EBDA]
        mov ss, [es:E_SHUTSP + 2]
        mov sp, [es:E_SHUTSP]
        jmp move_block_return
.boot:
        int 19h

; ---- the real thing ----------------------------------------------------------------------------
post_start:
        POSTCODE 01h
        xor ax, ax
        mov ss, ax
        mov sp, BOOT_ADDR
        call dma_init
        call pit_init
        mov bx, 7008h
        call pic_init
        call rtc_init
        mov al, 0                       ; no floppy motor, controller held in reset
        mov dx, FDC_DOR
        out dx, al

        POSTCODE 02h
        SETSEG ds, ax, SEG_BDA
        xor bl, bl
        cmp word [B_RESETFLAG], 1234h
        jne .cold
        inc bx                          ; BL = 1: warm
.cold:
        call post_base_memory           ; AX = KiB
        dec ax                          ; the EBDA takes the last one
        mov dx, ax
        mov cl, 6
        shl ax, cl
        mov bp, ax                      ; BP = EBDA segment
        call post_clear
        mov [B_MEMKB], dx
        mov [B_EBDA], bp
        mov es, bp
        mov byte [es:E_SIZE], 1
        mov [es:E_WARM], bl
        mov byte [es:E_ATTR], 07h
        call ivt_init

        POSTCODE 03h
        call cpu_detect
        SETSEG ds, cx, SEG_BDA
        mov es, [B_EBDA]
        mov [es:E_CPU], al
        xchg bl, bh
        mov [es:E_FAMILY], bx           ; and the model behind it
        call fpu_detect
        mov [es:E_FPU], al
        mov word [B_EQUIP], 0020h       ; 80x25 colour until the video BIOS knows better
        or al, al
        jz .no_fpu
        or byte [B_EQUIP], 2
.no_fpu:
        call apic_init
        call mtrr_init
        call pci_init
        call acpi_init
        call post_extended_memory
        mov al, 0
        call a20_set                    ; as the AT starts DOS: addresses wrap at 1 MiB

        POSTCODE 04h
        mov word [B_KBSTART], B_KBBUF
        mov word [B_KBEND], B_KBBUF_END
        mov word [B_KBHEAD], B_KBBUF
        mov word [B_KBTAIL], B_KBBUF
        call pic_unmask
        mov al, 0FAh                    ; keyboard still masked: POST talks to the 8042 itself
        out PIC1_MASK, al
        mov al, 0FFh
        out PIC2_MASK, al
        sti

        POSTCODE 05h
        call shadow_open
        call rom_video
        call screen_init

        POSTCODE 06h
        call post_keyboard
        cli
        call pic_unmask
        sti

        POSTCODE 07h
        call post_clock
        call post_ports

        POSTCODE 08h
        call fd_init
        call ata_init
        call cd_init

        POSTCODE 09h
        call rom_scan
        call shadow_close

        POSTCODE 0Ah
        call screen_summary
        call boot_list
        call boot_hint

        POSTCODE 0Bh
        SETSEG ds, ax, SEG_BDA
        mov word [B_RESETFLAG], 0
        int 19h

; Out: AX = KiB of base memory. CMOS knows; if it does not, look for RAM every 64 KiB.
post_base_memory:
        mov al, CM_BASELO
        call cmos_read16
        cmp ax, 640
        ja .probe
        cmp ax, 128
        jae .out
.probe:
        push ds
        push bx
        mov bx, 1000h                   ; our stack proves the first 64 KiB
.next:
        mov ds, bx
        mov ax, [0]
        not word [0]
        not ax
        cmp ax, [0]
        jne .end
        not word [0]
        add bh, 10h
        cmp bh, 0A0h
        jb .next
.end:
        mov ax, bx
        push cx
        mov cl, 6
        shr ax, cl
        pop cx
        pop bx
        pop ds
.out:
        ret

; Clear the IVT, the BDA with the print screen byte after it, and the EBDA at BP. The stack is
; elsewhere. The warm start flag survives, because option ROMs look at it.
post_clear:
        push word [B_RESETFLAG]
        push ax
        push es
        xor ax, ax
        mov es, ax
        xor di, di
        mov cx, 502h / 2
        rep stosw
        mov es, bp
        xor di, di
        mov cx, 512
        rep stosw
        pop es
        pop ax
        pop word [B_RESETFLAG]
        ret

; Extended memory as CMOS has it. An 8086 sees none of it.
post_extended_memory:
        xor ax, ax
        xor bx, bx
        cmp byte [es:E_CPU], CPU_286
        jb .store
        mov al, CM_EXTLO
        call cmos_read16
        cmp ax, 15 * 1024
        jbe .low
        mov ax, 15 * 1024
.low:
        push ax
        mov al, CM_HI64LO
        call cmos_read16
        mov bx, ax
        pop ax
        cmp byte [es:E_CPU], CPU_386    ; 24 address lines
        jae .store
        xor bx, bx
.store:
        mov [es:E_MEM16], ax
        mov [es:E_MEMHI], bx
        cmp byte [es:E_CPU], CPU_CPUID
        jb .out
        mov al, CM_4GLO
        call cmos_read16
        mov [es:E_MEM4G], ax
        mov al, CM_4GLO + 2
        call cmos_read
        mov [es:E_MEM4G + 2], al
.out:
        ret

; ---- keyboard and mouse ------------------------------------------------------------------------
; In: DS = BDA. IRQ1 and IRQ12 masked.
post_keyboard:
        mov es, [B_EBDA]
        mov al, 0ADh                    ; both interfaces off while the controller tests itself
        call kbc_command
        jc .out                         ; no controller at all
        mov al, 0A7h
        call kbc_command
        call kbc_flush
        mov al, 0AAh
        call kbc_command
        mov cx, 500
        call kbc_receive
        jc .out
        mov al, 60h                     ; no interrupts yet, self test passed, translate to set 1
        call kbc_command
        mov al, 74h
        call kbc_data
        mov al, 0AEh
        call kbc_command
        mov al, 0FFh
        call kbd_send
        jc .mouse
        mov cx, 1000
        call kbc_receive                ; AAh
        jc .mouse
        cmp al, 0AAh
        jne .mouse
        mov byte [es:E_KEYBOARD], 1
        mov al, 0F2h                    ; identify: FA AB 83; an AT keyboard stays silent
        call kbd_send
        jc .mouse
        mov cx, 20
        call kbc_receive
        jc .at
        call kbc_receive
        or byte [B_KBFLAG3], KF3_ENHANCED
.at:
        mov al, 0EDh
        call kbd_send
        jc .mouse
        mov al, 0
        call kbd_send
        mov al, 0F4h
        call kbd_send
.mouse:
        mov al, 0ADh                    ; keys would mix with the mouse's answers
        call kbc_command
        mov al, 0A8h
        call kbc_command
        mov al, 0FFh
        call aux_send
        jc .enable
        mov cx, 1000
        call kbc_receive
        jc .enable
        cmp al, 0AAh
        jne .enable
        call kbc_receive                ; device type
        mov byte [es:E_MOUSE], 1
        or byte [B_EQUIP], 4
.enable:
        mov al, 60h
        call kbc_command
        mov al, 45h                     ; IRQ1, system flag, translation; keyboard clock on
        cmp byte [es:E_MOUSE], 0
        jne .both
        or al, 20h                      ; mouse clock off
        jmp short .write
.both:
        or al, 02h                      ; IRQ12
.write:
        call kbc_data
        mov al, 0AEh
        call kbc_command
.out:
        ret

; ---- time of day -------------------------------------------------------------------------------
; Ticks since midnight = seconds x 1193182 / 65536 = seconds x 18 + seconds x 13534 / 65536.
post_clock:
        mov al, CM_STATD
        call cmos_read
        test al, 80h                    ; battery
        jz .out
        call rtc_wait
        mov al, CM_HOUR
        call cmos_bcd
        mov bl, 60
        mul bl
        mov bx, ax
        mov al, CM_MIN
        call cmos_bcd
        xor ah, ah
        add ax, bx                      ; minutes, < 1440
        mov bx, 60
        mul bx
        mov bx, ax
        mov al, CM_SEC
        call cmos_bcd
        xor ah, ah
        add ax, bx
        adc dx, 0                       ; DX:AX = seconds, < 86400
        mov si, ax
        mov di, dx
        mov bx, 13534
        mul bx                          ; low half x 13534 / 65536
        mov cx, dx
        mov ax, di                      ; high half is 0 or 1
        mul bx
        add cx, ax
        mov ax, si
        mov bx, 18
        mul bx
        add ax, cx
        adc dx, 0
        or di, di
        jz .store
        add dx, 18
.store:
        cli
        mov [B_TICKS], ax
        mov [B_TICKS + 2], dx
        sti
.out:
        ret

; AL = register -> AL = its BCD value in binary; nonsense digits give nonsense, never a fault.
cmos_bcd:
        call cmos_read
        push cx
        mov ah, al
        mov cl, 4
        shr ah, cl
        and al, 0Fh
        pop cx
        aad
        ret

; ---- serial and parallel ports -----------------------------------------------------------------
post_ports:
        SETSEG ds, ax, SEG_BDA
        mov si, com_bases
        mov di, B_COM
        xor bl, bl                      ; found
.com:
        cs lodsw
        or ax, ax
        jz .com_done
        mov dx, ax
        inc dx                          ; interrupt enable: only its low four bits exist
        in al, dx
        mov ah, al
        mov al, 0Fh
        out dx, al
        jmp short $+2
        in al, dx
        mov bh, al
        mov al, 0                       ; and POST leaves it at zero
        out dx, al
        jmp short $+2
        in al, dx
        dec dx
        or al, al
        jnz .com
        cmp bh, 0Fh
        jne .com
        mov [di], dx
        inc di
        inc di
        inc bl
        jmp short .com
.com_done:
        mov word [B_COMTIME], 0101h
        mov word [B_COMTIME + 2], 0101h
        mov word [B_LPTTIME], 1414h
        mov word [B_LPTTIME + 2], 1414h
        mov si, lpt_bases
        mov di, B_LPT
        xor bh, bh
.lpt:
        cs lodsw
        or ax, ax
        jz .lpt_done
        mov dx, ax
        mov al, 0AAh
        out dx, al
        jmp short $+2
        in al, dx
        cmp al, 0AAh
        jne .lpt
        mov al, 55h
        out dx, al
        jmp short $+2
        in al, dx
        cmp al, 55h
        jne .lpt
        mov [di], dx
        inc di
        inc di
        inc bh
        jmp short .lpt
.lpt_done:
        mov al, bl                      ; equipment: bits 9-11 serial, 14-15 parallel
        shl al, 1
        mov cl, 6
        shl bh, cl
        or al, bh
        or [B_EQUIP + 1], al
        ret

com_bases:      dw 3F8h, 2F8h, 3E8h, 2E8h, 0
lpt_bases:      dw 378h, 278h, 3BCh, 0

; ---- option ROMs -------------------------------------------------------------------------------

; Is there a ROM at ES:0? Out: CF = 0 and AX = its size in paragraphs. The signature 55 AA, a size
; in 512-byte units, and all bytes adding up to zero.
rom_check:
        push bx
        push cx
        push si
        push ds
        cmp word [es:0], 0AA55h
        jne .bad
        mov bl, [es:2]
        or bl, bl
        jz .bad
        mov ax, es
        mov ds, ax
        xor si, si
        xor bh, bh
        push bx
        xor ah, ah
.unit:
        mov cx, 512
.byte:
        lodsb
        add ah, al
        loop .byte
        or si, si                       ; a ROM of 64 KiB or more wraps
        jnz .same
        mov cx, ds
        add ch, 10h
        mov ds, cx
.same:
        dec bx
        jnz .unit
        pop bx
        or ah, ah
        jnz .bad
        mov cl, 5
        mov ax, bx
        shl ax, cl
        clc
        jmp short .out
.bad:
        stc
.out:
        pop ds
        pop si
        pop cx
        pop bx
        ret

; Call the entry point of the ROM at ES:0. It may change every register, and often does.
rom_call:
        push bx
        push cx
        push si
        push di
        push bp
        push ds
        push es
        mov ax, cs
        push ax                         ; far return address
        mov ax, .back
        push ax
        push es
        mov ax, 3
        push ax
        call pnp_arguments
        retf
.back:
        cld
        sti
        pop es
        pop ds
        pop bp
        pop di
        pop si
        pop cx
        pop bx
        ret

; The video BIOS: a ROM at C0000 that hooks INT 10h. Without one POST goes on, and its messages go
; to the debug port.
rom_video:
        SETSEG es, ax, 0C000h
        call rom_check
        jc .none
        call rom_call
        xor ax, ax
        mov es, ax
        cmp word [es:10h * 4 + 2], SEG_BIOS
        je .none
        SETSEG ds, ax, SEG_BDA
        mov es, [B_EBDA]
        mov byte [es:E_VGA], 1
        ret
.none:
        mov si, msg_no_video
        jmp debug_print

msg_no_video:   db 'glass86: no video BIOS at C0000, going on without a screen', 10, 0

; All other ROMs: C0000-EFFFF, every 2 KiB.
rom_scan:
        mov bx, 0C000h
.next:
        mov es, bx
        call rom_check
        jc .skip
        cmp bx, 0C000h
        je .done                        ; the video BIOS had its turn
        push ax
        call rom_call
        call pnp_headers
        pop ax
.done:
        add ax, 7Fh                     ; to the next 2 KiB boundary
        and al, 80h
        add bx, ax
        jc .out
        jmp short .more
.skip:
        add bx, 80h
.more:
        cmp bx, 0F000h
        jb .next
.out:
        ret
