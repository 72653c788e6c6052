; What a CGA does, on a VGA: palettes of mode 4 through INT 10h 0Bh, and the text modes of 200 lines.
;
; picture: cga-palette0 -DPALETTE=0 -DGROUND=1
; picture: cga-palette0-bright -DPALETTE=0 -DGROUND=14h
; picture: cga-palette1 -DPALETTE=1 -DGROUND=2
; picture: cga-palette1-bright -DPALETTE=1 -DGROUND=10h
%include "video.inc"

draw:
        MODE    4
        mov     ax,0B00h
        mov     bx,GROUND
        int     10h
        mov     ax,0B00h
        mov     bx,0100h | PALETTE
        int     10h
        push    0B800h
        pop     es
        xor     di,di
        call    bank
        mov     di,2000h
        call    bank
        FRAMES  2
        ret
bank:   mov     cx,8000
.byte:  mov     ax,di
        xor     al,ah
        stosb
        loop    .byte
        ret
        IMAGE_END
