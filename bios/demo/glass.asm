; Mode 13h: a glass body turns over flowing colours. A pixel is depth * 16 + background: the background level
; is drawn once and moves because the palette does; each face of the body adds its own depth of glass to the
; pixels behind it, so the body is transparent without any sorting: it is convex, and every line of sight meets one
; face on the way in and one on the way out. The palette has all mixtures. Depth 15 is kept for plain
; greys, the caption.

GLASS_X         equ     160             ; middle of the body
GLASS_Y         equ     92
GREYS           equ     0F0h
CAPTION_Y       equ     184
CORNERS         equ     12
FACES           equ     20
EDGES           equ     30

glass_part:
        mov     byte [clock_shown],0
        mov     byte [video_mode],13h
        mov     ax,13h
        int     10h
        mov     ax,1130h                ; the 8x8 font
        mov     bh,3
        int     10h
        mov     [font8],bp
        mov     [font8+2],es
        call    glass_palette
        call    plasma_waves
        call    plasma_draw
        call    caption_draw
        call    picture_show
        call    glass_sizes
.frame:
        call    glass_palette
        call    window_clear
        call    glass_turn
        call    glass_faces
        call    glass_edges
        call    window_show
        call    caption_clock
        mov     ax,2
        call    frame
        jnc     .frame
        ret

; ---- the background -----------------------------------------------------------------------------------------

; Three sums of waves, in 1/16 of a level. The 4x4 ordered dither (Bayer 1973) is part of the rows.
plasma_waves:
        push    ds
        pop     es
        mov     di,plasma_rows
        xor     bx,bx                   ; BX = x, BP = row of the pattern
        xor     bp,bp
.row:
        mov     ax,bx
        call    sin
        mov     cl,8
        sar     ax,cl
        mov     dx,ax
        mov     ax,bx
        add     ax,bx
        add     ax,bx
        shr     ax,1
        shr     ax,1
        call    sin
        mov     cl,9
        sar     ax,cl
        add     ax,dx
        mov     si,bx
        and     si,3
        add     si,bp
        add     al,[bayer+si]
        stosb
        inc     bx
        cmp     bx,320
        jb      .row
        xor     bx,bx
        add     bp,4
        cmp     bp,16
        jb      .row
.diagonal:                              ; plasma_diag follows
        mov     ax,bx
        shr     ax,1
        add     ax,bx
        call    sin
        mov     cl,9
        sar     ax,cl
        stosb
        inc     bx
        cmp     bx,320+200
        jb      .diagonal
        xor     bx,bx
.column:
        mov     ax,bx
        add     ax,bx
        call    sin
        mov     cl,8
        sar     ax,cl
        add     ax,bx
        stosb
        inc     bx
        cmp     bx,200
        jb      .column
        ret

plasma_draw:
        mov     ax,BACK_SEG
        mov     es,ax
        xor     di,di
        xor     bp,bp                   ; y
.line:
        mov     ax,bp
        and     ax,3
        mov     dx,320
        mul     dx
        mov     si,plasma_rows
        add     si,ax
        mov     bx,plasma_diag
        add     bx,bp
        mov     dl,[ds:plasma_column+bp]
        mov     cx,320
.pixel:
        lodsb
        add     al,[bx]
        inc     bx
        add     al,dl
        shr     al,1
        shr     al,1
        shr     al,1
        shr     al,1
        stosb
        loop    .pixel
        push    ds                      ; the line onto the screen: slow processors show work in progress
        push    es
        mov     ax,es
        mov     ds,ax
        mov     ax,0A000h
        mov     es,ax
        sub     di,320
        mov     si,di
        mov     cx,320/2
        rep     movsw
        pop     es
        pop     ds
        inc     bp
        cmp     bp,CAPTION_Y
        jb      .line
        ret

; The caption onto the screen, all of the background into the picture.
picture_show:
        push    ds
        mov     ax,0A000h
        mov     es,ax
        mov     ax,BACK_SEG
        mov     ds,ax
        mov     si,CAPTION_Y*320
        mov     di,si
        mov     cx,320*(200-CAPTION_Y)/2
        rep     movsw
        mov     ax,DRAW_SEG
        mov     es,ax
        xor     si,si
        xor     di,di
        mov     cx,320*200/2
        rep     movsw
        pop     ds
        ret

; ---- the palette --------------------------------------------------------------------------------------------

glass_palette:
        call    part_time
        shr     ax,1
        mov     bp,ax                   ; phase: the background flows round in 7 seconds
        xor     di,di                   ; background level
.level:
        mov     ax,di
        mov     cl,4
        shl     ax,cl
        add     ax,bp
        mov     bx,di                   ; entry of depth 0
        add     bx,bx
        add     bx,di
        xor     si,si
.component:
        push    ax
        add     al,[wave_phase+si]
        call    sin
        mov     cl,11
        sar     ax,cl                   ; -8..8
        imul    byte [wave_height+si]
        mov     cl,3
        sar     ax,cl
        add     al,[wave_middle+si]
        call    palette_mix
        pop     ax
        inc     bx
        inc     si
        cmp     si,3
        jb      .component
        inc     di
        cmp     di,16
        jb      .level
        mov     di,GREYS*3
        xor     al,al
        push    ds
        pop     es
.grey:
        mov     [palette+di],al
        mov     [palette+di+1],al
        mov     [palette+di+2],al
        add     di,3
        add     al,4
        cmp     al,64
        jb      .grey
        mov     byte [palette+765],63
        mov     byte [palette+766],63
        mov     byte [palette+767],63
        mov     si,palette
        mov     cx,768
        mov     dx,3C8h
        xor     al,al
        out     dx,al
        inc     dx
.out:
        lodsb
        out     dx,al
        loop    .out
        ret

; AL = background component, SI = which, BX = its place: fills in the mixtures with 0-14 sixteenths of glass.
palette_mix:
        push    bx
        mov     ah,al
        xor     al,al                   ; AX = component * 256
        mov     dh,[glass_tint+si]
        sub     dh,ah
        xor     dl,dl
        mov     cl,4
        sar     dx,cl
        mov     cx,15
.depth:
        mov     [palette+bx],ah
        add     ax,dx
        add     bx,16*3
        loop    .depth
        pop     bx
        ret

; ---- the body -----------------------------------------------------------------------------------------------

; Smaller on slow processors: work grows with the square.
glass_sizes:
        mov     al,[cpu_level]
        mov     bx,glass_radii
        xlat
        xor     ah,ah
        mov     [glass_r],ax
        add     ax,2
        mov     bx,GLASS_X
        sub     bx,ax                   ; left edge
        mov     cx,GLASS_Y
        sub     cx,ax                   ; top edge
        add     ax,ax
        mov     [glass_size],ax
        mov     ax,320
        mul     cx
        add     ax,bx
        mov     [glass_corner],ax
        ret

window_clear:
        mov     bx,BACK_SEG
        mov     ax,DRAW_SEG
        jmp     window_copy
window_show:
        mov     bx,DRAW_SEG
        mov     ax,0A000h

; From segment BX to segment AX.
window_copy:
        mov     si,[glass_corner]
        mov     dx,[glass_size]
        mov     bp,dx
        shr     bp,1
        push    ds
        mov     es,ax
        mov     ds,bx
        mov     ax,dx
        neg     ax
        add     ax,320
.line:
        mov     di,si
        mov     cx,bp
        rep     movsw
        add     si,ax
        dec     dx
        jnz     .line
        pop     ds
        ret

glass_turn:
        call    part_time
        mov     [angle],ax              ; a turn in 3.5 seconds around y, slower around x and z
        shr     ax,1
        mov     [angle+2],ax
        shr     ax,1
        mov     [angle+4],ax
        push    ds
        pop     es
        mov     si,corners
        mov     di,turned
        mov     cx,CORNERS*3
        rep     movsw
        mov     di,turned
        mov     bp,points
        mov     cx,CORNERS
.corner:
        push    cx
        mov     si,di
        mov     bl,[angle]
        add     di,4
        call    turn                    ; x, z
        lea     si,[di-2]
        mov     bl,[angle+2]
        call    turn                    ; y, z
        lea     si,[di-4]
        dec     di
        dec     di
        mov     bl,[angle+4]
        call    turn                    ; x, y
        call    glass_project
        lea     di,[si+6]
        pop     cx
        loop    .corner
        ret

; SI = turned corner; its place in the window to [BP], seen from 4 radii away.
glass_project:
        mov     ax,[glass_r]
        mov     bx,31                   ; a corner at the silhouette comes just to the radius
        mul     bx
        mov     cl,3
        shr     ax,cl
        mov     cx,ax
        mov     bx,[si+4]
        add     bx,512
        mov     ax,[si]
        call    .axis
        mov     ax,[si+2]
.axis:
        imul    cx
        idiv    bx
        add     ax,[glass_r]
        add     ax,2
        mov     [ds:bp],ax
        inc     bp
        inc     bp
        ret

glass_faces:
        mov     si,faces
        mov     cx,FACES
.face:
        push    cx
        push    si
        call    face_depth
        pop     si
        mov     di,tri
        push    ds
        pop     es
        mov     cx,3
.corner:
        lodsb
        cbw
        add     ax,ax
        add     ax,ax
        mov     bx,ax
        mov     ax,[points+bx]
        stosw
        mov     ax,[points+bx+2]
        stosw
        loop    .corner
        push    si
        call    triangle_fill
        pop     si
        pop     cx
        loop    .face
        ret

; SI = face. [tri_add] = its depth of glass. The middle of a face of an icosahedron stands upright on it, so
; its direction is the face's normal. The light comes from the upper left, behind the viewer.
face_depth:
        xor     dx,dx                   ; 2 x + 3 y + 4 z of the sum of three corners
        xor     di,di                   ; z alone
        mov     cx,3
.corner:
        lodsb
        cbw
        mov     bx,ax
        add     bx,bx
        add     bx,ax
        add     bx,bx
        mov     ax,[turned+bx]
        add     ax,ax
        sub     dx,ax
        mov     ax,[turned+bx+2]
        sub     dx,ax
        add     ax,ax
        sub     dx,ax
        mov     ax,[turned+bx+4]
        add     di,ax
        add     ax,ax
        add     ax,ax
        sub     dx,ax
        loop    .corner
        mov     ax,dx
        mov     cl,8                    ; -6..6
        cmp     di,-60                  ; seen from the eye: (middle - eye) . normal changes sign here
        jge     .back
        sar     ax,cl
        jns     .lit
        xor     ax,ax
.lit:
        inc     ax
        cmp     al,7
        jb      .set
        add     al,3                    ; a flash when a face looks at the light
        jmp     .set
.back:
        sar     ax,cl
        jns     .positive
        neg     ax
.positive:
        shr     ax,1
        inc     ax
.set:
        mov     cl,4
        shl     al,cl
        mov     ah,al
        mov     [tri_add],ax
        ret

; The edges on this side and the outline.
glass_edges:
        mov     ax,DRAW_SEG
        mov     es,ax
        mov     si,edges
        mov     cx,EDGES
.edge:
        push    cx
        lodsb
        cbw
        mov     bx,ax
        call    .corner
        push    ax
        mov     ax,[points+bx]
        mov     bp,[points+bx+2]
        mov     cx,ax
        lodsb
        cbw
        mov     bx,ax
        call    .corner
        pop     dx
        add     ax,dx
        cmp     ax,50                   ; the outline too, which lies a little behind the middle
        jl      .front
        jmp     .next
.front:
        push    si
        mov     ax,cx
        mov     cx,[points+bx]
        mov     dx,bp
        mov     bx,[points+bx+2]
        xchg    bx,cx                   ; AX, DX to BX, CX
        call    line
        pop     si
.next:
        pop     cx
        loop    .edge
        ret
; BX = corner: AX = its z, BX = offset of its point.
.corner:
        mov     ax,bx
        add     bx,bx
        add     bx,ax
        add     bx,bx
        push    ax
        mov     ax,[turned+bx+4]
        pop     bx
        add     bx,bx
        add     bx,bx
        ret

; ---- the caption --------------------------------------------------------------------------------------------

caption_draw:
        mov     ax,BACK_SEG
        mov     es,ax
        mov     di,CAPTION_Y*320
        mov     cx,320*(200-CAPTION_Y)/2
        mov     ax,GREYS<<8|GREYS
        rep     stosw
        mov     di,(CAPTION_Y+4)*320+8
        mov     si,text_caption
        jmp     text8

caption_clock:
        mov     al,[clock_digits+5]
        inc     ax
        cmp     al,[drawn_second]
        je      .out
        mov     [drawn_second],al
        call    clock_string
        mov     ax,0A000h
        mov     es,ax
        mov     di,(CAPTION_Y+4)*320+320-8-64
        mov     si,clock_text
        jmp     text8
.out:
        ret

bayer:          db      0,8,2,10, 12,4,14,6, 3,11,1,9, 15,7,13,5
wave_phase:     db      0,200,110
wave_height:    db      14,13,15
wave_middle:    db      15,14,31
glass_tint:     db      50,62,63
glass_radii:    db      36,40,52,78,78,78

corners:
        dw      0,-67,-108, 0,-67,108, 0,67,-108, 0,67,108
        dw      -67,-108,0, -67,108,0, 67,-108,0, 67,108,0
        dw      -108,0,-67, 108,0,-67, -108,0,67, 108,0,67
faces:
        db      0,2,8, 0,2,9, 0,4,6, 0,4,8, 0,6,9
        db      1,3,10, 1,3,11, 1,4,6, 1,4,10, 1,6,11
        db      2,5,7, 2,5,8, 2,7,9, 3,5,7, 3,5,10
        db      3,7,11, 4,8,10, 5,8,10, 6,9,11, 7,9,11
edges:
        db      0,2, 0,4, 0,6, 0,8, 0,9, 1,3, 1,4, 1,6, 1,10, 1,11
        db      2,5, 2,7, 2,8, 2,9, 3,5, 3,7, 3,10, 3,11, 4,6, 4,8
        db      4,10, 5,7, 5,8, 5,10, 6,9, 6,11, 7,9, 7,11, 8,10, 9,11
text_caption:   db      "320 x 200, 256 colours",0
