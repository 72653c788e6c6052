; Where the picture starts: start address, panning, split screen, and when each takes effect.
;
; picture: scroll-text -DSMOOTH
; picture: scroll-bytepan -DBYTEPAN
; picture: scroll-split -DSPLIT
; picture: scroll-split-pan -DSPLIT -DSTILL
; picture: scroll-split-still -DSPLIT -DSTILL -DNOPAN
; picture: scroll-planar -DPLANAR
; picture: scroll-late -DLATE
; picture: scroll-wrap -DWRAP
%include "video.inc"

draw:
%ifdef SMOOTH
        ; text: one row and a bit down, three and a half characters to the right
        MODE    3
        NO_CURSOR
        push    0B800h
        pop     es
        xor     di,di
        mov     cx,80*50
        call    fill_text
        OUT2    3D4h,0Ch,0
        OUT2    3D4h,0Dh,83
        OUT2    3D4h,08h,5              ; first line of the row
        ATTR    13h,3                   ; with nine dots: four
        FRAMES  2
%elifdef BYTEPAN
        MODE    3
        NO_CURSOR
        push    0B800h
        pop     es
        xor     di,di
        mov     cx,80*50
        call    fill_text
        OUT2    3D4h,08h,60h            ; three characters
        FRAMES  2
%elifdef SPLIT
        ; the lower quarter shows memory from 0 on, above it all moves
        MODE    12h
        push    0A000h
        pop     es
        mov     bp,80
        call    bars
        OUT2    3D4h,0Ch,(80*100) >> 8
        OUT2    3D4h,0Dh,(80*100) & 0FFh
        OUT2    3D4h,18h,360 & 0FFh
        OUT2    3D4h,07h,2Eh | 10h      ; bit 8 of the line compare
        OUT2    3D4h,11h,0Ch
        OUT2    3D4h,07h,3Eh
        OUT2    3D4h,09h,00h            ; bit 9
%ifdef STILL
%ifdef NOPAN
        ATTR    10h,21h                 ; the lower part does not pan
%endif
        ATTR    13h,4
        OUT2    3D4h,08h,20h
%endif
        FRAMES  2
%elifdef PLANAR
        ; a virtual screen of 1024 dots, seen from dot 203, row 50 on
        MODE    10h
        OUT2    3D4h,13h,64
        push    0A000h
        pop     es
        mov     bp,128
        call    bars
        OUT2    3D4h,0Ch,(128*50+25) >> 8
        OUT2    3D4h,0Dh,(128*50+25) & 0FFh
        ATTR    13h,3
        FRAMES  2
%elifdef LATE
        ; panning takes effect at once, the start address with the next frame: in the frame on
        ; show the lower half moves by the panning only
        MODE    13h
        push    0A000h
        pop     es
        xor     di,di
        xor     dl,dl
.row:   mov     cx,320
.byte:  mov     al,cl
        shr     al,2
        add     al,dl
        stosb
        loop    .byte
        inc     dl
        cmp     dl,204
        jb      .row
        FRAMES  3
        mov     cx,200
.lines: call    line
        loop    .lines
        OUT2    3D4h,0Dh,40             ; half a row on
        ATTR    13h,6                   ; three pixels
        FRAMES  1
%elifdef WRAP
        ; the address counter wraps at the end of memory
        MODE    0Dh
        push    0A000h
        pop     es
        mov     bp,40
        call    bars
        OUT2    3D4h,0Ch,0F8h
        OUT2    3D4h,0Dh,00h
        FRAMES  2
%endif
        ret

; ES = A000h: squares of 16 lines and BP bytes' quarter in all colours, a white line across each row
; of them, and a comb at the left edge; BP = bytes of a row.
bars:
        OUT2    3CEh,5,2
        xor     di,di
        xor     dx,dx                   ; line
.line:
        xor     si,si                   ; byte
.byte:
        mov     ax,si
        shr     ax,2
        mov     bx,dx
        shr     bx,4
        add     ax,bx
        mov     bx,si                   ; the white line: 16 lines down in 64 bytes
        shr     bx,2
        xor     bx,dx
        test    bx,15
        jnz     .color
        mov     al,15
.color:
        test    si,si
        jnz     .put
        test    dx,1
        jz      .put
        mov     al,15
.put:
        stosb
        inc     si
        test    di,di
        jz      .out
        cmp     si,bp
        jb      .byte
        inc     dx
        jmp     .line
.out:
        OUT2    3CEh,5,0
        ret
        IMAGE_END
