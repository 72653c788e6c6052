; The overscan border: its width in each kind of mode, and its colour by line.
;
; picture: border-mode03 -DNUMBER=03h : -border on
; picture: border-mode01 -DNUMBER=01h : -border on
; picture: border-mode0d -DNUMBER=0Dh : -border on
; picture: border-mode12 -DNUMBER=12h : -border on
; picture: border-mode13 -DNUMBER=13h : -border on
; picture: border-raster -DNUMBER=03h -DRASTER : -border on
; picture: border-ega -DNUMBER=03h : -vga ega -border on
; picture: border-ega-cd -DNUMBER=03h : -vga ega,monitor=cd -border on
; picture: border-ega-0d -DNUMBER=0Dh : -vga ega -border on
; picture: border-cga -DNUMBER=03h -DCGA : -vga cga -border on
; picture: border-cga-mode4 -DNUMBER=04h -DCGA : -vga cga -border on
; picture: border-hercules -DNUMBER=07h : -vga hercules -border on
; picture: border-none -DNUMBER=03h
%include "video.inc"

draw:
        MODE    NUMBER
%if NUMBER <= 3 || NUMBER = 7
        NO_CURSOR
%endif
        mov     cx,40                   ; the edges of the picture
.letter:
        mov     ax,0E58h
        mov     bx,1
        int     10h
        loop    .letter
%ifdef CGA
        mov     ah,0Bh
        mov     bx,0004h
        int     10h
%elif NUMBER != 7
        mov     ax,1001h
        mov     bh,2
        int     10h
%endif
%ifdef RASTER
        mov     bp,3                    ; frames
.frame: call    retrace
        mov     bl,1
        mov     di,12                   ; bands of 32 lines, and the bottom
.band:  mov     cx,32
.line:  call    line
        loop    .line
        mov     dx,3DAh
        in      al,dx
        mov     dx,3C0h
        mov     al,11h | 20h
        out     dx,al
        mov     al,bl
        out     dx,al
        inc     bx
        dec     di
        jnz     .band
        dec     bp
        jnz     .frame
%else
        FRAMES  2
%endif
        ret
        IMAGE_END
