; Colours of the VGA: INT 10h function 10h but for what palette.asm has (blink, DAC, what can be
; read back), and the default DAC contents.

; BH = register BL. Keeps the rest.
attr_read:
        push    ax
        push    dx
        pushf
        cli
        mov     dx,[BDA_CRTC]
        add     dl,6
        in      al,dx
        mov     dx,ATTR
        mov     al,bl
        out     dx,al
        inc     dx
        in      al,dx
        mov     bh,al
        mov     dx,[BDA_CRTC]
        add     dl,6
        in      al,dx
        mov     dx,ATTR
        mov     al,20h
        out     dx,al
        popf
        pop     dx
        pop     ax
        ret

; ---- 10h ----------------------------------------------------------------------------------------

palette:
        cmp     al,(palette_end-palette_table)/2
        jae     .out
        xor     ah,ah
        mov     si,ax
        shl     si,1
        jmp     word [cs:palette_table+si]
.out:
        ret

palette_table:
        dw      palette_set             ; 00
        dw      palette_overscan        ; 01
        dw      palette_set_all         ; 02
        dw      palette_blink           ; 03
        dw      nothing
        dw      nothing
        dw      nothing
        dw      palette_get             ; 07
        dw      palette_get_overscan    ; 08
        dw      palette_get_all         ; 09
        dw      nothing
        dw      nothing
        dw      nothing
        dw      nothing
        dw      nothing
        dw      nothing
        dw      dac_set                 ; 10
        dw      nothing
        dw      dac_set_block           ; 12
        dw      dac_select              ; 13
        dw      nothing
        dw      dac_get                 ; 15
        dw      nothing
        dw      dac_get_block           ; 17
        dw      dac_set_mask            ; 18
        dw      dac_get_mask            ; 19
        dw      dac_get_select          ; 1A
        dw      dac_sum                 ; 1B
palette_end:

; 03: BL = 0: bit 7 of attributes is a bright background, 1: it blinks.
palette_blink:
        mov     cl,bl
        and     cl,1
        mov     al,cl
        mov     ch,[BDA_CGA_MODE]
        and     ch,~20h & 0FFh
        mov     cl,5
        shl     al,cl
        or      ch,al
        mov     [BDA_CGA_MODE],ch
        shr     al,1                    ; bit 3 of the mode control
        shr     al,1
        mov     bl,10h
        call    attr_read
        and     bh,~8 & 0FFh
        or      bh,al
        jmp     attr_write

; 07: BH = register BL. 08: BH = overscan. 09: all seventeen to ES:DX.
palette_get_overscan:
        mov     bl,11h
palette_get:
        cmp     bl,14h
        ja      palette_none
        call    attr_read
        mov     [bp+FR_BH],bh
palette_none:
        ret
palette_get_all:
        mov     di,dx
        mov     bl,0
.next:
        call    attr_read
        mov     al,bh
        stosb
        inc     bl
        cmp     bl,10h
        jb      .next
        inc     bl
        call    attr_read
        mov     al,bh
        stosb
        ret

; 10: DAC register BX = DH red, CH green, CL blue (six bits).
dac_set:
        test    byte [BDA_FLAGS],FLAG_GREY
        jz      .color
        call    grey_value
.color:
        mov     ah,dh
        mov     al,bl
        mov     dx,DAC_WRITE
        pushf
        cli
        out     dx,al
        inc     dx
        mov     al,ah
        out     dx,al
        mov     al,ch
        out     dx,al
        mov     al,cl
        out     dx,al
        popf
        ret

; 12: CX registers from BX = bytes at ES:DX.
dac_set_block:
        jcxz    .out
        mov     si,dx
        push    bx
        push    cx
        mov     al,bl
        mov     dx,DAC_WRITE
        out     dx,al
        inc     dx
.next:
        es lodsb
        out     dx,al
        es lodsb
        out     dx,al
        es lodsb
        out     dx,al
        loop    .next
        pop     cx
        pop     bx
        test    byte [BDA_FLAGS],FLAG_GREY
        jnz     dac_sum
.out:
        ret

; 13: BL = 0: BH bit 0 = sixteen sets of 16 colours instead of four of 64; BL = 1: BH = set to show.
dac_select:
        mov     al,bl
        mov     ah,bh
        mov     bl,10h
        call    attr_read
        cmp     al,1
        ja      .out
        je      .set
        and     bh,7Fh
        ror     ah,1
        and     ah,80h
        or      bh,ah
        jmp     attr_write
.set:
        test    bh,80h
        jnz     .sixteen
        shl     ah,1
        shl     ah,1
.sixteen:
        and     ah,0Fh
        mov     bh,ah
        mov     bl,14h
        jmp     attr_write
.out:
        ret

; 15: DH red, CH green, CL blue = DAC register BX.
dac_get:
        call    dac_read
        mov     [bp+FR_CX],cx
        mov     [bp+FR_DH],dh
        ret

; DH, CH, CL = register BL. Destroys AX, DL.
dac_read:
        mov     al,bl
        mov     dx,DAC_READ
        out     dx,al
        mov     dx,DAC_DATA
        in      al,dx
        mov     ah,al
        in      al,dx
        mov     ch,al
        in      al,dx
        mov     cl,al
        mov     dh,ah
        ret

; 17: CX registers from BX to ES:DX.
dac_get_block:
        jcxz    .out
        mov     di,dx
        mov     al,bl
        mov     dx,DAC_READ
        out     dx,al
        mov     dx,DAC_DATA
.next:
        in      al,dx
        stosb
        in      al,dx
        stosb
        in      al,dx
        stosb
        loop    .next
.out:
        ret

; 18, 19: the pixel mask, in BL.
dac_set_mask:
        mov     dx,DAC_MASK
        mov     al,bl
        out     dx,al
        ret
dac_get_mask:
        mov     dx,DAC_MASK
        in      al,dx
        mov     [bp+FR_BL],al
        ret

; 1A: BL = 1: sixteen sets of 16 colours, BH = the set shown.
dac_get_select:
        mov     bl,10h
        call    attr_read
        mov     ah,bh
        mov     bl,14h
        call    attr_read
        and     bh,0Fh
        mov     bl,1
        test    ah,80h
        jnz     .sixteen
        mov     bl,0
        shr     bh,1
        shr     bh,1
.sixteen:
        mov     [bp+FR_BX],bx
        ret

; 1B: CX registers from BX become greys.
dac_sum:
        jcxz    .out
.next:
        push    cx
        call    dac_read
        call    grey_value
        mov     al,bl
        mov     ah,dh
        mov     dx,DAC_WRITE
        out     dx,al
        inc     dx
        mov     al,ah
        out     dx,al
        out     dx,al
        out     dx,al
        pop     cx
        inc     bl
        loop    .next
.out:
        ret

; DH, CH, CL = the grey of that colour: 30 % red, 59 % green, 11 % blue. Destroys AX, DI.
grey_value:
        mov     al,77
        mul     dh
        mov     di,ax
        mov     al,151
        mul     ch
        add     di,ax
        mov     al,28
        mul     cl
        add     ax,di
        add     ax,80h
        mov     dh,ah
        mov     ch,ah
        mov     cl,ah
        ret

; ---- default colours ----------------------------------------------------------------------------

; Loads the DAC for [BDA_MODE], unless 1231h forbade it.
dac_default:
        test    byte [BDA_FLAGS],FLAG_NO_PALETTE
        jnz     .none
        mov     dx,DAC_MASK
        mov     al,0FFh
        out     dx,al
        mov     dx,DAC_WRITE
        xor     al,al
        out     dx,al
        inc     dx
        mov     al,[BDA_MODE]
        cmp     al,13h
        je      .linear
        mov     si,dac_mono
        cmp     al,7
        je      .sixty_four
        cmp     al,0Fh
        je      .sixty_four
        mov     si,dac_cga
        cmp     al,4                    ; 4-6, 0D, 0E, 200-line text: as on a CGA
        jb      .text
        cmp     al,0Fh
        jb      .sixty_four
.ega:
        mov     si,dac_ega
        jmp     .sixty_four
.text:
        test    byte [BDA_FLAGS],FLAG_200
        jz      .ega
.sixty_four:
        xor     cx,cx
.next:
        mov     al,cl
        call    si
        inc     cl
        cmp     cl,64
        jb      .next
        mov     cx,(256-64)*3           ; the rest is black
        xor     al,al
.black:
        out     dx,al
        loop    .black
        jmp     .grey
.linear:
        call    dac_256
.grey:
        test    byte [BDA_FLAGS],FLAG_GREY
        jz      .none
        xor     bx,bx
        mov     cx,256
        call    dac_sum
.none:
        ret

; Three bytes for entry AL of a 64-colour palette, to DX. Destroys AX, BX.
dac_mono:
        mov     bl,al                   ; eight each of black, normal, black, bright
        shr     bl,1
        shr     bl,1
        shr     bl,1
        and     bx,3
        mov     al,[cs:.shades+bx]
        out     dx,al
        out     dx,al
        out     dx,al
        ret
.shades:
        db      0,2Ah,0,3Fh

; A CGA has the lines R, G, B and, in bit 4 here, I; its monitor makes brown of dark yellow.
dac_cga:
        mov     ah,al
        and     al,7
        test    ah,10h
        jz      .dark
        or      al,38h
.dark:
        cmp     al,6
        jne     dac_ega
        mov     al,14h
; fall through

; An EGA has six lines: rgbRGB, a third and two thirds of each colour.
dac_ega:
        mov     bl,al
        shr     bl,1
        shr     bl,1
        call    .component              ; red: bits 2 and 5
        mov     bl,al
        shr     bl,1
        call    .component              ; green: bits 1 and 4
        mov     bl,al
.component:
        mov     ah,al
        mov     al,0
        test    bl,1
        jz      .third
        mov     al,2Ah
.third:
        test    bl,8
        jz      .put
        add     al,15h
.put:
        out     dx,al
        mov     al,ah
        ret

; The 256 colours of mode 13h: the 16 of a CGA, 16 greys, nine rings of 24 hues (three brightnesses
; of three saturations) and 8 black.
dac_256:
        xor     cx,cx
.cga:
        mov     al,cl
        shl     al,1                    ; bit 3 is the intensity
        and     al,10h
        or      al,cl
        call    dac_cga
        inc     cl
        cmp     cl,16
        jb      .cga
        mov     si,dac_greys
        mov     cx,16
.greys:
        cs lodsb
        out     dx,al
        out     dx,al
        out     dx,al
        loop    .greys
        mov     bx,dac_levels
        mov     di,9
.ring:
        call    dac_ring
        add     bx,5
        dec     di
        jnz     .ring
        mov     cx,8*3
        xor     al,al
.black:
        out     dx,al
        loop    .black
        ret

; 24 hues of the five levels at CS:BX, from blue over red and green back. Destroys AX, CX, SI.
%macro  DAC_RAMP 2                      ; inc or dec, component
        mov     si,4
%%next:
        call    dac_hue
        %1      %2
        dec     si
        jnz     %%next
%endmacro
dac_ring:
        xor     cx,cx                   ; CL red, CH green, AH blue, as levels 0-4
        mov     ah,4
        DAC_RAMP inc,cl
        DAC_RAMP dec,ah
        DAC_RAMP inc,ch
        DAC_RAMP dec,cl
        DAC_RAMP inc,ah
        DAC_RAMP dec,ch
        ret
dac_hue:
        mov     al,cl
        cs xlatb
        out     dx,al
        mov     al,ch
        cs xlatb
        out     dx,al
        mov     al,ah
        cs xlatb
        out     dx,al
        ret

dac_greys:
        db      00h,05h,08h,0Bh,0Eh,11h,14h,18h,1Ch,20h,24h,28h,2Dh,32h,38h,3Fh
dac_levels:
        db      00h,10h,1Fh,2Fh,3Fh, 1Fh,27h,2Fh,37h,3Fh, 2Dh,31h,36h,3Ah,3Fh
        db      00h,07h,0Eh,15h,1Ch, 0Eh,11h,15h,18h,1Ch, 14h,16h,18h,1Ah,1Ch
        db      00h,04h,08h,0Ch,10h, 08h,0Ah,0Ch,0Eh,10h, 0Bh,0Ch,0Dh,0Fh,10h
