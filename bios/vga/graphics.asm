; Characters and pixels of the graphics modes: INT 10h functions 08h-0Ah there, 0Ch, 0Dh.
;
;   class    memory                     pixel of a byte
;   CGA4     B800, two banks of lines   2 bits, leftmost in bits 7-6
;   CGA2     B800, two banks of lines   1 bit
;   PLANAR   A000, four planes          1 bit in each plane
;   LINEAR   A000                       the byte

; ---- planes -------------------------------------------------------------------------------------

; Known state for drawing: mode 0, all bits, all planes; AL = function (0 replace, 18h XOR).
; Destroys AX, DX.
planar_begin:
        mov     dx,GFX
        push    ax
        GFX_MODE 0
        REG_OUT 1,0
        REG_OUT 8,0FFh
        pop     ax
        mov     ah,al
        mov     al,3
        out     dx,ax
        ret

; Any byte written becomes eight pixels of colour AL. Destroys AX, DX.
planar_solid:
        push    ax
        mov     dx,SEQ
        REG_OUT 2,0Fh
        mov     al,0
        call    planar_begin
        pop     ax
%ifdef EGA
        call    planar_mask
%else
        mov     ah,al
%endif
        mov     al,0
        out     dx,ax
        REG_OUT 1,0Fh
        ret

; The state that a mode set leaves. Destroys AX, DX.
planar_end:
        mov     dx,SEQ
        REG_OUT 2,0Fh
        mov     dx,GFX
        REG_OUT 0,0
        mov     al,0
        jmp     planar_begin

; AH = planes of colour AL: those of its low four bits, in mode 11h all or none, for there they all
; show one colour. Where planes are chained, bits 0 and 2 count for both planes of a pair.
planar_mask:
        mov     ah,al
        and     ah,0Fh
        jz      .out
%ifdef EGA
        call    chained
        jnc     .out
        push    bx
        mov     bl,al
        and     bl,5
        mov     ah,bl
        shl     ah,1
        or      ah,bl
        pop     bx
        ret
%endif
        cmp     byte [BDA_MODE],11h
        jne     .out
        mov     ah,0Fh
.out:
        ret

; ---- characters ---------------------------------------------------------------------------------

; ES:SI -> glyph AL; in modes 4, 5 and 6 the upper half of the set has a vector of its own. Keeps
; all else.
gfx_glyph:
        push    ax
        push    dx
        les     si,[VEC_FONT]
        xor     ah,ah
        cmp     byte [BDA_MODE],6
        ja      .one
        test    al,al
        jns     .one
        les     si,[VEC_FONT_HIGH]
        and     al,7Fh
.one:
        mul     word [BDA_HEIGHT]
        add     si,ax
        pop     dx
        pop     ax
        ret

; AX:DI = segment and offset of the character cell at DH:DL of page BH. CX = bytes from line to
; line. Destroys DX.
gfx_cell:
        push    bx
        push    dx
        mov     al,[BDA_HEIGHT]
        mul     dh
        mov     di,ax                   ; first scan line
        call    mode_class
        mov     bl,al
        cmp     al,CLASS_PLANAR
        jb      .banked
        mov     cx,[BDA_COLS]
        je      .flat
        shl     cx,1                    ; eight bytes a character
        shl     cx,1
        shl     cx,1
.flat:
        mov     ax,di
        mul     cx
        mov     di,ax
        mov     al,bh
        and     ax,7
        mul     word [BDA_PAGE_SIZE]
        add     di,ax
        pop     dx
        xor     dh,dh
        cmp     bl,CLASS_PLANAR
        je      .add
        shl     dx,1
        shl     dx,1
        shl     dx,1
.add:
        add     di,dx
        mov     ax,0A000h
        pop     bx
        ret
.banked:
        mov     cx,80
        mov     ax,di
        mov     di,0
        shr     ax,1
        jnc     .even
        mov     di,2000h
.even:
        mul     cx
        add     di,ax
        pop     dx
        xor     dh,dh
        cmp     bl,CLASS_CGA2
        je      .add2
        shl     dx,1
.add2:
        add     di,dx
        mov     ax,0B800h
        pop     bx
        ret

; Moves DI down one scan line in the two banks of a CGA.
%macro  CGA_DOWN 0
        add     di,2000h
        test    di,4000h
        jz      %%same
        sub     di,4000h-80
%%same:
%endmacro

gfx_none:
        ret

; Writes character AL CX times from DH:DL of page BH on, in colour BL over background AH (mode 13h
; only). Bit 7 of BL: XOR, but in mode 13h.
gfx_write_chars:
        jcxz    gfx_none
        push    ax
        push    cx
        call    gfx_cell                ; AX:DI, CX = pitch
        mov     dx,cx
        pop     cx
        pop     si                      ; character and background
        push    bp
        mov     bp,ax                   ; segment
        mov     ax,si
        call    gfx_glyph               ; ES:SI
        push    es
        push    ax
        call    mode_class
        mov     bh,al
        pop     ax
        push    bp
        mov     bp,[BDA_HEIGHT]
        cmp     bh,CLASS_PLANAR
        mov     bh,ah
        pop     es                      ; ES:DI = screen
        pop     ds                      ; DS:SI = glyph
        je      .planar
        ja      .linear
        xor     ax,ax                   ; which of the CGA modes: BDA_MODE through segment 0
        push    ds
        mov     ds,ax
        cmp     byte [BDA_MODE],6
        pop     ds
        je      .cga2

.cga4:  ; AH AL = eight pixels of two bits
        push    cx
        push    si
        push    di
        push    bp
.cga4_line:
        lodsb
        call    gfx_widen
        push    bx
        call    cga4_color
        and     ax,bx
        pop     bx
        test    bl,80h
        jz      .cga4_put
        xor     ax,[es:di]
.cga4_put:
        mov     [es:di],ax
        CGA_DOWN
        dec     bp
        jnz     .cga4_line
        pop     bp
        pop     di
        pop     si
        pop     cx
        inc     di
        inc     di
        loop    .cga4
        jmp     .end

.cga2:
        push    si
        push    di
        push    bp
.cga2_line:
        lodsb
        test    bl,1
        jnz     .cga2_ink
        xor     al,al
.cga2_ink:
        test    bl,80h
        jz      .cga2_put
        xor     al,[es:di]
.cga2_put:
        mov     [es:di],al
        CGA_DOWN
        dec     bp
        jnz     .cga2_line
        pop     bp
        pop     di
        pop     si
        inc     di
        loop    .cga2
        jmp     .end

.linear:
        push    cx
        push    si
        push    di
        push    bp
.linear_line:
        lodsb
        mov     ah,al
        mov     cx,8
.linear_pixel:
        mov     al,bh
        shl     ah,1
        jnc     .linear_put
        mov     al,bl
.linear_put:
        stosb
        loop    .linear_pixel
        sub     di,8
        add     di,dx
        dec     bp
        jnz     .linear_line
        pop     bp
        pop     di
        pop     si
        pop     cx
        add     di,8
        loop    .linear
        jmp     .end

.planar:
        call    gfx_planar_chars
.end:
        pop     bp
        xor     ax,ax
        mov     ds,ax
        ret

; The same for planes: ES:DI = screen, DS:SI = glyph, BP = height, DX = pitch, BL = colour, CX =
; times. Clears the planes that the colour lacks, then draws the glyph into those that it has; with
; XOR, only the latter.
gfx_planar_chars:
        push    dx
        push    ds
        xor     ax,ax
        mov     ds,ax
        mov     al,bl
        call    planar_mask
        mov     bh,ah
        mov     al,0
        test    bl,80h
        jz      .function
        mov     al,18h
.function:
        call    planar_begin
        pop     ds
        test    bl,80h
        jnz     .ink
        mov     dx,SEQ
        mov     al,2
        mov     ah,bh
        not     ah
        and     ah,0Fh
        out     dx,ax
        pop     dx
        push    dx
        push    di
        push    bp
.clear_line:
        push    cx
        push    di
        xor     al,al
        rep stosb
        pop     di
        pop     cx
        add     di,dx
        dec     bp
        jnz     .clear_line
        pop     bp
        pop     di
.ink:
        mov     dx,SEQ
        mov     al,2
        mov     ah,bh
        out     dx,ax
        pop     dx
.ink_line:
        lodsb
        push    cx
        push    di
        test    bl,80h
        jz      .ink_copy
.ink_xor:
        mov     ah,[es:di]              ; fills the latches
        stosb
        loop    .ink_xor
        jmp     .ink_next
.ink_copy:
        rep stosb
.ink_next:
        pop     di
        pop     cx
        add     di,dx
        dec     bp
        jnz     .ink_line
        jmp     planar_end

; AX = the bits of AL doubled, in memory order (left half in AL).
gfx_widen:
        push    bx
        push    cx
        mov     bl,al
        mov     cx,8
.bit:
        shl     bl,1                    ; the bit, twice
        pushf
        rcl     ax,1
        popf
        rcl     ax,1
        loop    .bit
        xchg    al,ah
        pop     cx
        pop     bx
        ret

; BX = eight pixels of the colour in bits 1-0 of BL.
cga4_color:
        push    ax
        mov     al,bl
        and     al,3
        mov     ah,55h
        mul     ah
        mov     bl,al
        mov     bh,al
        pop     ax
        ret

; 08 in graphics: BH = page. AL = the character whose glyph is at the cursor, else 0. Any colour but
; 0 is ink. The search begins with the space, for 00 and FF are as blank.
gfx_read_char:
        call    cursor_of_page
        call    mode_class
        push    ax
        call    gfx_cell
        mov     es,ax
        pop     ax
        mov     dx,cx                   ; pitch
        mov     cx,[BDA_HEIGHT]
        cmp     cx,32
        ja      .none
        test    cx,cx
        jz      .none
        sub     sp,32
        mov     si,sp                   ; the cell as a glyph, at SS:SI
        cmp     al,CLASS_PLANAR
        je      .planar
        ja      .linear
        cmp     al,CLASS_CGA2
        je      .cga2

.cga4:
        mov     ax,[es:di]
        xchg    al,ah
        push    cx
        mov     cx,8
.cga4_pixel:
        rol     ax,1
        rol     ax,1
        test    al,3
        jz      .cga4_zero
        stc
.cga4_zero:
        rcl     bl,1
        loop    .cga4_pixel
        pop     cx
        mov     [ss:si],bl
        inc     si
        CGA_DOWN
        loop    .cga4
        jmp     .compare

.cga2:
        mov     al,[es:di]
        mov     [ss:si],al
        inc     si
        CGA_DOWN
        loop    .cga2
        jmp     .compare

.linear:
        push    cx
        mov     cx,8
.linear_pixel:
        cmp     byte [es:di],1          ; carry when it is 0
        cmc
        rcl     bl,1
        inc     di
        loop    .linear_pixel
        sub     di,8
        add     di,dx
        pop     cx
        mov     [ss:si],bl
        inc     si
        loop    .linear
        jmp     .compare

.planar:
        push    dx                      ; read mode 1: which pixels are colour 0
        mov     dx,GFX
        REG_OUT 2,0
        GFX_MODE 8
%ifdef EGA
        call    chained
        jnc     .all_planes
        mov     ax,0507h                ; the planes of this address
        test    di,1
        jz      .even
        mov     ah,0Ah
.even:
        out     dx,ax
.all_planes:
%endif
        pop     dx
.planar_line:
        mov     al,[es:di]
        not     al
        mov     [ss:si],al
        inc     si
        add     di,dx
        loop    .planar_line
        mov     dx,GFX
        GFX_MODE 0
%ifdef EGA
        REG_OUT 7,0Fh
%endif

.compare:
        mov     di,sp
        push    ss
        pop     es
        mov     bx,[BDA_HEIGHT]
        mov     ax,' '
.try:
        push    es
        call    gfx_glyph
        mov     dx,es
        pop     es
        push    di
        push    ds
        mov     ds,dx
        mov     cx,bx
        repe cmpsb
        pop     ds
        pop     di
        je      .found
        inc     al
        cmp     al,' '
        jne     .try
        mov     al,0
.found:
        mov     [bp+FR_AX],ax
        add     sp,32
        ret
.none:
        mov     word [bp+FR_AX],0
        ret

; ---- pixels -------------------------------------------------------------------------------------

; ES:DI = byte of the pixel at column CX, row DX of page BH, CL = how far its bits are from the
; right end of the byte, AL = class. Destroys AX, BX, CX, DX.
gfx_pixel:
        call    mode_class
        mov     bl,al
        push    ax
        cmp     al,CLASS_PLANAR
        jb      .banked
        mov     ax,[BDA_COLS]
        je      .flat
        shl     ax,1
        shl     ax,1
        shl     ax,1
.flat:
        mul     dx
        mov     di,ax
        mov     al,bh
        and     ax,7
        mul     word [BDA_PAGE_SIZE]
        add     di,ax
        mov     ax,0A000h
        jmp     .column
.banked:
        xor     di,di
        shr     dx,1
        jnc     .even
        mov     di,2000h
.even:
        mov     ax,80
        mul     dx
        add     di,ax
        mov     ax,0B800h
.column:
        mov     es,ax
        mov     ax,cx
        cmp     bl,CLASS_LINEAR
        je      .whole
        cmp     bl,CLASS_CGA4
        je      .pairs
        shr     ax,1
        shr     ax,1
        shr     ax,1
        not     cl
        and     cl,7
        jmp     .add
.pairs:
        shr     ax,1
        shr     ax,1
        not     cl
        and     cl,3
        shl     cl,1
        jmp     .add
.whole:
        mov     cl,0
.add:
        add     di,ax
        pop     ax
        ret

; 0C: AL = colour (bit 7: XOR, but in mode 13h), BH = page, CX = column, DX = row.
write_pixel:
        mov     si,ax
        call    mode_class
        je      .out
        call    gfx_pixel
        mov     bx,si                   ; BL = colour
        cmp     al,CLASS_PLANAR
        je      .planar
        ja      .linear
        mov     bh,3                    ; mask of a pixel
        cmp     al,CLASS_CGA4
        je      .mask
        mov     bh,1
.mask:
        mov     al,bl
        and     al,bh
        shl     al,cl
        shl     bh,cl
        test    bl,80h
        jnz     .xor
        not     bh
        and     [es:di],bh
        or      [es:di],al
.out:
        ret
.xor:
        xor     [es:di],al
        ret
.linear:
        mov     [es:di],bl
        ret
.planar:
        mov     al,0
        test    bl,80h
        jz      .function
        mov     al,18h
.function:
        call    planar_begin
        mov     al,bl
        call    planar_mask
        mov     al,0                    ; set/reset gives the colour, in all planes
        out     dx,ax
        REG_OUT 1,0Fh
        mov     al,8
        mov     ah,1
        shl     ah,cl
        out     dx,ax
        mov     al,[es:di]
        mov     [es:di],al
        jmp     planar_end

; 0D: BH = page, CX = column, DX = row. AL = colour.
read_pixel:
        call    mode_class
        je      .out
        call    gfx_pixel
        cmp     al,CLASS_PLANAR
        je      .planar
        mov     ah,0FFh
        ja      .packed
        mov     ah,3
        cmp     al,CLASS_CGA4
        je      .packed
        mov     ah,1
.packed:
        mov     al,[es:di]
        shr     al,cl
        and     al,ah
        mov     [bp+FR_AL],al
.out:
        ret
.planar:
        mov     dx,GFX
        GFX_MODE 0
        xor     bl,bl
        mov     ah,3                    ; planes, highest first
.plane:
        mov     al,4
        out     dx,ax
        mov     al,[es:di]
        shr     al,cl
        shr     al,1
        rcl     bl,1
        dec     ah
        jns     .plane
        REG_OUT 4,0
%ifdef EGA
        call    chained
        jnc     .color
        and     bl,5
%else
        cmp     byte [BDA_MODE],11h     ; there all planes are one
        jne     .color
        and     bl,1
%endif
.color:
        mov     [bp+FR_AL],bl
        ret
