; Fixed-point maths: sines and rotation in 2.14 numbers. A circle has 256 steps.

; Bhaskara's formula of the 7th century, good to 0.2 %: for 0 <= x <= 128 the sine of x * 180/128 degrees is
; 16 x (128 - x) / (5 * 128 * 128 - 4 x (128 - x)).
sine:
%assign sine_x 0
%rep 256
%assign sine_y (sine_x & 127) * (128 - (sine_x & 127))
%assign sine_s (16384 * 16 * sine_y) / (5 * 128 * 128 - 4 * sine_y)
%if sine_x < 128
        dw      sine_s
%else
        dw      -sine_s
%endif
%assign sine_x sine_x + 1
%endrep

; AL = angle. AX = its sine, 2.14.
sin:
        push    bx
        mov     bl,al
        xor     bh,bh
        add     bx,bx
        mov     ax,[sine+bx]
        pop     bx
        ret

; AX = AX * BX / 16384. Changes DX.
mul14:
        imul    bx
        shl     ax,1
        rcl     dx,1
        shl     ax,1
        rcl     dx,1
        mov     ax,dx
        ret

; Turns the pair at [SI], [DI] by the angle BL.
turn:
        push    bp
        mov     al,bl
        call    sin
        mov     cx,ax                   ; CX = sine, BP = cosine
        mov     al,bl
        add     al,64
        call    sin
        mov     bp,ax
        mov     bx,cx
        mov     ax,[si]
        call    mul14
        push    ax                      ; a sin
        mov     ax,[di]
        call    mul14
        push    ax                      ; b sin
        mov     bx,bp
        mov     ax,[si]
        call    mul14
        pop     dx
        sub     ax,dx                   ; a cos - b sin
        mov     [si],ax
        mov     ax,[di]
        call    mul14
        pop     dx
        add     ax,dx                   ; b cos + a sin
        mov     [di],ax
        pop     bp
        ret
