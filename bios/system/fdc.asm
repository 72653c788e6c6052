; The 82077AA floppy controller, below INT 13h: commands, results, motor, seek, data rate, DMA,
; and finding out what disk is in the drive. DS = BDA throughout; DL = drive 0 or 1. Routines that
; can fail return CF = 1 and an INT 13h status in AH.

; Disk parameter tables, 11 bytes as INT 1Eh points to them plus the last track and the data rate,
; as the AT BIOS appends them. Order: drive type of CMOS 10h; two entries for type 2.
;         step  head  off   N  EOT  gap  DTL  fgap fill settle start | last  rate
dpt_360:     db 0DFh, 02h, 25h, 2,  9, 2Ah, 0FFh, 50h, 0F6h, 0Fh, 8,  39, 80h
dpt_1200:    db 0DFh, 02h, 25h, 2, 15, 1Bh, 0FFh, 54h, 0F6h, 0Fh, 8,  79, 00h
dpt_720:     db 0DFh, 02h, 25h, 2,  9, 2Ah, 0FFh, 50h, 0F6h, 0Fh, 8,  79, 80h
dpt_1440:    db 0AFh, 02h, 25h, 2, 18, 1Bh, 0FFh, 6Ch, 0F6h, 0Fh, 8,  79, 00h
dpt_2880:    db 0AFh, 02h, 25h, 2, 36, 1Bh, 0FFh, 50h, 0F6h, 0Fh, 8,  79, 0C0h
dpt_360_in_1200: db 0DFh, 02h, 25h, 2, 9, 23h, 0FFh, 50h, 0F6h, 0Fh, 8, 39, 40h

DPT_SPEC1       equ 0
DPT_SPEC2       equ 1
DPT_MOTOR_OFF   equ 2
DPT_N           equ 3
DPT_EOT         equ 4
DPT_GAP         equ 5
DPT_DTL         equ 6
DPT_FGAP        equ 7
DPT_FILL        equ 8
DPT_SETTLE      equ 9
DPT_START       equ 10
DPT_LAST_TRACK  equ 11
DPT_RATE        equ 12

; Drive type -> table; index 0 is unused.
dpt_by_type:    dw dpt_360, dpt_360, dpt_1200, dpt_720, dpt_1440, dpt_2880

; What a disk in a drive of each type may be, most likely first: values for FM_RATE. The two
; foreign rates at the end cost nothing when the disk is one of the usual ones.
rates_by_type:
        db 080h, 080h, 080h, 080h       ; no type: 250
        db 080h, 080h, 080h, 080h       ; 360 KB
        db 000h, 040h, 080h, 080h       ; 1.2 MB: 500, 300, 250
        db 080h, 080h, 000h, 000h       ; 720 KB
        db 000h, 080h, 040h, 0C0h       ; 1.44 MB: 500, 250
        db 0C0h, 000h, 080h, 040h       ; 2.88 MB: 1000, 500, 250

; DL = drive -> AL = CMOS type 0-5.
fd_type:
        cmp dl, 1
        mov al, 0
        ja .out
        mov al, CM_FLOPPY
        call cmos_read
        or dl, dl
        jnz .low
        push cx
        mov cl, 4
        shr al, cl
        pop cx
.low:
        and al, 0Fh
        cmp al, 5
        jbe .out
        mov al, 5
.out:
        ret

; AL = index into the disk parameter table of INT 1Eh -> AL.
dpt_get:
        push ds
        push bx
        xor bx, bx
        mov ds, bx
        mov bl, al
        push si
        lds si, [1Eh * 4]
        mov al, [bx + si]
        pop si
        pop bx
        pop ds
        ret

; ---- bytes to and from the controller ----------------------------------------------------------

; AL = byte. Out: CF = 1, AH = 80h if the controller does not want one. fd_command is for the first
; byte of a command that ends with IRQ6: it forgets an interrupt that came too early.
fd_command:
        and byte [B_FDRECAL], 7Fh
fd_out:
        push cx
        push dx
        push ax
        mov dx, FDC_MSR
        mov ax, 0C080h                  ; RQM = 1, DIO = 0
        mov cx, 10
        call poll_port
        pop ax
        mov ah, 80h
        jc .out
        inc dx
        out dx, al
        clc
.out:
        pop dx
        pop cx
        ret

; Read the result phase into B_FDRESULT. Out: CF = 1, AH = 20h if it never ends or never begins.
fd_results:
        push bx
        push cx
        push dx
        mov bx, B_FDRESULT
.next:
        mov dx, FDC_MSR
        mov ax, 8080h
        mov cx, 10
        call poll_port
        jc .bad
        test al, 40h                    ; DIO: it has something to say
        jz .done
        inc dx
        in al, dx
        cmp bx, B_FDRESULT + 7
        jae .bad
        mov [bx], al
        inc bx
        jmp short .next
.done:
        cmp bx, B_FDRESULT
        je .bad
        clc
        jmp short .out
.bad:
        mov ah, 20h
        stc
.out:
        pop dx
        pop cx
        pop bx
        ret

; Wait up to two seconds for IRQ6. Out: CF = 1, AH = 80h on timeout.
fd_wait:
        push bx
        push cx
        push dx
        push es
        SETSEG es, ax, SEG_BDA
        mov ax, 9001h                   ; let others run
        clc
        int 15h
        jnc .ours
        test byte [B_FDRECAL], 80h      ; the waiter says time is up: is it?
        stc
        jz .out
.ours:
        mov bx, B_FDRECAL
        mov ah, 80h
        mov cx, 37
        xor dx, dx
        call irq_wait
.out:
        pushf
        and byte [B_FDRECAL], 7Fh
        popf
        mov ah, 80h
        pop es
        pop dx
        pop cx
        pop bx
        ret

; Sense interrupt status after a seek. Out: CF = 1, AH = 40h if it failed.
fd_sense:
        mov al, 08h
        call fd_out
        jc .out
        call fd_results
        jc .out
        mov al, [B_FDRESULT]
        and al, 0E0h
        cmp al, 20h                     ; seek end, normal termination
        je .out
        mov ah, 40h
        stc
.out:
        ret

; ---- reset, motor, rate ------------------------------------------------------------------------

; DL = drive -> AL = digital output register for it with the motors as they are.
fd_dor:
        mov al, [B_FDMOTOR]
        and al, 0Fh
        push cx
        mov cl, 4
        shl al, cl
        pop cx
        or al, 0Ch
        cmp dl, 1
        ja .out
        or al, dl
.out:
        ret

; Reset the controller. Out: CF, AH. All drives need recalibration afterwards.
fd_reset:
        push cx
        push dx
        mov byte [B_FDRECAL], 0
        call fd_dor
        mov dx, FDC_DOR
        and al, 0FBh
        out dx, al
        push ax
        in al, PORTB                    ; the 82077 wants a reset pulse of some microseconds
        in al, PORTB
        in al, PORTB
        pop ax
        or al, 04h
        out dx, al
        call fd_wait
        jc .out
        mov cx, 4                       ; polling mode: each drive reports once
.sense:
        mov al, 08h
        call fd_out
        jc .out
        call fd_results
        jc .out
        loop .sense
        mov al, [B_FDRESULT]
        and al, 0FCh
        cmp al, 0C0h                    ; ready changed
        mov ah, 20h
        stc
        jne .out
        call fd_specify
        mov ah, 0
.out:
        pop dx
        pop cx
        ret

; Step rate, head times and DMA from INT 1Eh; perpendicular mode if a 2.88 MB drive exists.
fd_specify:
        mov al, 03h
        call fd_out
        jc .out
        mov al, DPT_SPEC1
        call dpt_get
        call fd_out
        jc .out
        mov al, DPT_SPEC2
        call dpt_get
        call fd_out
        jc .out
        push bx
        push dx
        mov bl, 80h                     ; overwrite; bits 2, 3: drives 0, 1 can do it
        xor dx, dx
        call fd_type
        cmp al, 5
        jne .second
        or bl, 04h
.second:
        inc dx
        call fd_type
        cmp al, 5
        jne .send
        or bl, 08h
.send:
        cmp bl, 80h
        je .none
        mov al, 12h
        call fd_out
        mov al, bl
        call fd_out
.none:
        pop dx
        pop bx
        clc
.out:
        ret

; Select drive DL with its motor on. BL = 1 before a write: then a motor that was off gets the
; time INT 1Eh grants it. Reads need none: until the disk turns the controller finds no sectors
; and waits for the index pulses itself.
fd_motor_on:
        push ax
        push cx
        push dx
        mov byte [B_FDMOTORCNT], 0FFh   ; INT 08h must not stop it now
        mov cl, dl
        mov ah, 1
        shl ah, cl
        mov ch, [B_FDMOTOR]
        mov al, ch
        and al, 0CFh                    ; bits 5-4: selected drive
        or al, ah
        mov cl, 4
        push dx
        shl dl, cl
        or al, dl
        pop dx
        mov [B_FDMOTOR], al
        push ax
        call fd_dor
        mov dx, FDC_DOR
        out dx, al
        pop ax
        test ch, ah
        jnz .out                        ; it was on
        or bl, bl
        jz .out
        mov al, DPT_START
        call dpt_get                    ; in 1/8 s
        mov cl, 5
        xor ah, ah
        and al, 1Fh
        shl ax, cl
        shl ax, 1
        shl ax, 1                       ; x 128 ms, near enough to 125
        mov cx, ax
        jcxz .out
        mov ax, 90FDh
        clc
        int 15h
        jc .out
        call delay_halted
.out:
        pop dx
        pop cx
        pop ax
        ret

; Wait about CX ms, halted while ticks come.
delay_halted:
        push ax
        push bx
        push cx
        push dx
        in al, PIC1_MASK
        test al, 1
        jnz .spin
        mov ax, cx
        xor dx, dx
        mov bx, 55
        div bx
        inc ax
        mov cx, ax
        mov bx, [B_TICKS]
.halt:
        sti
        hlt
        mov ax, [B_TICKS]
        sub ax, bx
        cmp ax, cx
        jb .halt
        jmp short .out
.spin:
        call delay_ms
.out:
        pop dx
        pop cx
        pop bx
        pop ax
        ret

; Set the data rate of the media state of drive DL.
fd_set_rate:
        push ax
        push bx
        push cx
        push dx
        mov bl, dl
        xor bh, bh
        mov al, [B_FDMEDIA + bx]
        and al, FM_RATE
        mov [B_FDRATE], al
        mov cl, 6
        shr al, cl
        mov dx, FDC_DIR
        out dx, al
        pop dx
        pop cx
        pop bx
        pop ax
        ret

; ---- head position -----------------------------------------------------------------------------

; Recalibrate drive DL. The 82077 stops after 79 steps: an 80-track drive may need a second go.
fd_recalibrate:
        push bx
        push cx
        mov cx, 2
.again:
        mov al, 07h
        call fd_command
        jc .out
        mov al, dl
        call fd_out
        jc .out
        call fd_wait
        jc .out
        call fd_sense
        jnc .done
        loop .again
        stc
        jmp short .out
.done:
        mov cl, dl
        mov al, 1
        shl al, cl
        or [B_FDRECAL], al
        mov bl, dl
        xor bh, bh
        mov byte [B_FDCYL + bx], 0
        clc
.out:
        pop cx
        pop bx
        ret

; Move drive DL to physical cylinder CH.
fd_seek:
        push bx
        push cx
        mov cl, dl
        mov al, 1
        shl al, cl
        test [B_FDRECAL], al
        jnz .known
        call fd_recalibrate
        jc .out
.known:
        mov bl, dl
        xor bh, bh
        cmp ch, [B_FDCYL + bx]
        je .out                         ; equal: CF is 0
        mov al, 0Fh
        call fd_command
        jc .out
        mov al, dl                      ; head 0
        call fd_out
        jc .out
        mov al, ch
        call fd_out
        jc .out
        call fd_wait
        jc .lost
        call fd_sense
        jc .lost
        mov [B_FDCYL + bx], ch
        mov al, DPT_SETTLE
        call dpt_get
        xor ah, ah
        mov cx, ax
        jcxz .settled
        call delay_ms
.settled:
        clc
        jmp short .out
.lost:
        mov cl, dl                      ; where is it now? Recalibrate next time
        mov al, 0FEh
        rol al, cl
        and [B_FDRECAL], al
        stc
.out:
        pop cx
        pop bx
        ret

; READ ID on drive DL, head 0. Out: CF, AH.
fd_read_id:
        mov al, 4Ah                     ; MFM
        call fd_command
        jc .out
        mov al, dl
        call fd_out
        jc .out
        call fd_wait
        jc .out
        call fd_results
        jc .out
        call fd_status
.out:
        ret

; The result bytes in words of INT 13h: CF = 0, or CF = 1 and AH = status.
fd_status:
        mov al, [B_FDRESULT]
        and al, 0C0h
        mov ah, 0
        jz .out                         ; CF = 0
        mov ah, 20h
        cmp al, 40h                     ; anything but "abnormal termination": controller failure
        jne .bad
        mov al, [B_FDRESULT + 1]
        mov ah, 04h                     ; end of cylinder: no such sector
        shl al, 1
        jc .bad
        shl al, 1
        mov ah, 10h                     ; data error
        shl al, 1
        jc .bad
        mov ah, 08h                     ; overrun
        shl al, 1
        jc .bad
        shl al, 1
        mov ah, 04h                     ; no data
        shl al, 1
        jc .bad
        mov ah, 03h                     ; write-protected
        shl al, 1
        jc .bad
        mov ah, 02h                     ; no address mark
        shl al, 1
        jc .bad
        mov ah, 20h
.bad:
        stc
.out:
        ret

; ---- media -------------------------------------------------------------------------------------

; Has the disk in drive DL been changed? Motor on, drive selected. Out: CF = 0, or CF = 1 and
; AH = 06h: changed since it was last known, 80h: no disk. The line stays active until the heads
; step with a disk inside.
fd_check_change:
        call fd_type
        cmp al, 1                       ; 360 KB drives do not have the line
        jbe .fine
        push dx
        mov dx, FDC_DIR
        in al, dx
        pop dx
        test al, 80h
        jz .fine
        push bx
        push cx
        mov bl, dl
        xor bh, bh
        mov bh, [B_FDMEDIA + bx]        ; what was known
        push bx
        xor bh, bh
        mov byte [B_FDMEDIA + bx], 0
        call fd_recalibrate
        jc .empty
        mov ch, 1
        call fd_seek
        mov ch, 0
        call fd_seek
        push dx
        mov dx, FDC_DIR
        in al, dx
        pop dx
        test al, 80h
        jnz .empty
        pop bx
        test bh, FM_KNOWN
        pop cx
        pop bx
        jz .fine
        mov ah, 06h
        stc
        ret
.empty:
        pop bx
        pop cx
        pop bx
        mov ah, 80h
        stc
        ret
.fine:
        mov ah, 0
        clc
        ret

; Find the data rate of the disk in drive DL, and whether its tracks are twice as wide as the
; drive's. Out: CF, AH.
fd_probe:
        push bx
        push cx
        push si
        mov bl, dl
        xor bh, bh
        call fd_type
        xor ah, ah
        mov si, ax
        shl si, 1
        shl si, 1
        mov cx, 4
.rate:
        mov al, [cs:rates_by_type + si]
        inc si
        mov [B_FDMEDIA + bx], al
        call fd_set_rate
        push cx
        mov ch, 0
        call fd_seek
        pop cx
        jc .failed
        call fd_read_id
        jnc .found
        cmp ah, 80h                     ; nothing turns in there: do not try four times
        je .stuck
        loop .rate
.failed:
        mov byte [B_FDMEDIA + bx], 0
        stc
        jmp short .out
.stuck:
        call fd_reset
        mov ah, 80h
        mov byte [B_FDMEDIA + bx], 0
        stc
        jmp short .out
.found:
        or byte [B_FDMEDIA + bx], FM_KNOWN | 7
        call fd_type
        cmp al, 2
        jne .ok
        and byte [B_FDMEDIA + bx], 0F8h
        or byte [B_FDMEDIA + bx], 5     ; 1.2 MB in 1.2 MB
        test byte [B_FDMEDIA + bx], FM_RATE
        jz .ok
        dec byte [B_FDMEDIA + bx]       ; 360 KB in 1.2 MB
        ; On a 48 tpi disk the drive's cylinder 2 is the disk's cylinder 1.
        mov ch, 2
        call fd_seek
        jc .ok
        call fd_read_id
        jc .ok
        cmp byte [B_FDRESULT + 3], 1
        jne .ok
        or byte [B_FDMEDIA + bx], FM_DOUBLE
.ok:
        mov ah, 0
        clc
.out:
        pop si
        pop cx
        pop bx
        ret

; ---- DMA channel 2 -----------------------------------------------------------------------------

; AL = mode (46h to memory, 4Ah from memory, 42h verify), ES:BX = buffer, CX = bytes - 1.
; Out: CF = 1, AH = 09h if the buffer crosses a 64 KiB boundary, which the 16-bit address counter
; cannot. A verify moves no data, so it needs no buffer: it gets the ROM's address.
fd_dma:
        push bx
        push cx
        push dx
        push es
        mov dl, al
        cmp al, 42h
        jne .real
        mov ax, cs
        mov es, ax
        xor bx, bx
.real:
        mov ax, es
        push cx
        mov cl, 4
        rol ax, cl
        pop cx
        mov dh, al
        and dh, 0Fh                     ; DH = page
        and al, 0F0h
        add ax, bx
        adc dh, 0
        mov bx, ax
        add ax, cx
        mov ah, 09h
        jc .out
        cli
        mov al, 06h                     ; mask channel 2 while it is programmed
        out 0Ah, al
        out 0Ch, al                     ; low byte first
        mov al, dl
        out 0Bh, al
        mov al, bl
        out 04h, al
        mov al, bh
        out 04h, al
        mov al, dh
        out 81h, al
        mov al, cl
        out 05h, al
        mov al, ch
        out 05h, al
        sti
        mov al, 02h
        out 0Ah, al
        clc
.out:
        pop es
        pop dx
        pop cx
        pop bx
        ret
