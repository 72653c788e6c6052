; Hardware interrupts that belong to no service, and the interrupt vector table.

; IRQ0: time of day, floppy motor, INT 1Ch. AX, DX and DS are saved before INT 1Ch and nothing
; else is touched: user handlers of INT 1Ch rely on that much.
int08:
        sti
        push ds
        push dx
        push ax
        SETSEG ds, ax, SEG_BDA
        inc word [B_TICKS]
        jnz .day
        inc word [B_TICKS + 2]
.day:
        cmp word [B_TICKS + 2], 18h     ; 1800B0h ticks make a day
        jne .motor
        cmp word [B_TICKS], 0B0h
        jne .motor
        mov word [B_TICKS + 2], 0
        mov word [B_TICKS], 0
        mov byte [B_MIDNIGHT], 1
.motor:
        cmp byte [B_FDMOTORCNT], 0
        je .user
        dec byte [B_FDMOTORCNT]
        jnz .user
        and byte [B_FDMOTOR], 0F0h
        mov al, 0Ch
        mov dx, FDC_DOR
        out dx, al
.user:
        int 1Ch
        cli
        mov al, EOI
        out PIC1, al
        pop ax
        pop dx
        pop ds
        iret

; IRQ6: the floppy controller has finished something.
int0e:
        push ds
        push ax
        SETSEG ds, ax, SEG_BDA
        or byte [B_FDRECAL], 80h
        mov al, EOI
        out PIC1, al
        mov ax, 9101h
        int 15h
        pop ax
        pop ds
        iret

; IRQ14 and IRQ15: an IDE channel.
int77:
        call irq15_spurious
        jnz int76
        iret
int76:
        push ds
        push ax
        SETSEG ds, ax, SEG_BDA
        mov byte [B_HDINT], 0FFh
        mov al, EOI
        out PIC2, al
        out PIC1, al
        mov ax, 9100h
        int 15h
        pop ax
        pop ds
        iret

; An 8259 that lost its request before the acknowledge answers with vector 7. The slave's false
; IRQ15 still holds the master's IRQ2, which must be ended; the slave itself must not.
; Out: ZF = 1 if spurious, and then the master has its EOI.
irq15_spurious:
        push ax
        mov al, 0Bh                     ; read in-service register
        out PIC2, al
        jmp short $+2
        in al, PIC2
        test al, 80h
        jnz .real
        mov al, EOI
        out PIC1, al
        xor al, al                      ; ZF = 1
.real:
        pop ax
        ret

; IRQ9 stands in for the AT bus's IRQ2: drivers hook INT 0Ah.
int71:
        push ax
        mov al, EOI
        out PIC2, al
        pop ax
        int 0Ah
        iret

; IRQ13: coprocessor error; passed on as the NMI that the PC used. The handler there sends no EOI.
int75:
        push ax
        mov al, 0
        out 0F0h, al                    ; releases the error latch
        mov al, EOI
        out PIC2, al
        out PIC1, al
        pop ax
        int 02h
        iret

; NMI with nobody who cares: no parity on this board.
int02:
        iret

; A hardware interrupt nobody expects: note its level, mask it for good, end it.
int_irq:
        push ds
        push ax
        push cx
        SETSEG ds, ax, SEG_BDA
        mov al, 0Bh
        out PIC1, al
        jmp short $+2
        in al, PIC1
        mov ah, al
        or al, al
        jz .out                         ; spurious IRQ7, or called by INT
        mov cx, PIC1
        test al, 04h
        jz .mask
        mov al, 0Bh
        out PIC2, al
        jmp short $+2
        in al, PIC2
        or al, al
        jz .eoi
        mov ah, al
        in al, PIC2_MASK
        or al, ah
        out PIC2_MASK, al
        mov al, EOI
        out PIC2, al
        jmp short .eoi
.mask:
        in al, PIC1_MASK
        or al, ah
        and al, 0FBh                    ; never the cascade
        out PIC1_MASK, al
.eoi:
        mov al, EOI
        out PIC1, al
.out:
        mov [B_UNEXPECTED], ah
        pop cx
        pop ax
        pop ds
        iret

; IRQ2's vector when IRQ9 is redirected and nobody hooked it: INT 71h ended the slave already.
int0a:
        push ax
        mov al, EOI
        out PIC1, al
        pop ax
        iret

; ---- vectors -----------------------------------------------------------------------------------

; 00h-5Fh and 68h-77h have a handler; 60h-67h and 78h-FFh are zero, which programs test for
; (INT 67h: expanded memory). FF00:xx vectors inside our ROM use the classic entry points.
ivt_init:
        push es
        push bx
        push ds
        xor ax, ax
        mov es, ax
        mov ax, cs
        mov ds, ax
        xor di, di
        mov cx, 60h
        call .fill
        mov di, 68h * 4
        mov cx, 10h
        call .fill
        mov si, ivt_table
.next:
        lodsw
        cmp ax, 0FFFFh
        je .done
        mov di, ax
        shl di, 1
        shl di, 1
        movsw
        jmp short .next
.done:
        mov ax, [es:SEG_BDA * 16 + B_EBDA]
        mov di, 41h * 4                 ; fixed disk parameters live in the EBDA
        mov word [es:di], E_FDPT
        mov [es:di + 2], ax
        mov di, 46h * 4
        mov word [es:di], E_FDPT + 16
        mov [es:di + 2], ax
        pop ds
        pop bx
        pop es
        ret
.fill:
        mov ax, iret_entry
        stosw
        mov ax, cs
        stosw
        loop .fill
        ret

ivt_table:
        dw 02h, int02_entry, 05h, int05_entry
        dw 08h, int08_entry, 09h, int09_entry, 0Ah, int0a, 0Bh, int_irq
        dw 0Ch, int_irq, 0Dh, int_irq, 0Eh, int0e_entry, 0Fh, int_irq
        dw 10h, int10_entry, 11h, int11_entry, 12h, int12_entry, 13h, int13_entry
        dw 14h, int14_entry, 15h, int15_entry, 16h, int16_entry, 17h, int17_entry
        dw 18h, int18, 19h, int19_entry, 1Ah, int1a_entry
        dw 1Dh, video_params, 1Eh, dpt_default
        dw 40h, int40_entry, 42h, int10_entry, 43h, font_8x8, 4Ah, iret_entry
        dw 70h, int70, 71h, int71, 72h, int_irq, 73h, int_irq
        dw 74h, int74, 75h, int75, 76h, int76, 77h, int77
        dw 0FFFFh
