; INT 10h function 11h: fonts. Text fonts live in plane 2, eight tables of 256 glyphs, 32 bytes
; each; graphics modes draw from memory, where INT 43h (and INT 1Fh, see graphics.asm) point.

%ifdef EGA
LAST_ROM_FONT   equ     3
%else
LAST_ROM_FONT   equ     4               ; and 8x16
%endif

character_generator:
        mov     ah,al
        and     ah,0Fh
        cmp     al,20h
        jae     .graphics
        cmp     ah,3
        je      .specifier
        cmp     ah,LAST_ROM_FONT
        ja      .out
        call    .text
.out:
        ret

; 03: BL -> character map select: which tables attribute bit 3 chooses from.
.specifier:
        cmp     al,3
        jne     .out
        mov     dx,SEQ
        mov     ah,bl
        mov     al,3
        out     dx,ax
        ret

; 00: the caller's glyphs: BH = bytes each, BL = table, CX = count, DX = first, ES:BP. 01, 02, 04:
; ROM 8x14, 8x8, 8x16 into table BL. 1x: and make the text as high as the font.
.text:
        push    ax
        mov     si,[bp+FR_BP]
        cmp     ah,0
        je      .load
        mov     bh,14
        cmp     ah,1
        je      .rom
        mov     bh,8
        cmp     ah,2
        je      .rom
        mov     bh,16
.rom:
        mov     al,bh
        call    rom_font
        push    cs
        pop     es
        mov     cx,256
        xor     dx,dx
.load:
        push    bx
        call    font_load
        pop     bx
        pop     ax
        cmp     al,10h
        jb      .out
        jmp     text_height

.graphics:
        cmp     al,30h
        je      font_info
        ja      .out
        cmp     ah,LAST_ROM_FONT
        ja      .out
        cmp     ah,0
        jne     .vector43
        ; 20: the upper half for modes 4-6 at ES:BP.
        mov     si,[bp+FR_BP]
        mov     [VEC_FONT_HIGH],si
        mov     [VEC_FONT_HIGH+2],es
        ret
; 21: ES:BP, CX = bytes each; 22-24: ROM 8x14, 8x8, 8x16. BL = 1, 2, 3: 14, 25, 43 rows; 0: DL rows.
.vector43:
        mov     si,[bp+FR_BP]
        cmp     ah,1
        je      .set43
        mov     al,14
        cmp     ah,2
        je      .rom43
        mov     al,8
        cmp     ah,3
        je      .rom43
        mov     al,16
.rom43:
        mov     cl,al
        xor     ch,ch
        call    rom_font
        push    cs
        pop     es
.set43:
        jcxz    .out43
        mov     [VEC_FONT],si
        mov     [VEC_FONT+2],es
        mov     [BDA_HEIGHT],cx
        mov     al,dl
        cmp     bl,0
        je      .rows
        mov     al,14
        cmp     bl,2
        jb      .rows
        mov     al,25
        je      .rows
        mov     al,43
.rows:
        dec     al
        mov     [BDA_ROWS],al
.out43:
        ret

; CS:SI -> ROM font of height AL (what is neither 8 nor 14 gets 16, which an EGA has not). Keeps all
; else.
rom_font:
        mov     si,font8x8
        cmp     al,8
        je      .out
        mov     si,font8x14
        cmp     al,14
        je      .out
        mov     si,font8x16
.out:
        ret

%ifndef EGA
; Sets register %1 of the pair at DX to %2 and pushes its old value, with the index, for a
; `pop ax` and `out dx,ax`.
%macro  REG_PUSH 2
        mov     al,%1
        out     dx,al
        inc     dx
        in      al,dx
        dec     dx
        mov     ah,al
        mov     al,%1
        push    ax
        mov     ah,%2
        out     dx,ax
%endmacro
%endif

; Loads CX glyphs of BH bytes from ES:SI into table BL, the first as number DX. Destroys all but BP
; and DS.
font_load:
        jcxz    .none
        cmp     bh,32
        ja      .none
        cmp     bh,0
        jne     .some
.none:
        ret
.some:
        ; Tables 0-7 begin at 0000 4000 8000 C000 2000 6000 A000 E000, glyphs every 32 bytes.
        mov     di,cx
        mov     ah,bl
        mov     cl,3
        shl     ah,cl
        and     ah,20h
        ror     bl,1
        ror     bl,1
        and     bl,0C0h
        or      ah,bl
        xor     al,al
        mov     cl,5
        shl     dx,cl
        add     ax,dx
        mov     cx,di
        mov     di,ax

        mov     dx,SEQ                  ; plane 2 alone, linear at A000
%ifdef EGA
        REG_OUT 2,4
        REG_OUT 4,7
        mov     dx,GFX
        REG_OUT 1,0
        REG_OUT 3,0
        REG_OUT 5,0
        REG_OUT 6,4
        REG_OUT 8,0FFh
%else
        REG_PUSH 2,4
        REG_PUSH 4,6
        mov     dx,GFX
        REG_PUSH 1,0
        REG_PUSH 3,0
        REG_PUSH 5,0
        REG_PUSH 6,4
        REG_PUSH 8,0FFh
%endif

        push    ds
        push    es
        pop     ds
        mov     ax,0A000h
        mov     es,ax
        mov     al,bh
        xor     ah,ah
        mov     dx,32
        sub     dx,ax                   ; from the end of a glyph to the next
        mov     bx,cx
.glyph:
        mov     cx,ax
        rep movsb
        add     di,dx
        dec     bx
        jnz     .glyph
        pop     ds

%ifdef EGA
        ; What cannot be read back is set again as the mode has it.
        call    mode_params
        mov     dx,SEQ
        mov     al,2
        mov     cx,3
        lea     di,[si+PT_SEQ+1]
        call    registers_out
        mov     dx,GFX
        xor     al,al
        mov     cx,9
        lea     di,[si+PT_GFX]
        jmp     registers_out
%else
        mov     dx,GFX
        mov     cx,5
.restore:
        pop     ax
        out     dx,ax
        loop    .restore
        mov     dx,SEQ
        pop     ax
        out     dx,ax
        pop     ax
        out     dx,ax
        ret
%endif

; Makes text characters BH scan lines high: CRTC, rows, page size, cursor. Destroys all but BP and
; DS.
text_height:
        cmp     bh,0
        je      .out
        cmp     bh,32
        ja      .out
        call    mode_class
        jne     .out
        mov     bl,bh
        xor     bh,bh
        mov     [BDA_HEIGHT],bx
        mov     dx,[BDA_CRTC]
%ifdef EGA
        call    ega_height
%else
        mov     al,9
        out     dx,al
        inc     dx
        in      al,dx
        dec     dx
        mov     ch,al                   ; bit 7: every line is shown twice
        and     al,0E0h
        mov     ah,bl
        dec     ah
        or      ah,al
        mov     al,9
        out     dx,ax
        cmp     byte [BDA_MODE],7
        jne     .color
        mov     al,14h                  ; where a monochrome underline lies
        mov     ah,bl
        dec     ah
        out     dx,ax
.color:
        ; The polarity of the sync pulses tells the monitor, and here us, how many lines there are;
        ; the vertical registers cannot, for an earlier font may have cut them.
        mov     dx,MISC_READ
        in      al,dx
        and     al,0C0h
        mov     si,350
        cmp     al,80h
        je      .lines
        mov     si,480
        cmp     al,0C0h
        je      .lines
        mov     si,400
.lines:
        test    ch,80h
        jz      .single
        shr     si,1
.single:
        mov     ax,si
        div     bl
        mov     cl,al                   ; rows
        dec     al
        mov     [BDA_ROWS],al
        mov     al,cl
        mul     bl
        test    ch,80h
        jz      .end
        shl     ax,1
.end:
        dec     ax                      ; last line that is shown: CRTC 12h and two bits of 7
        mov     bx,ax
        mov     dx,[BDA_CRTC]
        mov     al,12h
        mov     ah,bl
        out     dx,ax
        REG_PUSH 11h,0                  ; 7 is write protected
        mov     al,7
        out     dx,al
        inc     dx
        in      al,dx
        dec     dx
        and     al,~42h & 0FFh
        test    bh,1
        jz      .bit8
        or      al,2
.bit8:
        test    bh,2
        jz      .bit9
        or      al,40h
.bit9:
        mov     ah,al
        mov     al,7
        out     dx,ax
        pop     ax
        out     dx,ax
%endif

        mov     al,cl                   ; a page: the characters, rounded up to 256 bytes
        mul     byte [BDA_COLS]
        shl     ax,1
        add     ax,0FFh
        xor     al,al
        mov     [BDA_PAGE_SIZE],ax
        jmp     cursor_fit
.out:
        ret

; 1130: BH = which font. ES:BP -> it, CX = height of the characters in use, DL = rows - 1.
font_info:
        cmp     bh,(.fonts_end-.fonts)/2+1
        ja      .out
        mov     ax,[BDA_HEIGHT]
        mov     [bp+FR_CX],ax
        mov     al,[BDA_ROWS]
        mov     [bp+FR_DL],al
        cmp     bh,1
        ja      .rom
        les     ax,[VEC_FONT_HIGH]
        jb      .put
        les     ax,[VEC_FONT]
        jmp     .put
.rom:
        push    cs
        pop     es
        mov     bl,bh
        xor     bh,bh
        shl     bx,1
        mov     ax,[cs:.fonts-4+bx]
.put:
        mov     [bp+FR_BP],ax
        mov     [bp+FR_ES],es
.out:
        ret
.fonts:
        dw      font8x14,font8x8,font8x8_high,font9_none
%ifndef EGA
        dw      font8x16,font9_none
%endif
.fonts_end:
