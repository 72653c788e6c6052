; The title: the name in half blocks, two pixels to a cell, with a light that runs over the glass, in front of a sky of
; slow stars. Half blocks make square pixels: foreground is the upper one, background the lower.

LOGO_W          equ     66
LOGO_ROWS       equ     16              ; pixels; 8 cells
LOGO_TOP        equ     5
LOGO_LEFT       equ     7
GLINT_PERIOD    equ     160             ; pixels between two lights
STARS           equ     48
STAR            equ     0FAh            ; a dot in mid-height

title_part:
        call    text_screen
        call    stars_place
        mov     di,CELL(15,17)
        mov     si,text_title
        mov     ah,BRIGHT
        call    print
        mov     di,CELL(20,19)
        mov     si,[cpu_name]
        mov     ah,TEXT
        call    print
        mov     si,text_title_ram
        call    print
        int     12h
        xchg    ax,bx
        xor     dx,dx
        mov     ah,TEXT
        call    put_decimal
        mov     si,text_title_kb
        call    print
.frame:
        call    stars_move
        call    logo_draw
        mov     ax,4
        call    frame
        jnc     .frame
        ret

logo_draw:
        call    part_time
        add     ax,ax                   ; the light moves two pixels a tick
        xor     dx,dx
        mov     bx,GLINT_PERIOD
        div     bx
        mov     bp,dx
        mov     si,logo
        mov     di,CELL(LOGO_TOP,LOGO_LEFT)
        xor     bx,bx                   ; BL = column, BH = pixel row
.cell:
        mov     al,[si]
        mov     ah,[si+LOGO_W]
        and     ax,0101h                ; '#' is odd, '.' is even
        jz      .next
        push    ax
        call    logo_colour
        mov     dl,al
        inc     bh
        call    logo_colour
        dec     bh
        mov     dh,al
        pop     ax
        neg     al                      ; colour or nothing
        neg     ah
        and     dl,al
        and     dh,ah
        mov     ah,dh
        mov     cl,4
        shl     ah,cl
        or      ah,dl
        mov     al,0DFh                 ; upper half block
        mov     [es:di],ax
.next:
        inc     si
        inc     di
        inc     di
        inc     bl
        cmp     bl,LOGO_W
        jb      .cell
        xor     bl,bl
        add     si,LOGO_W
        add     di,(80-LOGO_W)*2
        add     bh,2
        cmp     bh,LOGO_ROWS
        jb      .cell
        ret

; BL = column, BH = pixel row, BP = the light. AL = colour. Keeps all but AX and CX.
logo_colour:
        mov     al,bl
        add     al,bh                   ; the light is a slanted line
        xor     ah,ah
        mov     cx,bp
        sub     ax,cx
        jns     .distance
        neg     ax
.distance:
        cmp     ax,3
        mov     al,BRIGHT
        jb      .out
        push    bx
        mov     bl,bh
        xor     bh,bh
        mov     al,[logo_ramp+bx]
        pop     bx
.out:
        ret

; Stars: cell offset and speed each. They show only where the screen is empty.
stars_place:
        mov     word [random],8086h
        mov     si,stars
        mov     cx,STARS
.star:
        call    random_next
        xor     dx,dx
        mov     bx,80*23-1
        div     bx
        add     dx,80
        add     dx,dx
        mov     [si],dx
        mov     ax,cx
        and     al,3
        mov     [si+2],ax
        add     si,4
        loop    .star
        ret

stars_move:
        mov     si,stars
        mov     cx,STARS
        inc     word [angle]
.star:
        mov     bx,[si]
        cmp     byte [es:bx],STAR
        jne     .hidden
        mov     byte [es:bx],' '
.hidden:
        mov     dx,[si+2]
        mov     ax,[angle]
        inc     dx
        div     dl
        test    ah,ah                   ; every 1st to 4th frame a cell to the left
        jnz     .place
        dec     bx
        dec     bx
        cmp     bx,160
        jae     .place
        mov     bx,CELL(23,79)
.place:
        mov     [si],bx
        cmp     byte [es:bx],' '
        jne     .next
        mov     dl,[si+2]
        xor     dh,dh
        mov     di,dx
        mov     ah,[star_colours+di]
        mov     al,STAR
        mov     [es:bx],ax
.next:
        add     si,4
        loop    .star
        ret

; AX = next of a 16-bit xorshift (7, 9, 8).
random_next:
        push    cx
        mov     ax,[random]
        mov     dx,ax
        mov     cl,7
        shl     dx,cl
        xor     ax,dx
        mov     dx,ax
        mov     cl,9
        shr     dx,cl
        xor     ax,dx
        xor     ah,al
        mov     [random],ax
        pop     cx
        ret

star_colours:   db      0Fh,07h,08h,08h
logo_ramp:      db      0Fh,0Fh,0Bh,0Bh,0Bh,0Bh,0Bh,03h,09h,09h,09h,09h,01h,01h,01h,01h

logo:
        db      "..........##....................................######.....#####.."
        db      "..........##...................................########...######.."
        db      "..........##...................................##....##..###......"
        db      "..........##...................................##....##..##......."
        db      ".######...##.....######....#######...#######...##....##..##......."
        db      "########..##....########..########..########....######...#######.."
        db      "##....##..##..........##..##........##.........########..########."
        db      "##....##..##.....#######..#######...#######....##....##..##....##."
        db      "##....##..##....########...#######...#######...##....##..##....##."
        db      "##....##..##....##....##........##........##...##....##..##....##."
        db      "########..####..########..########..########...########..########."
        db      ".#######...###...#######..#######...#######.....######....######.."
        db      "......##.........................................................."
        db      "......##.........................................................."
        db      "#######..........................................................."
        db      "######............................................................"

text_title:
        db      "a PC under glass: every instruction interpreted,",AT(16,21)
        db      "every check made, every run repeatable",AT(18,23),INK(HEAD)
        db      "8086  80286  80386  80486  Pentium",0
text_title_ram: db      " with VGA and ",0
text_title_kb:  db      " KB of base memory",0
