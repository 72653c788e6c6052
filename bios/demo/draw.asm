; Drawing in mode 13h: filled triangles that add, lines, 8x8 text. Triangles and lines work in DRAW_SEG, in coordinates
; of the window whose corner is glass_corner.

; The triangle [tri]: every pixel inside gains [tri_add]. A pixel on an edge that two triangles share belongs to one
; of them: an edge is always followed from its upper end, with the same steps.
triangle_fill:
        call    triangle_sort
        mov     ax,DRAW_SEG
        mov     es,ax
        mov     ax,[tri+2]
        mov     dx,320
        imul    dx
        add     ax,[glass_corner]
        mov     [tri_row],ax
        mov     si,tri                  ; long edge: top to bottom
        mov     di,tri+8
        call    edge_step
        mov     [tri_long],bx
        mov     [tri_long_step],ax
        mov     si,tri                  ; short edges: top to middle, middle to bottom
        mov     di,tri+4
        call    .part
        mov     si,tri+4
        mov     di,tri+8
.part:
        call    edge_step
        mov     [tri_short],bx
        mov     [tri_short_step],ax
        mov     bp,[di+2]
        sub     bp,[si+2]
        jz      .out
.line:
        mov     ax,[tri_long]
        mov     bx,[tri_short]
        mov     cl,7
        shr     ax,cl
        shr     bx,cl
        cmp     ax,bx
        jbe     .ordered
        xchg    ax,bx
.ordered:
        mov     cx,bx
        sub     cx,ax
        jz      .next
        mov     di,[tri_row]
        add     di,ax
        mov     ax,[tri_add]
        shr     cx,1
        jnc     .pairs
        add     [es:di],al
        inc     di
        jcxz    .next
.pairs:
        add     [es:di],ax              ; two pixels: neither carries, depths sum to 14 at most
        inc     di
        inc     di
        loop    .pairs
.next:
        mov     ax,[tri_long_step]
        add     [tri_long],ax
        mov     ax,[tri_short_step]
        add     [tri_short],ax
        add     word [tri_row],320
        dec     bp
        jnz     .line
.out:
        ret

; SI, DI = upper and lower end. BX = x at the start, AX = step, both in 1/128 pixels. Windows are less than 256
; pixels wide, so both fit.
edge_step:
        mov     ax,[di]
        sub     ax,[si]
        mov     cl,7
        shl     ax,cl
        cwd
        mov     cx,[di+2]
        sub     cx,[si+2]
        jz      .flat
        idiv    cx
.flat:
        mov     bx,[si]
        mov     cl,7
        shl     bx,cl
        ret

; Corners of [tri] by growing y.
triangle_sort:
        mov     si,tri
        call    .pair
        mov     si,tri+4
        call    .pair
        mov     si,tri
.pair:
        mov     ax,[si+2]
        cmp     ax,[si+6]
        jle     .out
        xchg    ax,[si+6]
        mov     [si+2],ax
        mov     ax,[si]
        xchg    ax,[si+4]
        mov     [si],ax
.out:
        ret

; From AX, DX to BX, CX: sets every pixel to the deepest glass. Bresenham's algorithm, ES = DRAW_SEG.
line:
        cmp     dx,cx
        jle     .down
        xchg    ax,bx
        xchg    dx,cx
.down:
        sub     bx,ax                   ; BX = dx, CX = dy
        sub     cx,dx
        push    ax
        mov     ax,320
        mul     dx
        mov     di,ax
        pop     ax
        add     di,ax
        add     di,[glass_corner]
        mov     dx,1                    ; DX = step of x
        test    bx,bx
        jns     .right
        neg     bx
        neg     dx
.right:
        mov     si,320                  ; SI = step along the longer side, DX along the other
        cmp     cx,bx
        jae     .steep
        xchg    bx,cx
        xchg    si,dx
.steep:
        mov     ax,cx                   ; CX = longer side, BX = shorter
        shr     ax,1
        mov     [line_minor],dx
        mov     dx,cx
        inc     cx
.pixel:
        and     byte [es:di],0Fh
        or      byte [es:di],0E0h
        add     di,si
        sub     ax,bx
        jns     .straight
        add     ax,dx
        add     di,[line_minor]
.straight:
        loop    .pixel
        ret

; SI = string, ES:DI = place: white on black, 8x8.
text8:
        lodsb
        test    al,al
        jz      .out
        push    si
        push    ds
        xor     ah,ah
        mov     cl,3
        shl     ax,cl
        lds     si,[font8]
        add     si,ax
        mov     dx,8
.row:
        lodsb
        mov     ah,al
        mov     cx,8
.pixel:
        mov     al,GREYS
        shl     ah,1
        jnc     .paper
        mov     al,GREYS+15
.paper:
        stosb
        loop    .pixel
        add     di,320-8
        dec     dx
        jnz     .row
        sub     di,8*320-8
        pop     ds
        pop     si
        jmp     text8
.out:
        ret
