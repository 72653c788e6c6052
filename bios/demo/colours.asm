; Text mode: every pair of the 16 colours on the left, the 256 characters of code page 437 on the right. Both appear
; a row at a time; then a cursor runs through the characters and names their codes.

ATTR_TOP        equ     6
ATTR_LEFT       equ     5
CHAR_LEFT       equ     45

colours_part:
        call    text_screen
        mov     si,text_colours
        mov     ah,TEXT
        call    print
        mov     di,CELL(ATTR_TOP-1,ATTR_LEFT)
        call    hex_heads
        mov     di,CELL(ATTR_TOP-1,CHAR_LEFT)
        call    hex_heads
        xor     bp,bp
.row:
        call    attr_row
        call    char_row
        mov     ax,5
        call    frame
        jc      .over
        inc     bp
        cmp     bp,16
        jb      .row
.cursor:
        call    part_time
        mov     bx,ax
        shr     bx,1
        xor     bh,bh
        mov     al,BRIGHT|30h
        call    char_mark
        push    bx
        mov     ax,2
        call    frame
        pop     bx
        pushf
        mov     al,HEAD
        call    char_mark
        popf
        jnc     .cursor
.over:
        ret

; DI = cell: "0 1 2 ... F".
hex_heads:
        xor     bx,bx
.next:
        mov     ah,DIM
        mov     al,bl
        call    put_hex4
        inc     di
        inc     di
        inc     bx
        cmp     bl,16
        jb      .next
        ret

; BP = row. DI = its first cell at column DX, with the row's hex digit before it.
row_start:
        mov     ax,bp
        mov     ah,160
        mul     ah
        mov     di,ax
        add     di,dx
        mov     bx,bp
        mov     ah,DIM
        mov     al,bl
        call    put_hex4
        inc     di
        inc     di
        ret

attr_row:
        mov     dx,CELL(ATTR_TOP,ATTR_LEFT-2)
        call    row_start
        mov     cl,4
        mov     ah,bl                   ; row = background
        shl     ah,cl
        mov     cx,16
.cell:
        mov     al,'A'
        stosw
        mov     al,'a'
        stosw
        inc     ah
        loop    .cell
        ret

char_row:
        mov     dx,CELL(ATTR_TOP,CHAR_LEFT-2)
        call    row_start
        mov     al,bl
        mov     cl,4
        shl     al,cl
        mov     ah,HEAD
        mov     cx,16
.cell:
        stosw
        inc     ax
        inc     di
        inc     di
        loop    .cell
        ret

; BL = character, AL = attribute: paints its cell and shows its code below. Keeps BX.
char_mark:
        push    bx
        push    ax
        mov     al,bl
        mov     cl,4
        shr     al,cl
        mov     ah,160
        mul     ah
        mov     di,ax
        mov     ax,bx
        and     ax,15
        add     ax,ax
        add     ax,ax
        add     di,ax
        pop     ax
        mov     [es:di+CELL(ATTR_TOP,CHAR_LEFT)+1],al
        mov     di,CELL(ATTR_TOP+17,CHAR_LEFT+12)
        mov     ah,TEXT
        push    bx
        xor     dx,dx
        mov     al,' '
        mov     word [es:di+4],TEXT<<8|' '
        mov     word [es:di+2],TEXT<<8|' '
        call    put_decimal
        pop     bx
        mov     di,CELL(ATTR_TOP+17,CHAR_LEFT+18)
        call    put_hex8
        mov     al,'h'
        stosw
        mov     al,bl
        mov     ah,NOTE
        mov     [es:CELL(ATTR_TOP+17,CHAR_LEFT+24)],ax
        pop     bx
        ret

text_colours:
        db      AT(2,3),INK(BRIGHT),"16 x 16 colours",INK(TEXT),": ink across"
        db      AT(2,43),INK(BRIGHT),"256 characters",INK(TEXT),", code page 437"
        db      AT(3,3),INK(DIM),"attributes at B800:0001, 0003, ..."
        db      AT(3,43),INK(DIM),"high digit down, low digit across"
        db      AT(23,3),INK(DIM),"INT 10h, AX=1003h: bright, no blinking"
        db      AT(23,45),INK(TEXT),"character",0
