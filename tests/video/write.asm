; The graphics controller: write modes, functions, rotation, set/reset, bit mask, latches; what read
; mode 1 and odd/even addressing give is drawn as well.
;
; picture: write
%include "video.inc"

; SQUARE column, row, mode, function and rotate: 16 rows of 8 bytes there. The bytes are 55h, 0FFh,
; 0Fh, 33h, 81h, 7, 0Ah, 0.
%macro  SQUARE 4
        OUT2    3CEh,5,%3
        OUT2    3CEh,3,%4
        mov     di,%1 + (%2)*80
        call    square
%endmacro

draw:
        MODE    12h
        push    0A000h
        pop     es
        ; the ground: stripes of all colours, two rows each
        OUT2    3CEh,5,2
        xor     di,di
        mov     dx,480
.ground:
        mov     cx,80
        mov     al,dl
        shr     al,1
        rep stosb
        dec     dx
        jnz     .ground

        ; write mode 0: functions, then rotation
        SQUARE  2,10,0,00h
        SQUARE  12,10,0,08h
        SQUARE  22,10,0,10h
        SQUARE  32,10,0,18h
        SQUARE  42,10,0,03h
        SQUARE  52,10,0,1Dh
        ; set/reset in planes 0 and 2, bit mask
        OUT2    3CEh,0,04h
        OUT2    3CEh,1,05h
        SQUARE  2,40,0,00h
        SQUARE  12,40,0,08h
        OUT2    3CEh,8,3Ch
        SQUARE  22,40,0,00h
        SQUARE  32,40,0,10h
        OUT2    3CEh,1,0
        SQUARE  42,40,0,18h
        SQUARE  52,40,0,05h
        OUT2    3CEh,8,0FFh
        ; map mask
        OUT2    3C4h,2,06h
        SQUARE  2,70,0,00h
        SQUARE  12,70,2,00h
        SQUARE  22,70,2,18h
        OUT2    3C4h,2,0Fh
        ; write mode 2
        SQUARE  32,70,2,00h
        OUT2    3CEh,8,0F0h
        SQUARE  42,70,2,00h
        SQUARE  52,70,2,08h
        OUT2    3CEh,8,0FFh
        ; write mode 3
        OUT2    3CEh,0,0Ah
        SQUARE  2,100,3,00h
        SQUARE  12,100,3,08h
        SQUARE  22,100,3,04h
        OUT2    3CEh,8,7Eh
        SQUARE  32,100,3,00h
        SQUARE  42,100,3,1Ah
        OUT2    3CEh,8,0FFh
        ; write mode 1: the rows above, copied
        OUT2    3CEh,5,1
        mov     si,10*80
        mov     di,140*80
        mov     cx,110*80
        push    ds
        push    es
        pop     ds
        rep movsb
        pop     ds
        ; words and dwords are bytes one after the other
        OUT2    3CEh,5,0
        OUT2    3CEh,3,18h
        mov     di,260*80+2
        mov     cx,8
.word:  mov     ax,[es:di]
        mov     ax,0F055h
        stosw
        loop    .word
        mov     cx,8
.dword: mov     eax,[es:di]
        mov     eax,0FF00A53Ch
        stosd
        loop    .dword
        OUT2    3CEh,3,0

        ; read mode 1: where the colour is 5 (all planes count), then where planes 0 and 1 are set
        OUT2    3CEh,2,5
        OUT2    3CEh,7,0Fh
        mov     di,280*80
        call    compare
        OUT2    3CEh,2,3
        OUT2    3CEh,7,3
        mov     di,310*80
        call    compare
        ; read mode 0: each plane in turn
        mov     bl,0
.plane: mov     ah,bl
        mov     al,4
        mov     dx,3CEh
        out     dx,ax
        OUT2    3CEh,5,0
        movzx   di,bl
        imul    di,di,20
        add     di,340*80
        mov     si,10*80+2
        mov     dx,16
.copy:  mov     cx,18
        push    si
        push    di
.byte:  mov     al,[es:si]
        inc     si
        stosb
        loop    .byte
        pop     di
        pop     si
        add     si,80
        add     di,80
        dec     dx
        jnz     .copy
        inc     bl
        cmp     bl,4
        jb      .plane

        ; odd/even: even addresses go to planes 0 and 2, odd ones to 1 and 3
        OUT2    3C4h,4,2
        OUT2    3CEh,6,7
        OUT2    3CEh,5,10h
        OUT2    3CEh,4,0
        mov     di,370*80
        mov     cx,20*80
        xor     ax,ax
.odd:   stosb
        inc     al
        loop    .odd
        OUT2    3C4h,4,6
        OUT2    3CEh,6,5
        OUT2    3CEh,5,0

        ; chain 4 in a picture of planes
        OUT2    3C4h,4,0Eh
        mov     di,400*80
        mov     cx,20*80
        xor     ax,ax
.chain: stosb
        inc     al
        loop    .chain
        OUT2    3C4h,4,6
        ret

square:
        mov     dx,16
.row:   mov     cx,8
        mov     si,bytes
.byte:  mov     al,[es:di]              ; latches
        lodsb
        stosb
        loop    .byte
        add     di,80-8
        dec     dx
        jnz     .row
        ret

; 16 rows of bytes that read mode 1 gives for the rows of the squares, at DI.
compare:
        mov     si,10*80
        mov     dx,0
.byte:
        push    dx
        OUT2    3CEh,5,8
        mov     bl,[es:si]
        OUT2    3CEh,5,0
        pop     dx
        mov     al,bl
        stosb
        inc     si
        inc     dx
        cmp     dx,16*80
        jb      .byte
        ret

bytes   db      55h,0FFh,0Fh,33h,81h,7,0Ah,0
        IMAGE_END
