; The last screen: what was shown, how to go on, then the power goes off. A headless run prints this screen.

final_part:
        call    text_screen
        mov     si,text_final
        mov     ah,TEXT
        call    print
        mov     cx,1
        mov     di,CELL(7,4)
        cmp     byte [cpu_level],CPU_386
        jb      .skipped
        cmp     byte [has_vga],0
        jne     .second
        mov     cx,2
        mov     di,CELL(5,4)
.skipped:                               ; what this machine could not show
        push    di
        mov     word [es:di],NOTE<<8|'-'
        mov     al,DIM
        lea     bx,[di+4]
        push    cx
        mov     cx,72
        call    paint
        pop     cx
        pop     di
        add     di,160
        loop    .skipped
.second:
        cmp     byte [menu_mode],0
        jne     .wait
        mov     bx,[part]
        mov     ax,[bx+PART.hold]
        mov     cx,ax
        call    part_time
        sub     cx,ax
        jns     .left
        xor     cx,cx
.left:
        mov     ax,cx
        add     ax,72
        mov     bl,73
        div     bl
        mov     bl,al
        xor     bh,bh
        xor     dx,dx
        mov     di,CELL(22,3)
        mov     si,text_off
        mov     ah,NOTE
        call    print
        call    put_decimal
        mov     si,text_seconds
        call    print
.wait:
        mov     ax,6
        call    frame
        jnc     .second
        cmp     byte [to_menu],0
        jne     .out
        mov     di,CELL(22,3)           ; the power goes off now: the screen should say so
        mov     si,text_bye
        mov     ah,NOTE
        call    print
.out:
        ret

%define DONE(row) AT(row,4),INK(GOOD),0FBh,INK(TEXT),GAP(1)

text_final:
        db      AT(2,3),INK(BRIGHT),"That was glass86 at work. You have seen",INK(TEXT)
        db      DONE(4),"text mode: 16 colours on 16, 256 characters, a clock on IRQ0"
        db      DONE(5),"VGA mode 13h: 256 colours, a palette in motion, fixed-point 3-D"
        db      DONE(6),"VGA mode 12h: four planes, all write modes of the graphics controller"
        db      DONE(7),"protected mode: paging, a page fault mended, ring 3 kept in its place"
        db      DONE(8),"the processor, the memory map and the keyboard of this machine"
        db      AT(10,3),INK(BRIGHT),"Go on with",INK(TEXT)
        db      AT(12,4),INK(HEAD),"glass86 your-dos.img",INK(TEXT),AT(12,40),"boot your own floppy or hard disk"
        db      AT(13,4),INK(HEAD),"glass86 -snapshot your-dos.img",INK(TEXT),AT(13,40),"the image stays as it is"
        db      AT(14,4),INK(HEAD),"glass86 -display text your-dos.img",INK(TEXT),AT(14,40),"in the terminal"
        db      AT(15,4),INK(HEAD),"glass86 -cpu 8086",INK(TEXT),AT(15,40),"this demo on a PC of 1981"
        db      AT(16,4),INK(HEAD),"glass86 -help",INK(TEXT),AT(16,40),"everything else"
        db      AT(18,3),INK(BRIGHT),"Keys",INK(TEXT)
        db      AT(20,4),"F12 at power-on chooses the boot disk; the window's title bar names more"
        db      0
text_off:       db      "Power off in ",0
text_seconds:   db      " s. Any key opens the menu.",0
text_bye:       db      "Power off.                                    ",0
