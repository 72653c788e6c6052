; Colours of the attribute controller, as EGA and VGA have it: INT 10h functions 1000h-1002h
; (palette, overscan) and 0Bh (the CGA's).

; ---- attribute controller -----------------------------------------------------------------------

; Register BL = BH. Keeps all registers.
attr_write:
        push    ax
        push    dx
        pushf
        cli                             ; nothing may touch the flip-flop in between
        mov     dx,[BDA_CRTC]
        add     dl,6
        in      al,dx
        mov     dx,ATTR
        mov     al,bl
        out     dx,al
        mov     al,bh
        out     dx,al
        mov     al,20h                  ; picture on again
        out     dx,al
        popf
        pop     dx
        pop     ax
        ret

; Register BL of the palette or the overscan = BH, mirrored. Keeps all registers.
palette_write:
        call    attr_write
; fall through

; Notes BH for register BL (0-0Fh, 11h) in the dynamic save area, if there is one. Keeps all
; registers.
palette_mirror:
        push    ax
        push    bx
        push    si
        push    es
        les     si,[BDA_SAVE]
        les     si,[es:si+SAVE_DYNAMIC]
        call    far_null
        jz      .out
        mov     al,bh
        xor     bh,bh
        cmp     bl,10h
        jb      .note
        je      .out
        dec     bl                      ; the overscan follows the sixteen
.note:
        mov     [es:si+bx],al
.out:
        pop     es
        pop     si
        pop     bx
        pop     ax
        ret

; ---- 0Bh: the colour register of a CGA ----------------------------------------------------------

; BH = 0: BL = border (text) or background (graphics), bit 4: bright palette. BH = 1: bit 0 of BL =
; palette of mode 4.
set_cga_color:
        mov     al,[BDA_CGA_COLOR]
        cmp     bh,1
        ja      .out
        je      .select
        and     al,0E0h
        and     bl,1Fh
        or      al,bl
        mov     [BDA_CGA_COLOR],al
        mov     ah,al
        and     al,0Fh
        test    al,8                    ; the bright half of 200-line colours begins at 10h
        jz      .dark
        add     al,8
.dark:
        mov     bh,al
        mov     bl,11h
        call    palette_write
        push    ax
        call    mode_class
        pop     ax
        je      .out
        mov     bl,0
        call    palette_write
        jmp     .three
.select:
        and     al,~20h & 0FFh
        test    bl,1
        jz      .zero
        or      al,20h
.zero:
        mov     [BDA_CGA_COLOR],al
        mov     ah,al
        call    mode_class
        je      .out
.three:
        ; Colours 1-3: green, red, brown, or with bit 5 cyan, magenta, white; bit 4 brightens.
        cmp     byte [BDA_MODE],5
        ja      .out
        mov     bx,0201h
        test    ah,20h
        jz      .bright
        inc     bh
.bright:
        and     ah,10h
        or      bh,ah
.color:
        call    palette_write
        add     bx,0201h
        cmp     bl,3
        jbe     .color
.out:
        ret

; ---- 10h, 00-02 ----------------------------------------------------------------------------------

; 00: register BL = BH. 01: overscan = BH.
palette_set:
        cmp     bl,14h
        jbe     palette_write
        ret
palette_overscan:
        mov     bl,11h
        jmp     palette_write

; 02: ES:DX = 16 palette registers and the overscan.
palette_set_all:
        mov     si,dx
        mov     bl,0
.next:
        mov     bh,[es:si]
        inc     si
        call    palette_write
        inc     bl
        cmp     bl,10h
        jb      .next
        mov     bh,[es:si]
        jmp     palette_overscan
