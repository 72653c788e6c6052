; INT 10h functions 00h (set mode) and 0Fh (get mode), and what other parts ask about the current
; mode.

; ---- questions ----------------------------------------------------------------------------------

; The class of the current mode. Out: AL = CLASS_*, flags as of `cmp al,CLASS_TEXT`. Keeps all else.
mode_class:
        push    bx
        mov     al,[BDA_MODE]
        cmp     al,13h
        ja      .text
        mov     bx,mode_classes
        cs xlatb
        jmp     .out
.text:
        mov     al,CLASS_TEXT
.out:
        pop     bx
        cmp     al,CLASS_TEXT
        ret

mode_classes:
        db      CLASS_TEXT,CLASS_TEXT,CLASS_TEXT,CLASS_TEXT
        db      CLASS_CGA4,CLASS_CGA4,CLASS_CGA2,CLASS_TEXT
        db      CLASS_TEXT,CLASS_TEXT,CLASS_TEXT,CLASS_TEXT
        db      CLASS_TEXT,CLASS_PLANAR,CLASS_PLANAR,CLASS_PLANAR
        db      CLASS_PLANAR,CLASS_PLANAR,CLASS_PLANAR,CLASS_LINEAR

; ES = segment of the text buffer. Keeps all else.
text_segment:
        push    ax
        mov     ax,0B800h
        cmp     byte [BDA_MODE],7
        jne     .color
        mov     ax,0B000h
.color:
        mov     es,ax
        pop     ax
        ret

; 0F: get mode. AL = mode with bit 7 as of the last mode set, AH = columns, BH = page shown.
get_mode:
        mov     al,[BDA_CTL]
        and     al,CTL_KEPT
        or      al,[BDA_MODE]
        mov     ah,[BDA_COLS]
        mov     [bp+FR_AX],ax
        mov     al,[BDA_PAGE]
        mov     [bp+FR_BH],al
        ret

; ---- 00: set mode -------------------------------------------------------------------------------

; AL = mode, bit 7: keep the contents of memory. An unknown mode changes nothing.
set_mode:
        mov     ah,al
        and     ax,807Fh
%ifdef EGA
        call    mode_for_monitor
%endif
        push    ax                      ; mode and bit 7 apart
        call    find_params
        jc      .unknown
%ifndef EGA
        call    dispi_off
%endif
        and     byte [BDA_CTL],~CTL_KEPT & 0FFh
        or      [BDA_CTL],ah
        call    mode_registers
        pop     ax
        push    ax
        mov     [BDA_MODE],al
        call    mode_data
%ifndef EGA
        push    es
        push    si
        call    dac_default
        pop     si
        pop     es
%endif
        test    byte [BDA_CTL],CTL_KEPT
        jnz     .kept
        call    mode_clear
.kept:
        call    mode_class
        jne     .graphics
        call    mode_text
        jmp     .show
.graphics:
        call    mode_graphics
.show:
        mov     dx,SEQ                  ; picture on, as in the table
        mov     al,1
        mov     ah,[es:si+PT_SEQ]
        out     dx,ax
        mov     dx,[BDA_CRTC]
        add     dl,6
        in      al,dx
        mov     dx,ATTR
        mov     al,20h
        out     dx,al
        ; AL tells some programs what family of mode it is.
        mov     al,20h
        cmp     byte [BDA_MODE],7
        ja      .tell
        mov     al,3Fh
        cmp     byte [BDA_MODE],6
        je      .tell
        mov     al,30h
.tell:
        mov     [bp+FR_AL],al
.unknown:
        pop     ax
        ret

; Finds the parameters of mode AL. Out: ES:SI -> entry, or carry. Keeps AX.
find_params:
        push    ax
        cmp     al,mode_entries_end-mode_entries
        jae     .no
        mov     ah,al
        mov     bx,mode_entries
        cs xlatb
        cmp     al,0FEh
        ja      .no
        jb      .found
%ifdef EGA
        call    ega_entry
        jc      .no
%else
        ; A text mode: the entry depends on the number of scan lines selected by 1230h.
        mov     al,ah
        mov     bl,[BDA_FLAGS]
        and     bl,FLAG_200 | FLAG_400
        cmp     al,7
        je      .mono
        cmp     bl,FLAG_200
        je      .found                  ; entries 0-3
        cmp     bl,FLAG_400
        je      .lines400
        add     al,13h
        jmp     .found
.lines400:
        shr     al,1                    ; with and without colour burst are one
        add     al,17h
        jmp     .found
.mono:
        test    bl,bl                   ; there is no entry of 200 lines
        jz      .found
        mov     al,19h
%endif
.found:
        mov     ah,al                   ; 64 bytes each
        xor     al,al
        shr     ax,1
        shr     ax,1
        les     si,[BDA_SAVE]
        les     si,[es:si+SAVE_PARAMS]
        add     si,ax
        pop     ax
        clc
        ret
.no:
        pop     ax
        stc
        ret

; Entry of each mode; FE: it depends, FF: no such mode.
mode_entries:
%ifdef EGA
        db      0FEh,0FEh,0FEh,0FEh,4,5,6,7
        db      0FFh,0FFh,0FFh,0FFh,0FFh,0Dh,0Eh,0FEh
        db      0FEh
%else
        db      0FEh,0FEh,0FEh,0FEh,4,5,6,0FEh
        db      0FFh,0FFh,0FFh,0FFh,0FFh,0Dh,0Eh,11h
        db      12h,1Ah,1Bh,1Ch
%endif
mode_entries_end:

; Writes CX registers of the pair at DX, from index AL up, with the bytes at ES:DI.
registers_out:
        mov     ah,[es:di]
        out     dx,ax
        inc     di
        inc     al
        loop    registers_out
        ret

; Programs all registers from ES:SI; the picture stays off. Keeps ES:SI.
mode_registers:
%ifdef EGA
        mov     dx,GFX_POSITION1
        xor     al,al
        out     dx,al
        mov     dx,GFX_POSITION2
        inc     al
        out     dx,al
%else
        mov     dx,SEQ
        mov     al,1
        out     dx,al
        inc     dx
        in      al,dx
        or      al,20h
        out     dx,al
%endif
        mov     dx,CRTC_MONO+6          ; index phase, wherever the CRTC is now
        in      al,dx
        mov     dx,CRTC_COLOR+6
        in      al,dx
        mov     dx,ATTR
        xor     al,al
        out     dx,al

        mov     al,[es:si+PT_MISC]
        mov     dx,MISC_WRITE
        out     dx,al
        mov     bx,CRTC_MONO
        test    al,1
        jz      .mono
        mov     bx,CRTC_COLOR
.mono:
        mov     [BDA_CRTC],bx
        lea     dx,[bx+6]
        xor     al,al                   ; feature control
        out     dx,al

        mov     dx,SEQ
        REG_OUT 0,1                     ; synchronous reset while the clock changes
        mov     al,1
        mov     ah,[es:si+PT_SEQ]
        or      ah,20h
        out     dx,ax
        lea     di,[si+PT_SEQ+1]
        mov     al,2
        mov     cx,3
        call    registers_out
        REG_OUT 0,3

        mov     dx,bx
        REG_OUT 11h,0                   ; lifts the write protection of 0-7
        xor     al,al
        mov     cx,25
        lea     di,[si+PT_CRTC]
        call    registers_out

        mov     dx,GFX
        xor     al,al
        mov     cx,9
        lea     di,[si+PT_GFX]
        call    registers_out

        lea     dx,[bx+6]
        in      al,dx
        mov     dx,ATTR
        lea     di,[si+PT_ATTR]
        xor     ah,ah
.attr:
        test    byte [BDA_FLAGS],FLAG_NO_PALETTE
        jz      .write
        cmp     ah,10h                  ; the palette and the overscan stay
        jb      .skip
        cmp     ah,11h
        je      .skip
.write:
        mov     al,ah
        out     dx,al
        mov     al,[es:di]
        out     dx,al
.skip:
        inc     di
        inc     ah
        cmp     ah,14h
        jb      .attr
        mov     al,ah                   ; colour select
        out     dx,al
        xor     al,al
        out     dx,al

        ; The dynamic save area mirrors what programs cannot read back from an EGA.
        test    byte [BDA_FLAGS],FLAG_NO_PALETTE
        jnz     .out
        lea     di,[si+PT_ATTR]
        mov     bl,0
.mirror:
        mov     bh,[es:di]
        call    palette_mirror
        inc     di
        inc     bl
        cmp     bl,12h
        jb      .mirror
.out:
        ret

; Fills in the BIOS data area for [BDA_MODE] from ES:SI. Keeps ES:SI.
mode_data:
        mov     al,[es:si+PT_COLS]
        xor     ah,ah
        mov     [BDA_COLS],ax
        mov     al,[es:si+PT_ROWS]
        mov     [BDA_ROWS],al
        mov     al,[es:si+PT_HEIGHT]
        mov     [BDA_HEIGHT],ax
        mov     ax,[es:si+PT_PAGE_SIZE]
        mov     [BDA_PAGE_SIZE],ax
        xor     ax,ax
        mov     [BDA_START],ax
        mov     [BDA_PAGE],al
        mov     bx,BDA_CURSOR
        mov     cx,8
.cursor:
        mov     [bx],ax
        inc     bx
        inc     bx
        loop    .cursor

        mov     bl,[BDA_MODE]
        xor     bh,bh
        cmp     bl,7
        ja      .not_cga
        mov     al,[cs:cga_mode_values+bx]
        mov     [BDA_CGA_MODE],al
        mov     al,30h
        cmp     bl,6
        jne     .color
        mov     al,3Fh
.color:
        mov     [BDA_CGA_COLOR],al
.not_cga:
        ; Keep the equipment word true: programs choose the segment of text by it.
        mov     al,[BDA_EQUIP]
        and     al,30h
        cmp     bl,7
        je      .mono
        cmp     bl,0Fh
        je      .mono
        cmp     al,30h
        jne     .out
        and     byte [BDA_EQUIP],~10h & 0FFh
        jmp     .out
.mono:
        or      byte [BDA_EQUIP],30h
.out:
        ret

; Clears the memory that the mode shows. Keeps ES:SI.
mode_clear:
        push    es
        call    mode_class
        jne     .graphics
        call    text_segment
        mov     ax,0720h
        mov     cx,4000h
        jmp     .fill
.graphics:
        mov     bx,0B800h
        mov     cx,2000h
        cmp     al,CLASS_PLANAR
        jb      .cga
        mov     bx,0A000h
        mov     cx,8000h
.cga:
        mov     es,bx
        xor     ax,ax
.fill:
        xor     di,di
        rep stosw
        pop     es
        ret

; A graphics mode: INT 43h points to the glyphs of its height. Keeps ES:SI.
mode_graphics:
        mov     word [BDA_SHAPE],0607h
        push    es
        push    si
        mov     al,[BDA_HEIGHT]
        call    rom_font
        mov     [VEC_FONT],si
        mov     [VEC_FONT+2],cs

        ; A program may have left its own font for this mode in the save table.
        les     si,[BDA_SAVE]
        les     si,[es:si+SAVE_GFX_FONT]
        call    far_null
        jz      .out
        lea     di,[si+7]
        call    mode_listed
        jne     .out
        mov     al,[es:si]
        dec     al
        mov     [BDA_ROWS],al
        mov     ax,[es:si+1]
        mov     [BDA_HEIGHT],ax
        les     si,[es:si+3]
        mov     [VEC_FONT],si
        mov     [VEC_FONT+2],es
.out:
        pop     si
        pop     es
        ret

; A text mode: loads the font and shapes the cursor. Keeps ES:SI.
mode_text:
        push    es
        push    si
        mov     al,[BDA_HEIGHT]
        mov     bh,al
        call    rom_font
        push    cs
        pop     es
        mov     bl,0
        mov     cx,256
        xor     dx,dx
        call    font_load
        mov     word [BDA_SHAPE],0607h
        cmp     byte [BDA_MODE],7
        jne     .color
        mov     word [BDA_SHAPE],0B0Ch
.color:
        call    cursor_fit

        les     si,[BDA_SAVE]
        les     si,[es:si+SAVE_TEXT_FONT]
        call    far_null
        jz      .out
        lea     di,[si+0Bh]
        call    mode_listed
        jne     .out
        mov     bx,[es:si]              ; BL = height, BH = block
        xchg    bl,bh
        mov     cx,[es:si+2]
        mov     dx,[es:si+4]
        push    word [es:si+0Ah]        ; rows, FF: as many as fit
        les     si,[es:si+6]
        push    bx
        call    font_load
        pop     bx
        call    text_height
        pop     ax
        cmp     al,0FFh
        je      .out
        dec     al
        mov     [BDA_ROWS],al
.out:
        pop     si
        pop     es
        ret

; ZF set when ES:SI is 0:0. Destroys AX.
far_null:
        mov     ax,es
        or      ax,si
        ret

; ZF set when the current mode is in the list at ES:DI that FFh ends. Destroys AX, DI.
mode_listed:
        mov     al,[es:di]
        inc     di
        cmp     al,[BDA_MODE]
        je      .out
        cmp     al,0FFh
        jne     mode_listed
        cmp     al,0                    ; NZ
.out:
        ret
