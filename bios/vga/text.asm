; INT 10h functions 08h-0Ah: characters at the cursor. Graphics modes continue in graphics.asm.

; ES:DI -> character at the cursor of page BH in text memory. Destroys AX, DX.
text_at_cursor:
        call    cursor_of_page
; fall through

; ES:DI -> character at DH:DL of page BH. Destroys AX, DX.
text_address:
        mov     al,[BDA_COLS]
        mul     dh
        xor     dh,dh
        add     ax,dx
        shl     ax,1
        mov     di,ax
        mov     al,bh
        and     ax,7
        mul     word [BDA_PAGE_SIZE]
        add     di,ax
        jmp     text_segment

; 08: BH = page. AL = character, AH = attribute.
read_char:
        call    mode_class
        jne     .graphics
        call    text_at_cursor
        mov     ax,[es:di]
        mov     [bp+FR_AX],ax
        ret
.graphics:
        jmp     gfx_read_char

; 09: AL = character, BL = attribute, BH = page, CX = times.
write_char_attr:
        mov     si,ax
        call    mode_class
        jne     write_gfx
        call    text_at_cursor
        mov     ax,si
        mov     ah,bl
        rep stosw
        ret

; 0A: the same, keeping the attribute.
write_char:
        mov     si,ax
        call    mode_class
        jne     write_gfx
        jcxz    .out
        call    text_at_cursor
        mov     ax,si
.next:
        stosb
        inc     di
        loop    .next
.out:
        ret

; In graphics modes both take the colour from BL. In mode 13h, where there are no pages, BH is the
; background.
write_gfx:
        mov     dx,si
        mov     ah,0
        cmp     al,CLASS_LINEAR
        jne     .planes
        mov     ah,bh
        xor     bh,bh
.planes:
        mov     al,dl
        call    cursor_of_page
        jmp     gfx_write_chars
