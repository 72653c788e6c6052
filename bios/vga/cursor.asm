; INT 10h functions 01h-05h: shape and position of the cursor, light pen, pages.

; 01: CH = first, CL = last scan line of the cursor; bit 5 of CH hides it.
set_cursor_shape:
        mov     [BDA_SHAPE],cx
; fall through

; Programs the cursor for [BDA_SHAPE]. Old programs think of 8 scan lines; unless emulation is off
; (1234h), what they mean by those (underline, half block, block) is stretched to the height of the
; characters.
cursor_apply:
        mov     cx,[BDA_SHAPE]
        test    byte [BDA_CTL],CTL_NO_EMULATE
        jnz     cursor_program
        call    mode_class
        jne     cursor_program
        mov     dl,[BDA_HEIGHT]
        cmp     dl,8
        jbe     cursor_program
        test    ch,0E0h                 ; hidden: nothing to stretch
        jnz     cursor_program
        cmp     cl,3                    ; a line at the top
        jbe     cursor_program
        cmp     ch,cl                   ; split in two
        ja      cursor_program
        cmp     cl,dl                   ; beyond the character
        jae     cursor_program
        mov     dh,dl                   ; already at the bottom of this height
        dec     dh
        cmp     cl,dh
        je      cursor_program
        mov     al,cl
        sub     al,ch
        cmp     al,2
        ja      .block
        mov     cl,dh                   ; underline: its thickness, at the bottom
        mov     ch,dh
        sub     ch,al
        cmp     dl,14                   ; tall characters have room below the line
        jb      cursor_program
        dec     cl
        dec     ch
        jmp     cursor_program
.block:
        mov     cl,dh
        cmp     ch,2
        jbe     cursor_program          ; the whole block, from where it began
        shr     dl,1
        mov     ch,dl                   ; the lower half
; fall through

; CX -> CRTC 0Ah and 0Bh. The cursor of an EGA leaves out the last line, cannot be hidden by a bit,
; and is one line where both ends agree in their low four bits.
cursor_program:
%ifdef EGA
        mov     al,ch
        and     al,60h
        cmp     al,20h
        je      .hide
        inc     cl
        cmp     cl,[BDA_HEIGHT]
        jb      .end
        mov     cl,0                    ; down to the bottom
        cmp     ch,0
        jne     .end
        mov     cl,1Fh                  ; never: the whole block
.end:
        mov     al,cl
        sub     al,ch
        cmp     al,10h
        jne     .program
        inc     cl
        jmp     .program
.hide:
        mov     cx,1E00h
.program:
%endif
        mov     dx,[BDA_CRTC]
        mov     al,0Ah
        mov     ah,ch
        out     dx,ax
        inc     al
        mov     ah,cl
        out     dx,ax
        ret

; After the height of characters changed: emulated shapes are stretched anew, others become an
; underline.
cursor_fit:
        test    byte [BDA_CTL],CTL_NO_EMULATE
        jz      cursor_apply
        mov     cl,[BDA_HEIGHT]
        dec     cl
        mov     ch,cl
        dec     ch
        mov     [BDA_SHAPE],cx
        jmp     cursor_program

; 02: DH = row, DL = column, BH = page.
set_cursor:
        and     bh,7
        mov     bl,bh
        xor     bh,bh
        shl     bx,1
        mov     [BDA_CURSOR+bx],dx
        shr     bx,1
        cmp     bl,[BDA_PAGE]
        jne     cursor_none
; fall through

; Puts the hardware cursor at DH:DL of the page shown. Destroys AX, BX, DX.
cursor_show:
        call    mode_class
        jne     cursor_none
        mov     al,[BDA_COLS]
        mul     dh
        xor     dh,dh
        add     ax,dx
        mov     bx,[BDA_START]
        shr     bx,1
        add     bx,ax
        mov     dx,[BDA_CRTC]
        mov     al,0Eh
        mov     ah,bh
        out     dx,ax
        inc     al
        mov     ah,bl
        out     dx,ax
cursor_none:
        ret

; 03: BH = page. DH:DL = position, CX = shape.
get_cursor:
        call    cursor_of_page
        mov     [bp+FR_DX],dx
        mov     ax,[BDA_SHAPE]
        mov     [bp+FR_CX],ax
        ret

; DX = cursor of page BH. Keeps all else.
cursor_of_page:
        push    bx
        mov     bl,bh
        and     bx,7
        shl     bx,1
        mov     dx,[BDA_CURSOR+bx]
        pop     bx
        ret

; 04: there is no light pen.
get_light_pen:
        mov     byte [bp+FR_AH],0
        ret

; 05: AL = page to show.
set_page:
        cmp     al,7
        ja      .out
        mov     [BDA_PAGE],al
        xor     ah,ah
        mov     cx,ax
        mul     word [BDA_PAGE_SIZE]
        mov     [BDA_START],ax
        mov     bx,ax
        ; The CRTC counts what it fetches at once: bytes in planar, words in text and CGA modes.
        call    mode_class
        cmp     al,CLASS_PLANAR
        je      .bytes
        shr     bx,1
        cmp     al,CLASS_LINEAR
        jne     .bytes
        shr     bx,1
.bytes:
        mov     dx,[BDA_CRTC]
        mov     al,0Ch
        mov     ah,bh
        out     dx,ax
        inc     al
        mov     ah,bl
        out     dx,ax
        mov     bh,cl
        call    cursor_of_page
        jmp     cursor_show
.out:
        ret
