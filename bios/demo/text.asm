; The text screen, written straight to B8000h. `print` takes strings with codes for colour and place, so that whole
; screens are data. ES = B800h in all of this, DI = cell, AH = attribute.

; Clears the screen and draws the bars of [part]. Returns ES = B800h.
text_screen:
        mov     byte [clock_shown],0
        cmp     byte [video_mode],3
        je      .set
        mov     ax,3
        int     10h
        mov     byte [video_mode],3
        mov     ax,1003h                ; bit 7 of attributes: bright background, not blinking
        xor     bx,bx
        int     10h
        mov     ah,1                    ; no cursor
        mov     cx,2000h
        int     10h
.set:
        mov     ax,0B800h
        mov     es,ax
        xor     di,di
        mov     cx,80*25
        mov     ax,TEXT<<8|' '
        rep     stosw
        xor     di,di
        mov     cx,80
        mov     ah,BAR
        rep     stosw
        mov     di,CELL(24,0)
        mov     cx,80
        rep     stosw
        xor     di,di
        mov     ah,BAR_NAME
        mov     si,text_bar_name
        call    print
        mov     ah,BAR
        mov     bx,[part]
        mov     si,[bx+PART.name]
        mov     di,CELL(0,11)
        call    print
        mov     di,CELL(24,1)
        mov     si,text_bar_menu
        cmp     byte [menu_mode],0
        je      .keys
        mov     si,text_bar_back
        cmp     word [part],menu_part
        jne     .keys
        mov     si,text_bar_free
.keys:
        cmp     word [part],keyboard_entry
        jne     .ready
        mov     si,text_bar_esc
.ready:
        mov     ah,BAR
        call    print
        cmp     word [part],menu_part
        je      .clock
        mov     di,CELL(24,79-2*PARTS)
        mov     cx,PARTS
        mov     bx,[part_number]
        mov     ax,(BAR&0F0h|BRIGHT)<<8|0FEh    ; a square for each part, bright up to this one
.squares:
        mov     [es:di],ax
        add     di,4
        dec     bx
        jnz     .same
        mov     ah,BAR&0F0h|3
.same:
        loop    .squares
.clock:
        call    clock_draw
        mov     byte [clock_shown],1
        ret

; SI = string. Leaves DI behind it.
print:
        lodsb
        cmp     al,3
        jbe     .code
        stosw
        jmp     print
.code:
        test    al,al
        jz      .out
        push    ax
        cmp     al,2
        je      .at
        ja      .gap
        pop     ax
        lodsb
        mov     ah,al
        jmp     print
.gap:
        lodsb
        xor     ah,ah
        add     ax,ax
        add     di,ax
        pop     ax
        jmp     print
.at:
        lodsb
        mov     ah,80
        mul     ah
        mov     di,ax
        lodsb
        xor     ah,ah
        add     di,ax
        add     di,di
        pop     ax
        jmp     print
.out:
        ret

; AL = attribute, BX = cell, CX = cells: paints without touching the characters.
paint:
        mov     [es:bx+1],al
        inc     bx
        inc     bx
        loop    paint
        ret

text_bar_name:  db      " glass86 ",0
text_bar_menu:  db      "any key: menu",0
text_bar_esc:   db      "Esc: menu",0
text_bar_back:  db      "any key: back to the menu",0
text_bar_free:  db      "your own disk: glass86 your-dos.img",0
