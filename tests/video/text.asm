; Text screens: rows and columns, fonts, attributes and cursors.
;
; picture: text80x50 -DROWS50
; picture: text80x43 -DROWS43
; picture: text80x28 -DROWS28
; picture: text80x60 -DROWS60
; picture: text132x25 -DWIDE
; picture: text-dots8 -DDOTS8
; picture: text-lines9 -DLINES9
; picture: text-bright -DBRIGHT
; picture: text-blink -DBLINK
; picture: text-blink-off -DBLINK -DLATE=16
; picture: text-underline -DUNDERLINE
; picture: text-userfont -DUSERFONT
; picture: text-dualfont -DDUALFONT
; picture: text-font7 -DFONT7
; picture: text-cursor -DCURSOR
; picture: text-cursor-late -DCURSOR -DLATE=8
; picture: text-palette -DPALETTE
; picture: text-page1 -DPAGE1
%include "video.inc"

draw:
%ifdef UNDERLINE
        MODE    7
%else
        MODE    3
%endif
        NO_CURSOR
%ifdef ROWS50
        mov     ax,1112h                ; 8x8 font
        mov     bl,0
        int     10h
        NO_CURSOR
        push    0B800h
        pop     es
        xor     di,di
        mov     cx,80*50
        call    fill_text
%elifdef ROWS43
        mov     ax,1201h                ; 350 lines
        mov     bl,30h
        int     10h
        MODE    3
        mov     ax,1112h
        mov     bl,0
        int     10h
        NO_CURSOR
        push    0B800h
        pop     es
        xor     di,di
        mov     cx,80*43
        call    fill_text
%elifdef ROWS28
        mov     ax,1111h                ; 8x14 font
        mov     bl,0
        int     10h
        NO_CURSOR
        push    0B800h
        pop     es
        xor     di,di
        mov     cx,80*28
        call    fill_text
%elifdef ROWS60
        mov     ax,1112h
        mov     bl,0
        int     10h
        NO_CURSOR
        OUT2    3D4h,11h,0Ch
        mov     dx,3C2h
        mov     al,0E7h                 ; 480 lines
        out     dx,al
        OUT2    3D4h,06h,0Bh
        OUT2    3D4h,07h,3Eh
        OUT2    3D4h,10h,0EAh
        OUT2    3D4h,12h,0DFh
        OUT2    3D4h,15h,0E7h
        OUT2    3D4h,16h,04h
        OUT2    3D4h,11h,8Ch
        push    0B800h
        pop     es
        xor     di,di
        mov     cx,80*60
        call    fill_text
%elifdef WIDE
        OUT2    3D4h,11h,0Ch
        OUT2    3C4h,1,1                ; 8 dots
        mov     dx,3C2h
        mov     al,67h
        out     dx,al
        OUT2    3D4h,00h,9Fh
        OUT2    3D4h,01h,131
        OUT2    3D4h,02h,132
        OUT2    3D4h,03h,82h
        OUT2    3D4h,04h,8Ah
        OUT2    3D4h,05h,9Ah
        OUT2    3D4h,13h,66
        push    0B800h
        pop     es
        xor     di,di
        mov     cx,132*25
        call    fill_text
%elifdef DOTS8
        OUT2    3C4h,1,1
        mov     dx,3C2h
        mov     al,63h
        out     dx,al
        push    0B800h
        pop     es
        xor     di,di
        mov     cx,80*25
        call    fill_text
%elifdef LINES9
        ; the ninth dot repeats for C0-DF only, and not at all with bit 2 of the mode clear
        push    0B800h
        pop     es
        xor     di,di
        call    lines
        ATTR    10h,08h
        FRAMES  2
        ATTR    10h,0Ch
%elifdef BRIGHT
        mov     ax,1003h
        mov     bl,0
        int     10h
        push    0B800h
        pop     es
        xor     di,di
        mov     cx,80*25
        call    fill_text
%elifdef BLINK
        push    0B800h
        pop     es
        xor     di,di
        mov     cx,80*25
        call    fill_text
        call    phase
%elifdef UNDERLINE
        push    0B000h
        pop     es
        xor     di,di
        mov     cx,80*25
        call    fill_text
%elifdef USERFONT
        ; every second line of each glyph is turned round
        mov     cx,256
        mov     dx,0
        mov     bp,font
        mov     ax,1130h
        mov     bh,6
        int     10h                     ; ES:BP = 8x16 of the ROM
        push    es
        pop     fs
        xor     ax,ax
        mov     es,ax
        mov     si,bp
        mov     di,font
        mov     cx,4096
.turn:  mov     al,[fs:si]
        inc     si
        test    di,1
        jz      .keep
        not     al
.keep:  stosb
        loop    .turn
        mov     ax,1100h
        mov     bx,1000h
        mov     cx,256
        xor     dx,dx
        mov     bp,font
        int     10h
        push    0B800h
        pop     es
        xor     di,di
        mov     cx,80*25
        call    fill_text
%elifdef DUALFONT
        mov     ax,1112h                ; table 1: 8x8
        mov     bl,1
        int     10h
        MODE    83h
        mov     ax,1102h
        mov     bl,1
        int     10h
        mov     ax,1103h
        mov     bl,04h                  ; bit 3 clear: table 0, set: table 1
        int     10h
        mov     ax,1000h                ; so that bit 3 is no colour
        mov     bx,0712h
        int     10h
        mov     ax,1112h
        mov     bl,1
        int     10h
        MODE    83h
        call    upside
        mov     ax,1103h
        mov     bl,04h
        int     10h
        NO_CURSOR
        push    0B800h
        pop     es
        xor     di,di
        mov     cx,80*25
        call    fill_text
%elifdef FONT7
        call    upside7
        OUT2    3C4h,3,3Fh              ; both from table 7
        push    0B800h
        pop     es
        xor     di,di
        mov     cx,80*25
        call    fill_text
%elifdef CURSOR
        mov     ah,1
        mov     cx,020Bh
        int     10h
        mov     ah,2
        mov     bh,0
        mov     dx,0C28h
        int     10h
        push    0B800h
        pop     es
        xor     di,di
        mov     cx,80*25
        call    fill_text
        call    phase
%elifdef PALETTE
        push    0B800h
        pop     es
        xor     di,di
        mov     cx,80*25
        call    fill_text
        ; the palette backwards, then colours 8-15 through the colour select register
        mov     bx,0F00h
.next:  mov     ax,1000h
        int     10h
        inc     bl
        dec     bh
        jns     .next
        mov     ax,1013h
        mov     bx,0100h
        int     10h
        mov     ax,1013h
        mov     bx,0301h
        int     10h
        mov     dx,3C8h
        mov     al,30h
        out     dx,al
        inc     dx
        mov     cl,0
.dac:   mov     al,cl
        shl     al,2
        out     dx,al
        mov     al,3Fh
        sub     al,cl
        out     dx,al
        mov     al,cl
        out     dx,al
        inc     cl
        cmp     cl,16
        jb      .dac
%elifdef PAGE1
        push    0B900h
        pop     es
        xor     di,di
        mov     cx,80*25
        call    fill_text
        mov     ax,0501h
        int     10h
%endif
        FRAMES  2
        ret

; Characters blink every 16 frames, the cursor every 8: LATE frames later it is the other phase.
phase:
%ifdef LATE
        FRAMES  LATE
%endif
        ret

lines:
        mov     cx,80*25
        mov     ax,07B0h
.next:  stosw
        inc     al
        cmp     al,0E0h
        jb      .go
        mov     al,0B0h
        inc     ah
.go:    loop    .next
        ret

; Glyphs upside down into table 1 (upside) or 7 (upside7), straight into plane 2.
upside7:
        mov     di,0E000h
        jmp     upside_at
upside:
        mov     di,4000h
upside_at:
        push    di
        mov     ax,1130h
        mov     bh,6
        int     10h
        push    es
        pop     fs
        mov     si,bp
        OUT2    3C4h,2,4
        OUT2    3C4h,4,6
        OUT2    3CEh,5,0
        OUT2    3CEh,6,4
        push    0A000h
        pop     es
        pop     di
        mov     dx,256
.glyph: mov     cx,16
.line:  mov     bx,cx
        mov     al,[fs:si+bx-1]
        stosb
        loop    .line
        add     si,16
        add     di,16
        dec     dx
        jnz     .glyph
        OUT2    3C4h,2,3
        OUT2    3C4h,4,2
        OUT2    3CEh,5,10h
        OUT2    3CEh,6,0Eh
        ret

font    equ     0C000h
        IMAGE_END
