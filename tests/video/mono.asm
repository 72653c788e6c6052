; Every attribute on a monochrome display: a row for each high digit, a column for each low one, in
; text mode 7 of the VGA and the EGA, which have nothing but their palettes for it, and as an MDA
; (a Hercules card in text) decodes them. BRIGHT: bit 7 makes the ground bright, it does not blink.
;
; picture: mono-vga
; picture: mono-vga-bright -DBRIGHT
; picture: mono-ega : -vga ega,monitor=mono
; picture: mono-ega-bright -DBRIGHT : -vga ega,monitor=mono
; picture: mono-hercules -DMDA : -vga hercules
; picture: mono-hercules-bright -DMDA -DBRIGHT : -vga hercules
; picture: mono-hercules-late -DMDA -DTICKS=9 : -vga hercules
%include "video.inc"

%ifndef TICKS
%define TICKS 3
%endif
ROW     equ     160                     ; bytes

draw:
        MODE    7
        NO_CURSOR
%ifdef BRIGHT
%ifdef MDA
        mov     dx,3B8h
        mov     al,9                    ; video on, no blinking
        out     dx,al
%else
        mov     ax,1003h
        mov     bl,0
        int     10h
%endif
%endif
        push    0B000h
        pop     es
        mov     di,3*ROW
        mov     dl,0                    ; attribute
.row:
        push    di
        mov     cx,16
.next:
        mov     al,dl
        shr     al,4
        call    digit
        mov     al,dl
        and     al,0Fh
        call    digit
        mov     al,'g'                  ; goes below the line that a letter stands on
        mov     ah,dl
        stosw
        mov     ax,0020h                ; and two blank cells
        stosw
        stosw
        inc     dl
        loop    .next
        pop     di
        add     di,ROW
        test    dl,70h                  ; a line between, below underlined characters
        jz      .row_end
        mov     al,dl
        and     al,70h
        cmp     al,10h
        jne     .row_end
        add     di,ROW
.row_end:
        test    dl,dl
        jnz     .row
%ifdef MDA                              ; shows no retrace: ticks of the clock
        mov     cx,TICKS
.wait:  hlt
        loop    .wait
%else
        FRAMES  2
%endif
        ret

; Prints AL in hexadecimal with attribute DL at ES:DI. Destroys AX.
digit:
        cmp     al,10
        sbb     al,69h
        das
        mov     ah,dl
        stosw
        ret

        IMAGE_END
