; INT 10h functions 0Eh (teletype) and 13h (write string), and the bell.

; 0E: AL = character, BL = colour in graphics modes. Writes to the page shown.
teletype:
        mov     bh,[BDA_PAGE]
        mov     ah,0
; fall through

; Writes AL at the cursor of page BH and moves it on, scrolling at the end; BEL, BS, LF and CR act.
; In text the attribute becomes BL if AH is not 0, else stays; in graphics BL is the colour.
put_char:
        call    cursor_of_page
        cmp     al,0Dh
        ja      .glyph
        je      .return
        cmp     al,0Ah
        je      .down
        cmp     al,8
        je      .back
        cmp     al,7
        jne     .glyph
        jmp     bell

.back:
        cmp     dl,0
        je      .out
        dec     dl
        jmp     set_cursor
.return:
        mov     dl,0
        jmp     set_cursor

.glyph:
        push    bx
        push    dx
        mov     cx,ax
        call    mode_class
        jne     .graphics
        call    text_address
        mov     al,cl
        stosb
        test    ch,ch
        jz      .written
        mov     al,bl
        stosb
        jmp     .written
.graphics:
        mov     al,cl
        mov     ah,0
        mov     cx,1
        call    gfx_write_chars
.written:
        pop     dx
        pop     bx
        inc     dl
        cmp     dl,[BDA_COLS]
        jb      .place
        mov     dl,0
.down:
        inc     dh
        cmp     dh,[BDA_ROWS]
        jbe     .place
        ; The new row continues the attribute at the cursor.
        mov     dh,[BDA_ROWS]
        push    bx
        push    dx
        call    mode_class
        mov     al,0
        jne     .scroll
        call    text_address
        mov     al,[es:di+1]
.scroll:
        mov     bl,bh
        mov     bh,al
        mov     al,1
        xor     cx,cx
        mov     dh,[BDA_ROWS]
        mov     dl,[BDA_COLS]
        dec     dl
        mov     si,1
        call    scroll_window
        pop     dx
        pop     bx
.place:
        jmp     set_cursor
.out:
        ret

; 13: AL bit 0: move the cursor, bit 1: each character is followed by its attribute; BL = attribute
; if not, BH = page, CX = length, DH:DL = where, ES:BP = string.
write_string:
        cmp     al,3
        ja      .out
        push    dx
        call    cursor_of_page
        pop     di
        push    dx                      ; the cursor to go back to
        mov     dx,di
        mov     si,[bp+FR_BP]
        push    ax
        push    bx
        call    set_cursor
        pop     bx
        pop     ax
        jcxz    .end
.next:
        push    ax
        push    cx
        mov     cl,al
        es lodsb
        test    cl,2
        jz      .put
        mov     bl,[es:si]
        inc     si
.put:
        mov     ah,1
        push    bx
        push    si
        push    es
        call    put_char
        pop     es
        pop     si
        pop     bx
        pop     cx
        pop     ax
        loop    .next
.end:
        pop     dx
        test    al,1
        jnz     .out
        jmp     set_cursor
.out:
        ret

; An eighth of a second of 896 Hz from timer 2, whose output is bit 5 of port 61h: counting its
; edges measures the time on any machine. Where the bit never moves, the inner loop gives up.
BELL_DIVISOR    equ     1331
BELL_EDGES      equ     896*2/8
bell:
        in      al,61h
        push    ax
        mov     al,0B6h                 ; counter 2, mode 3, both bytes
        out     43h,al
        mov     al,BELL_DIVISOR & 0FFh
        out     42h,al
        mov     al,BELL_DIVISOR >> 8
        out     42h,al
        in      al,61h
        or      al,3
        out     61h,al
        mov     ah,al
        mov     cx,BELL_EDGES
.edge:
        mov     dx,4096
.poll:
        in      al,61h
        xor     al,ah
        test    al,20h
        jnz     .seen
        dec     dx
        jnz     .poll
.seen:
        xor     ah,20h
        loop    .edge
        pop     ax
        out     61h,al
        ret
