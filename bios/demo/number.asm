; Numbers on the text screen: ES:DI = cell, AH = attribute, as in text.asm.

; AL = 0-15.
put_hex4:
        and     al,15
        add     al,90h
        daa
        adc     al,40h
        daa
        stosw
        ret

; BL.
put_hex8:
        push    cx
        mov     cl,4
        mov     al,bl
        shr     al,cl
        pop     cx
        call    put_hex4
        mov     al,bl
        jmp     put_hex4

; BX.
put_hex16:
        xchg    bl,bh
        call    put_hex8
        xchg    bl,bh
        jmp     put_hex8

; DX:BX.
put_hex32:
        push    bx
        mov     bx,dx
        call    put_hex16
        pop     bx
        jmp     put_hex16

; DX:BX in decimal. Changes BX, CX, DX, SI.
put_decimal:
        push    bp
        mov     bp,ax
        xor     cx,cx
.digit:
        push    cx
        mov     cx,10
        mov     ax,dx                   ; schoolbook division by 10 in two steps
        xor     dx,dx
        div     cx
        mov     si,ax
        mov     ax,bx
        div     cx
        mov     bx,ax
        pop     cx
        push    dx                      ; digits from the last one on
        inc     cx
        mov     dx,si
        or      ax,dx
        jnz     .digit
        mov     ax,bp
.out:
        pop     bx
        mov     al,bl
        add     al,'0'
        stosw
        loop    .out
        pop     bp
        ret
