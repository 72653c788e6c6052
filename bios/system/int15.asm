; INT 15h: the system services' dispatcher and the small ones. Memory, pointing device and power
; management have files of their own.

int15:
        cmp ah, 4Fh                     ; the keyboard handler's question: nobody objects
        je int15_far_carry
        cmp ah, 90h                     ; wait and post: nobody switches tasks
        je int15_quiet
        cmp ah, 91h
        je int15_quiet
        SAVE_FRAME
        SETSEG ds, ax, SEG_BDA
        mov al, [bp + F_AH]
        mov si, int15_table
.find:
        cmp al, [cs:si]
        je .found
        add si, 3
        cmp si, int15_table_end
        jb .find
.unknown:
        mov byte [bp + F_AH], 86h
        jmp short .fail
.found:
        call [cs:si + 1]                ; CF = 1 and AH = status, or AH = 0 in the frame as left
        jc .error
        and byte [bp + F_FLAGS], ~FL_CF
        jmp short .out
.error:
        mov [bp + F_AH], ah
.fail:
        or byte [bp + F_FLAGS], FL_CF
.out:
        RESTORE_FRAME
        iret

; Leave with the carry as it came (4Fh: set by the caller), all else untouched.
int15_far_carry:
        push bp
        mov bp, sp
        or byte [bp + 6], FL_CF
        pop bp
        iret
int15_quiet:
        mov ah, 0
        push bp
        mov bp, sp
        and byte [bp + 6], ~FL_CF
        pop bp
        iret

%macro FUNC 2
        db %1
        dw %2
%endmacro
int15_table:
        FUNC 24h, int15_a20
        FUNC 53h, int15_apm
        FUNC 80h, int15_accept          ; device open
        FUNC 81h, int15_accept          ; device close
        FUNC 82h, int15_accept          ; program end
        FUNC 83h, int15_event_wait
        FUNC 84h, int15_joystick
        FUNC 85h, int15_accept          ; SysReq
        FUNC 86h, int15_wait
        FUNC 87h, int15_move
        FUNC 88h, int15_extended
        FUNC 89h, int15_protected
        FUNC 0C0h, int15_config
        FUNC 0C1h, int15_ebda
        FUNC 0C2h, int15_mouse
        FUNC 0E8h, int15_memory
int15_table_end:

; A function that this machine does not have.
int15_none:
        mov ah, 86h
        stc
        ret

int15_accept:
        mov byte [bp + F_AH], 0
        clc
        ret

; ES:BX = configuration table.
int15_config:
        mov word [bp + F_BX], system_table
        mov [bp + F_ES], cs
        jmp short int15_accept

int15_ebda:
        mov ax, [B_EBDA]
        mov [bp + F_ES], ax
        clc
        ret

; ---- 24h: A20 ----------------------------------------------------------------------------------
; AL = 0 off, 1 on, 2 state in AL, 3 how it can be done in BX (8042 and port 92h).
int15_a20:
        call cpu_type
        cmp al, CPU_286
        jb int15_none
        mov al, [bp + F_AL]
        cmp al, 2
        je .state
        cmp al, 3
        je .ways
        ja int15_none
        call a20_set
        mov ah, 01h                     ; controller in secure mode, so to speak
        jc .out
        jmp short int15_accept
.state:
        call a20_get
        mov [bp + F_AL], al
        jmp short int15_accept
.ways:
        mov word [bp + F_BX], 3
        jmp short int15_accept
.out:
        ret

; ---- 83h, 86h: timed waits ---------------------------------------------------------------------
; Both count periodic interrupts of the clock chip, 976 us each (int1a.asm).

; AL = 0: set bit 7 of the byte at ES:BX in CX:DX microseconds; AL = 1: cancel.
int15_event_wait:
        mov al, [bp + F_AL]
        cmp al, 1
        je .cancel
        ja int15_none
        mov bx, [bp + F_BX]
        mov dx, [bp + F_ES]
        call wait_begin
        jc .busy
        jmp short int15_accept
.busy:
        mov ah, 0
        ret
.cancel:
        and byte [B_WAITACTIVE], 0FEh
        mov ah, 40h
        call rtc_disable
        jmp short int15_accept

; Wait CX:DX microseconds, halted.
int15_wait:
        mov bx, B_WAITACTIVE
        mov dx, SEG_BDA
        call wait_begin
        jc .busy
.again:
        cli
        test byte [B_WAITACTIVE], 80h
        jnz .done
        sti
        hlt
        jmp short .again
.done:
        and byte [B_WAITACTIVE], 7Fh
        sti
        jmp int15_accept
.busy:
        mov ah, 83h
        ret

; DX:BX = flag byte, time in the frame. Out: CF = 1 if a wait is under way.
wait_begin:
        pushf
        cli
        test byte [B_WAITACTIVE], 1
        jnz .busy
        mov byte [B_WAITACTIVE], 1
        mov [B_WAITFLAG], bx
        mov [B_WAITFLAG + 2], dx
        mov ax, [bp + F_DX]
        mov [B_WAITCOUNT], ax
        mov ax, [bp + F_CX]
        mov [B_WAITCOUNT + 2], ax
        call rtc_irq_on
        mov ah, 40h
        call rtc_enable
        popf
        clc
        ret
.busy:
        popf
        stc
        ret

; ---- 84h: joystick -----------------------------------------------------------------------------
; DX = 0: switches in AL bits 7-4. DX = 1: AX, BX, CX, DX = positions of both sticks.
int15_joystick:
        mov bx, [bp + F_DX]
        cmp bx, 1
        ja .none
        mov dx, 201h
        in al, dx
        cmp al, 0FFh                    ; nothing there
        je .none
        or bx, bx
        jnz .positions
        and al, 0F0h
        mov [bp + F_AL], al
        clc
        ret
.none:
        jmp int15_none

; A position is the time until its one-shot falls back, at most 1.5 ms; 24.2 us + 11 us per
; kilohm. The unit of old BIOSes is about 2.7 us: 256 steps at 100 kilohm are 416.
.positions:
        pushf
        cli
        xor ax, ax
        mov [bp + F_AX], ax
        mov [bp + F_BX], ax
        mov [bp + F_CX], ax
        mov [bp + F_DX], ax
        out dx, al
        call pit_read
        mov si, ax                      ; SI = last count
        xor di, di                      ; DI = half clocks so far
        mov bl, 0Fh                     ; still running
.sample:
        in al, dx
        not al
        and al, bl                      ; those that just ended
        mov bh, al
        call pit_read
        xchg ax, si
        cmp ax, si
        jb .wrapped
        sub ax, si
.wrapped:
        add di, ax
        mov cx, 6
        mov ax, di
        push dx
        xor dx, dx
        div cx
        pop dx
        test bh, 1
        jz .y1
        mov [bp + F_AX], ax
.y1:
        test bh, 2
        jz .x2
        mov [bp + F_BX], ax
.x2:
        test bh, 4
        jz .y2
        mov [bp + F_CX], ax
.y2:
        test bh, 8
        jz .next
        mov [bp + F_DX], ax
.next:
        not bh
        and bl, bh
        jz .done
        cmp di, 3600
        jb .sample
.done:
        popf
        clc
        ret
