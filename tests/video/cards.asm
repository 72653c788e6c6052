; The adapters before the EGA: text and graphics through their BIOS, and what programs do with their
; registers. Detection first: a program that does not find its card draws nothing.
;
; picture: card-cga-text -DTEXT=3 : -vga cga
; picture: card-cga-text40 -DTEXT=1 : -vga cga
; picture: card-cga-bright -DTEXT=3 -DBRIGHT : -vga cga
; picture: card-cga-mode4 -DMODE4 : -vga cga
; picture: card-cga-mode4-0 -DMODE4 -DCOLOR=11h : -vga cga
; picture: card-cga-mode5 -DMODE4 -DGREY : -vga cga
; picture: card-cga-mode6 -DMODE6 : -vga cga
; picture: card-cga-160x100 -DTINY : -vga cga
; picture: card-hercules-text -DTEXT=7 -DHERC : -vga hercules
; picture: card-hercules-720x348 -DGRAPHICS=0 -DHERC : -vga hercules
; picture: card-hercules-page1 -DGRAPHICS=1 -DHERC : -vga hercules
%include "video.inc"

draw:
        ; no EGA: AH = 12h, BL = 10h must leave BL alone, 1A00h AL
        mov     ax,1200h
        mov     bx,0FF10h
        int     10h
        cmp     bl,10h
        jne     .out
        mov     ax,1A00h
        int     10h
        cmp     al,1Ah
        je      .out
        int     11h
        and     al,30h
%ifdef HERC
        cmp     al,30h
        jne     .out
        ; bit 7 of 3BAh moves on a Hercules card, not on an MDA
        mov     dx,3BAh
        in      al,dx
        and     al,80h
        mov     ah,al
        mov     ecx,4000000             ; longer than a frame on a fast processor, too
.move:  in      al,dx
        and     al,80h
        cmp     al,ah
        a32 loope .move
        je      .out
%else
        cmp     al,20h
        jne     .out
        ; the cursor address of the 6845 can be read back
        mov     dx,3D4h
        mov     ax,5A0Fh
        out     dx,ax
        mov     al,0Fh
        out     dx,al
        inc     dx
        in      al,dx
        cmp     al,5Ah
        jne     .out
%endif
        call    show
        mov     cx,3                    ; some frames
.tick:  hlt
        loop    .tick
.out:
        ret

show:
%ifdef TEXT
        MODE    TEXT
        NO_CURSOR
%if TEXT = 7
        push    0B000h
%else
        push    0B800h
%endif
        pop     es
        xor     di,di
        movzx   dx,byte [44Ah]
        xor     bl,bl
.row:   mov     cx,dx
        xor     bh,bh
.cell:  mov     ah,bl
        shl     ah,4
        mov     al,bh
        and     al,15
        or      ah,al
        mov     al,bh
        add     al,'!'
        stosw
        inc     bh
        loop    .cell
        inc     bl
        cmp     bl,16
        jb      .row
        xor     al,al
        mov     ah,7
.all:   stosw
        inc     al
        jnz     .all
%ifdef BRIGHT
        mov     dx,3D8h
        mov     al,09h                  ; bit 7 of attributes: bright ground
        out     dx,al
        inc     dx
        mov     al,05h
        out     dx,al
%endif
%elifdef MODE4
%ifdef GREY
        MODE    5
%else
        MODE    4
%endif
        push    0B800h
        pop     es
        xor     di,di
        call    bank
        mov     di,2000h
        call    bank
%ifdef COLOR
        mov     dx,3D9h
        mov     al,COLOR
        out     dx,al
%endif
        xor     ax,ax
        mov     es,ax
        PRINT   "Four colours",3
        call    square
%elifdef MODE6
        MODE    6
        push    0B800h
        pop     es
        xor     di,di
        call    bank
        mov     di,2000h
        call    bank
        xor     ax,ax
        mov     es,ax
        PRINT   "Two colours",1
        call    square
        mov     dx,3D9h
        mov     al,0Bh
        out     dx,al
%elifdef TINY
        ; 80x100 characters of two lines; DEh is half and half, so 160x100 pixels of 16 colours
        MODE    3
        mov     dx,3D8h
        mov     al,01h
        out     dx,al
        OUT2    3D4h,04h,7Fh
        OUT2    3D4h,06h,64h
        OUT2    3D4h,07h,70h
        OUT2    3D4h,09h,01h
        OUT2    3D4h,0Ah,20h
        push    0B800h
        pop     es
        xor     di,di
        xor     dx,dx
.line:  mov     cx,80
        mov     ah,dl
.dot:   mov     al,0DEh
        stosw
        add     ah,11h
        loop    .dot
        inc     dl
        cmp     dl,100
        jb      .line
        mov     dx,3D8h
        mov     al,09h
        out     dx,al
%elifdef GRAPHICS
        MODE    7
        mov     dx,3BFh
        mov     al,3
        out     dx,al
        mov     dx,3B8h
        mov     al,2
        out     dx,al
        mov     si,registers
        mov     dx,3B4h
        xor     ah,ah
.next:  mov     al,ah
        out     dx,al
        inc     dx
        lodsb
        out     dx,al
        dec     dx
        inc     ah
        cmp     ah,12
        jb      .next
        push    0B000h + GRAPHICS*800h
        pop     es
        ; row y is at 2000h * (y mod 4) + 90 * (y / 4)
        xor     bp,bp
.row:   mov     ax,bp
        shr     ax,2
        imul    di,ax,90
        mov     ax,bp
        and     ax,3
        shl     ax,13
        add     di,ax
        mov     cx,90
        mov     bx,bp
        shr     bx,3
        mov     al,0AAh
        test    bl,1
        jz      .fill
        mov     al,0C1h + GRAPHICS
.fill:  rep stosb
        inc     bp
        cmp     bp,348
        jb      .row
        mov     byte [es:0],0FFh        ; corners
        mov     byte [es:89],0FFh
        mov     byte [es:6000h+90*86],0FFh
        mov     byte [es:6000h+90*86+89],0FFh
        mov     dx,3B8h
        mov     al,0Ah | GRAPHICS << 7
        out     dx,al
%endif
        ret

%ifdef GRAPHICS
registers:
        db      35h,2Dh,2Eh,07h,5Bh,02h,57h,57h,02h,03h,00h,00h
%endif

%ifdef MODE4
bank:   mov     cx,8000
.byte:  mov     ax,di
        shr     ax,3
        stosb
        loop    .byte
        ret
%elifdef MODE6
bank:   mov     cx,8000
.byte:  mov     ax,di
        shr     ax,3
        stosb
        loop    .byte
        ret
%endif

; Pixels through the BIOS.
square:
        mov     dx,40
.y:     mov     cx,200
.x:     mov     ax,cx
        xor     ax,dx
        shr     ax,3
        and     al,3
        mov     ah,0Ch
        mov     bh,0
        int     10h
        inc     cx
        cmp     cx,264
        jb      .x
        inc     dx
        cmp     dx,104
        jb      .y
        ret
        IMAGE_END
