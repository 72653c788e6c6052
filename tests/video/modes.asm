; Every mode of INT 10h: text and its colours, pixels through the BIOS, and memory as the mode has
; it.
;
; picture: mode00 -DNUMBER=00h
; picture: mode01 -DNUMBER=01h
; picture: mode02 -DNUMBER=02h
; picture: mode03 -DNUMBER=03h
; picture: mode04 -DNUMBER=04h
; picture: mode05 -DNUMBER=05h
; picture: mode06 -DNUMBER=06h
; picture: mode07 -DNUMBER=07h
; picture: mode0d -DNUMBER=0Dh
; picture: mode0e -DNUMBER=0Eh
; picture: mode0f -DNUMBER=0Fh
; picture: mode10 -DNUMBER=10h
; picture: mode11 -DNUMBER=11h
; picture: mode12 -DNUMBER=12h
; picture: mode13 -DNUMBER=13h
; picture: ega-mode00 -DNUMBER=00h : -vga ega
; picture: ega-mode01 -DNUMBER=01h : -vga ega
; picture: ega-mode02 -DNUMBER=02h : -vga ega
; picture: ega-mode03 -DNUMBER=03h : -vga ega
; picture: ega-mode04 -DNUMBER=04h : -vga ega
; picture: ega-mode05 -DNUMBER=05h : -vga ega
; picture: ega-mode06 -DNUMBER=06h : -vga ega
; picture: ega-mode0d -DNUMBER=0Dh : -vga ega
; picture: ega-mode0e -DNUMBER=0Eh : -vga ega
; picture: ega-mode10 -DNUMBER=10h : -vga ega
; picture: ega-mode07 -DNUMBER=07h : -vga ega,monitor=mono
; picture: ega-mode0f -DNUMBER=0Fh : -vga ega,monitor=mono
; picture: ega-cd-mode03 -DNUMBER=03h : -vga ega,monitor=cd
; picture: ega-cd-mode0e -DNUMBER=0Eh : -vga ega,monitor=cd
; picture: ega-64k-mode03 -DNUMBER=03h : -vga ega,memory=64
; picture: ega-64k-mode0e -DNUMBER=0Eh : -vga ega,memory=64
; picture: ega-64k-mode10 -DNUMBER=10h -DSMALL : -vga ega,memory=64
; picture: ega-64k-mode0f -DNUMBER=0Fh -DSMALL : -vga ega,monitor=mono,memory=64
; picture: mode03-200 -DNUMBER=03h -DLINES=0
; picture: mode03-350 -DNUMBER=03h -DLINES=1
; picture: mode01-200 -DNUMBER=01h -DLINES=0
%include "video.inc"

draw:
%ifdef LINES
        mov     ax,1200h | LINES
        mov     bl,30h
        int     10h
%endif
        MODE    NUMBER
%if NUMBER <= 3 || NUMBER = 7
        NO_CURSOR
%if NUMBER = 7
        push    0B000h
%else
        push    0B800h
%endif
        pop     es
        xor     di,di
        mov     ah,0Fh
        int     10h
        movzx   dx,ah                   ; columns
        ; rows 0-15: every pair of colours
        xor     bl,bl
.row:
        mov     cx,dx
        xor     bh,bh
.cell:
        mov     ah,bl
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
        ; then every character
        xor     al,al
        mov     ah,7
.all:
        stosw
        inc     al
        jnz     .all
        ret
%else
        push    es
        call    memory
        pop     es
        PRINT   "Mode ",0Fh
        mov     al,'0' + (NUMBER >> 4)
        mov     ah,0Eh
        mov     bx,0Eh
        int     10h
        mov     al,NUMBER & 15
        add     al,'0'
        cmp     al,'9'
        jbe     .digit
        add     al,7
.digit:
        mov     ah,0Eh
        mov     bx,0Dh
        int     10h
        ; sixteen letters in their colours, the second row with XOR
        mov     dx,0100h
        mov     bl,0
.letter:
        mov     ah,2
        mov     bh,0
        int     10h
        mov     ax,0941h
        add     al,bl
        mov     cx,1
        int     10h
        inc     dh
        mov     ah,2
        int     10h
        mov     ax,0941h
        add     al,bl
        xor     bl,80h
        int     10h
        xor     bl,80h
        dec     dh
        inc     dl
        inc     bl
        cmp     bl,16
        jb      .letter
        ; a square of pixels
        mov     dx,30
.y:     mov     cx,170
.x:     mov     al,cl
        shr     al,2
        mov     bl,dl
        shr     bl,2
        xor     al,bl
        and     al,COLORS-1
        mov     ah,0Ch
        mov     bh,0
        int     10h
        inc     cx
        cmp     cx,170+64
        jb      .x
        inc     dx
        cmp     dx,30+64
        jb      .y
        ret

%if NUMBER = 4 || NUMBER = 5
COLORS  equ     4
memory: push    0B800h
        pop     es
        xor     di,di
        call    bank
        mov     di,2000h
bank:   mov     dx,100
.row:   mov     cx,80
        mov     al,1Bh
.byte:  stosb
        rol     al,2
        loop    .byte
        dec     dx
        jnz     .row
        ret
%elif NUMBER = 6
COLORS  equ     2
memory: push    0B800h
        pop     es
        xor     di,di
        mov     al,0AAh
        call    bank
        mov     di,2000h
        mov     al,33h
bank:   mov     cx,8000
        rep stosb
        ret
%elif NUMBER = 13h
COLORS  equ     256
memory: push    0A000h
        pop     es
        xor     di,di
        xor     dl,dl
.row:   mov     cx,320
        mov     al,dl
.byte:  stosb
        inc     al
        loop    .byte
        inc     dl
        cmp     dl,200
        jb      .row
        ret
%else
        ; sixteen columns, one colour each, by write mode 2, with a comb of single pixels below
%if NUMBER = 0Fh || NUMBER = 11h
COLORS  equ     2
%else
COLORS  equ     16
%endif
%if NUMBER <= 0Eh
ROWS    equ     200
%elif NUMBER <= 10h
ROWS    equ     350
%else
ROWS    equ     480
%endif
; planes in pairs: even bytes are of planes 0 and 2, odd ones of 1 and 3
%ifdef SMALL
CHAIN   equ     10h
%else
CHAIN   equ     0
%endif
memory: push    0A000h
        pop     es
        OUT2    3CEh,5,2 | CHAIN
        mov     ah,0Fh
        int     10h
        movzx   bx,ah                   ; bytes of a row
        xor     di,di
        mov     dx,ROWS-10
.rows:  mov     cx,bx
        xor     al,al
.byte:  stosb
        inc     al
        loop    .byte
        dec     dx
        jnz     .rows
        mov     dx,10
        OUT2    3CEh,8,0A5h
        mov     cx,10
.comb:  push    cx
        mov     cx,bx
        mov     al,15
        rep stosb
        pop     cx
        loop    .comb
        OUT2    3CEh,8,0FFh
        OUT2    3CEh,5,CHAIN
        ret
%endif
%endif
        IMAGE_END
