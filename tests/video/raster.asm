; Registers that change while a frame is on show: each takes effect at its line.
;
; picture: raster-bars -DBARS
; picture: raster-palette -DSPLITPAL
; picture: raster-pan -DWAVE
; picture: raster-mode -DMODES
; picture: raster-text -DTEXT
%include "video.inc"

draw:
%ifdef BARS
        MODE    13h
        mov     bp,4
.frame: call    retrace
        mov     si,0
.bar:   call    line
        mov     dx,3C8h
        mov     al,0
        out     dx,al
        inc     dx
        mov     ax,si
        shr     al,1
        and     al,3Fh
        out     dx,al
        mov     ax,si
        and     al,3Fh
        out     dx,al
        mov     al,3Fh
        out     dx,al
        inc     si
        cmp     si,390
        jb      .bar
        dec     bp
        jnz     .frame
%elifdef SPLITPAL
        ; the same sixteen columns, four palettes one below the other
        MODE    13h
        push    0A000h
        pop     es
        xor     di,di
        mov     dx,200
.row:   xor     bl,bl
.col:   mov     al,bl
        mov     cx,20
        rep stosb
        inc     bl
        cmp     bl,16
        jb      .col
        dec     dx
        jnz     .row
        mov     bp,4
.frame: call    retrace
        mov     bl,0
.part:  mov     cx,95
        cmp     bl,0
        je      .first
.wait:  call    line
        loop    .wait
.first: mov     dx,3C8h
        mov     al,0
        out     dx,al
        inc     dx
        mov     cl,0
.dac:   mov     al,cl
        shl     al,2
        test    bl,1
        jz      .r
        not     al
.r:     and     al,3Fh
        out     dx,al
        mov     al,cl
        test    bl,2
        jz      .g
        shl     al,2
.g:     and     al,3Fh
        out     dx,al
        mov     al,bl
        shl     al,4
        and     al,3Fh
        out     dx,al
        inc     cl
        cmp     cl,16
        jb      .dac
        inc     bl
        cmp     bl,4
        jb      .part
        dec     bp
        jnz     .frame
%elifdef WAVE
        ; columns that sway: pel panning line by line
        MODE    12h
        push    0A000h
        pop     es
        OUT2    3CEh,5,2
        xor     di,di
        mov     dx,480
.row:   mov     cx,80
        xor     al,al
.byte:  stosb
        inc     al
        loop    .byte
        dec     dx
        jnz     .row
        mov     bp,3
.frame: call    retrace
        mov     si,0
.pan:   call    line
        mov     ax,si
        shr     al,2
        test    al,8
        jz      .up
        not     al
.up:    and     al,7
        mov     bl,al
        mov     dx,3DAh
        in      al,dx
        mov     dx,3C0h
        mov     al,33h                  ; the picture stays on
        out     dx,al
        mov     al,bl
        out     dx,al
        inc     si
        cmp     si,470
        jb      .pan
        dec     bp
        jnz     .frame
%elifdef MODES
        ; 4-bit pixels above, 8-bit pixels below the middle, of the same memory
        MODE    13h
        push    0A000h
        pop     es
        xor     di,di
.fill:  mov     ax,di
        stosb
        test    di,di
        jnz     .fill
        mov     bp,3
.frame: call    retrace
        ATTR    10h,01h
        mov     cx,200
.wait:  call    line
        loop    .wait
        ATTR    10h,41h
        dec     bp
        jnz     .frame
        call    retrace
%elifdef TEXT
        ; the background of each row of text has a colour of its own
        MODE    3
        NO_CURSOR
        push    0B800h
        pop     es
        xor     di,di
        mov     cx,80*25
        mov     ax,0741h
        rep stosw
        mov     bp,3
.frame: call    retrace
        mov     si,0
.next:  mov     cx,16
.wait:  call    line
        loop    .wait
        mov     dx,3C8h
        mov     al,0
        out     dx,al
        inc     dx
        mov     ax,si
        shl     al,1
        out     dx,al
        mov     al,3Fh
        sub     ax,si
        out     dx,al
        mov     al,10h
        out     dx,al
        inc     si
        cmp     si,24
        jb      .next
        dec     bp
        jnz     .frame
%endif
        ret
        IMAGE_END
