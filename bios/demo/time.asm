; Time: IRQ0 at 72.8 Hz, the clock in the corner, `frame` and `hold`. The BIOS gets every fourth tick, so its
; own count stays right (8254 counter 0, mode 3). The clock starts from INT 1Ah and then adds up PIT counts,
; which is exact: a second is 1,193,182 of them.

time_open:
        call    clock_read
        mov     byte [clock_chain],TICK_CHAIN
        xor     ax,ax
        mov     es,ax
        cli
        mov     ax,irq0
        xchg    ax,[es:8*4]
        mov     [old_int08],ax
        mov     ax,cs
        xchg    ax,[es:8*4+2]
        mov     [old_int08+2],ax
        mov     ax,TICK_DIVISOR
        call    pit_divisor
        sti
        ret

time_close:
        xor     ax,ax
        mov     es,ax
        cli
        call    pit_divisor             ; 0 is 65536
        mov     ax,[old_int08]
        mov     [es:8*4],ax
        mov     ax,[old_int08+2]
        mov     [es:8*4+2],ax
        sti
        ret

; AX = counts of a period.
pit_divisor:
        push    ax
        mov     al,36h                  ; counter 0, low then high byte, mode 3
        out     43h,al
        pop     ax
        out     40h,al
        mov     al,ah
        out     40h,al
        ret

irq0:
        push    ax
        push    ds
        mov     ax,cs
        mov     ds,ax
        inc     word [ticks]
        call    clock_tick
        dec     byte [clock_chain]
        jz      .bios
        mov     al,20h
        out     20h,al
        pop     ds
        pop     ax
        iret
.bios:
        mov     byte [clock_chain],TICK_CHAIN
        pop     ds
        pop     ax
        jmp     far [cs:old_int08]

; ---- the clock -------------------------------------------------------------------------------------------

; From the RTC, or where there is none from the BIOS count of 18.2065 Hz ticks since midnight.
clock_read:
        mov     ah,2
        int     1Ah
        jc      .ticks
        mov     bx,cx                   ; BCD hours and minutes
        mov     di,clock_digits
        push    ds
        pop     es
        mov     al,bh
        call    .bcd
        mov     al,bl
        call    .bcd
        mov     al,dh
.bcd:
        mov     ah,al
        mov     cl,4
        shr     al,cl
        and     ax,0F0Fh
        stosw
        ret
.ticks:
        xor     ah,ah
        int     1Ah
        mov     ax,dx
        mov     dx,cx
        push    ds
        pop     es
        mov     di,clock_digits
        mov     bx,65543-65536
        xor     cl,cl
.hour:                                  ; 65543 ticks an hour, 1092.4 a minute
        test    dx,dx
        jz      .hours
        sub     ax,bx
        sbb     dx,1
        jnc     .whole
        add     ax,bx
        adc     dx,1
        jmp     .hours
.whole:
        inc     cx
        jmp     .hour
.hours:
        call    .decimal
        xor     dx,dx
        mov     bx,1092
        div     bx
        cmp     al,59
        jbe     .fits
        mov     al,59
.fits:
        mov     cl,al
        call    .decimal
        mov     ax,dx
        mov     bx,10
        mul     bx
        mov     bl,182
        div     bl
        cmp     al,59
        jbe     .second
        mov     al,59
.second:
        mov     cl,al
.decimal:
        push    ax
        mov     al,cl
        aam
        xchg    al,ah
        stosw
        pop     ax
        ret

; Called by IRQ0 with DS right; changes AX only.
clock_tick:
        add     word [clock_sum],TICK_DIVISOR
        adc     word [clock_sum+2],0
        cmp     word [clock_sum+2],PIT_HZ>>16
        jb      .out
        cmp     word [clock_sum],PIT_HZ&0FFFFh
        jb      .out
        sub     word [clock_sum],PIT_HZ&0FFFFh
        sbb     word [clock_sum+2],PIT_HZ>>16
        push    bx
        mov     bx,5
.digit:
        mov     al,[clock_digits+bx]
        inc     ax
        cmp     al,[clock_limits+bx]
        jb      .store
        mov     byte [clock_digits+bx],0
        dec     bx
        jns     .digit
        jmp     .midnight
.store:
        mov     [clock_digits+bx],al
.midnight:
        cmp     word [clock_digits],0402h       ; 24 hours
        jne     .day
        mov     word [clock_digits],0
.day:
        pop     bx
        cmp     byte [clock_shown],0
        jne     clock_draw
.out:
        ret

; Into the top right corner of the text screen. Changes AX only.
clock_draw:
        push    bx
        push    di
        push    es
        mov     ax,0B800h
        mov     es,ax
        mov     di,CELL(0,71)
        xor     bx,bx
.digit:
        mov     al,[clock_digits+bx]
        mov     ah,BAR_CLOCK
        add     al,'0'
        mov     [es:di],ax
        inc     di
        inc     di
        inc     bx
        cmp     bl,6
        jae     .out
        test    bl,1
        jnz     .digit
        mov     word [es:di],BAR_CLOCK<<8|':'
        inc     di
        inc     di
        jmp     .digit
.out:
        pop     es
        pop     di
        pop     bx
        ret

; The clock as text "hh:mm:ss",0 at clock_text, for the graphics modes.
clock_string:
        push    ds
        pop     es
        mov     di,clock_text
        mov     si,clock_digits
        mov     cx,3
.pair:
        lodsw
        add     ax,'00'
        stosw
        inc     di
        loop    .pair
        ret

clock_limits:   db      10,10,6,10,6,10
clock_text:     db      "00:00:00",0

; ---- waiting ---------------------------------------------------------------------------------------------

; AX = ticks. Halts until that long after the previous frame. A frame that is late starts a new count, so that slow
; processors show fewer pictures at the right speed. Carry: the part is over (key, or time in the unattended run).
frame:
        add     ax,[frame_at]
.wait:
        cli
        mov     bx,[ticks]
        sub     bx,ax
        jns     .due
        sti                             ; takes effect after HLT has begun: no tick is lost in between
        hlt
        jmp     .wait
.due:
        sti
        add     ax,bx
        mov     [frame_at],ax
; falls into
part_over:
        mov     ah,1
        int     16h
        jnz     .key
        cmp     byte [menu_mode],0
        jne     .no
        mov     ax,[ticks]
        sub     ax,[part_start]
        mov     bx,[part]
        cmp     ax,[bx+PART.hold]
        jae     .yes
.no:
        clc
        ret
.key:
        xor     ah,ah
        int     16h
        mov     [key],ax
        mov     byte [to_menu],1
.yes:
        stc
        ret

; Waits until the part is over.
hold:
        mov     ax,4
        call    frame
        jnc     hold
        ret

; AX = ticks since the part began.
part_time:
        mov     ax,[ticks]
        sub     ax,[part_start]
        ret
