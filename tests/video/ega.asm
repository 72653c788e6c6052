; What makes an EGA an EGA: the answers of its BIOS, registers that read as FFh, 64 colours without
; a DAC, 43 lines, its cursor. A guest that does not find its adapter draws nothing.
;
; picture: ega-palette -DPALETTE : -vga ega
; picture: ega-palette-200 -DPALETTE -DNUMBER=0Dh : -vga ega
; picture: ega-palette-cd -DPALETTE -DNUMBER=0Dh -DSWITCHES=7 : -vga ega,monitor=cd
; picture: ega-lines43 -DLINES43 : -vga ega
; picture: ega-lines25 -DLINES25 -DSWITCHES=7 : -vga ega,monitor=cd
; picture: ega-mono43 -DLINES43 -DNUMBER=7 -DSWITCHES=0Bh -DMONO : -vga ega,monitor=mono
; picture: ega-cursor -DCURSOR=0607h : -vga ega
; picture: ega-cursor-half -DCURSOR=0407h : -vga ega
; picture: ega-cursor-block -DCURSOR=0007h : -vga ega
; picture: ega-cursor-split -DCURSOR=0A03h : -vga ega
; picture: ega-cursor-off -DCURSOR=2607h : -vga ega
; picture: ega-memory64 -DLINES43 -DMEMORY=0 : -vga ega,memory=64
; picture: ega-memory128 -DLINES43 -DMEMORY=1 : -vga ega,memory=128
%include "video.inc"

%ifndef NUMBER
%ifdef PALETTE
%define NUMBER 10h
%else
%define NUMBER 3
%endif
%endif
%ifndef SWITCHES
%define SWITCHES 9
%endif
%ifndef MEMORY
%define MEMORY 3
%endif

; SAME value: goes to .out unless AL = value.
%macro  SAME 1
        cmp     al,%1
        jne     .out
%endmacro

; READS port, value, and optionally an index, which is written to the port below.
%macro  READS 2-3
        mov     dx,%1
%if %0 = 3
        dec     dx
        mov     al,%3
        out     dx,al
        inc     dx
%endif
        in      al,dx
        SAME    %2
%endmacro

draw:
        mov     ax,1200h
        mov     bx,0FF10h
        mov     cx,0FFFFh
        int     10h
        cmp     cx,SWITCHES             ; no feature bits
        jne     .out
        cmp     bl,MEMORY
        jne     .out
%ifdef MONO
        cmp     bh,1
%else
        cmp     bh,0
%endif
        jne     .out
        mov     ax,1A00h                ; display combinations are a VGA's
        int     10h
        SAME    0
        mov     al,[487h]
        and     al,8                    ; the EGA is active
        SAME    0
        mov     ax,0C000h
        mov     es,ax
        cmp     word [es:1Eh],"IB"
        jne     .out
        READS   3C5h,0FFh,4
        READS   3CFh,0FFh,6
        READS   3C1h,0FFh
        READS   3C9h,0FFh
        READS   3CCh,0FFh
%ifndef MONO
        READS   3D5h,0FFh,9
        OUT2    3D4h,0Fh,5Ah
        READS   3D5h,5Ah,0Fh
%endif
        MODE    NUMBER
        call    show
.out:
        ret

show:
%ifdef PALETTE
        ; sixteen columns; register i shows lines 21 * i, so each of the six is on in half of them
        push    0A000h
        pop     es
        OUT2    3CEh,5,2
        xor     di,di
        mov     cx,28000
        xor     al,al
.byte:  stosb
        inc     al
        loop    .byte
        OUT2    3CEh,5,0
        xor     bx,bx
.colour:
        mov     ax,1000h
        int     10h
        add     bh,21
        and     bh,3Fh
        inc     bl
        cmp     bl,16
        jb      .colour
        mov     ax,1001h
        mov     bh,2
        int     10h
        xor     ax,ax
        mov     es,ax
        PRINT   "Six lines",3
%else
%ifdef LINES43
        mov     ax,1112h
        mov     bl,0
        int     10h
%endif
%ifdef CURSOR
        mov     ah,1
        mov     cx,CURSOR
        int     10h
        mov     ah,2
        mov     bh,0
        mov     dx,0102h
        int     10h
%else
        mov     ah,1
        mov     cx,2000h
        int     10h
%endif
        push    es
%if NUMBER = 7
        push    0B000h
%else
        push    0B800h
%endif
        pop     es
        xor     di,di
        ; as many characters as the BIOS says fit
        mov     al,[484h]
        inc     al
        mov     ah,80
        mul     ah
        mov     cx,ax
        call    fill_text
        pop     es
        FRAMES  9                       ; the cursor is on for 8 frames and off for 8
%endif
        ret
        IMAGE_END
