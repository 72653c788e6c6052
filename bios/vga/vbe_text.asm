; The text modes of VBE, 108h-10Ch. Each begins as mode 3; what makes it wider or higher are registers
; of a VGA, so nothing of the extended modes is in use.
;
; A VGA has no dot clock for 132 columns at 70 Hz; 1280 dots to a line at 28 MHz are 59 Hz with 350
; lines, 52 with 400 and 44 with 480.

VT_NUMBER       equ     0
VT_HEIGHT       equ     2               ; of a character
VT_VERTICAL     equ     3               ; misc. output and vertical registers
VT_SIZE         equ     5

vbe_text_rows:
        dw      108h
        db      8
        dw      vertical_480
        dw      109h
        db      14
        dw      vertical_wide_350
        dw      10Ah
        db      8
        dw      vertical_wide_350
        dw      10Bh
        db      8
        dw      vertical_wide_400
        dw      10Ch
        db      8
        dw      vertical_wide_480

; Miscellaneous output, then CRTC 6, 7, 10h, 11h, 12h, 15h, 16h.
vertical_480:
        db      0E7h, 00Bh,03Eh,0EAh,00Ch,0DFh,0E7h,004h
vertical_wide_350:
        db      0A7h, 075h,01Fh,064h,006h,05Dh,05Eh,073h
vertical_wide_400:
        db      067h, 0A7h,01Fh,094h,006h,08Fh,090h,0A6h
vertical_wide_480:
        db      0E7h, 0F2h,01Fh,0EAh,00Ch,0DFh,0E0h,0F0h
vertical_registers:
        db      6,7,10h,11h,12h,15h,16h
VERTICAL_COUNT  equ     $-vertical_registers

; CRTC 0-5 and 13h of 132 columns of 8 dots.
wide_registers:
        db      9Bh,83h,84h,9Eh,8Ah,1Ah
WIDE_OFFSET     equ     42h

; CS:BX -> row of mode SI. Keeps all else.
vbe_text_row:
        push    ax
        mov     ax,[cs:si+VM_NUMBER]
        mov     bx,vbe_text_rows-VT_SIZE
.next:
        add     bx,VT_SIZE
        cmp     ax,[cs:bx+VT_NUMBER]
        jne     .next
        pop     ax
        ret

; From vbe_set_mode: BX = mode and VBE_KEEP, SI -> its row.
vbe_set_text:
        push    bx
        mov     ax,0003h
        test    bh,VBE_KEEP >> 8
        jz      .clear
        or      al,80h
.clear:
        ; mode 3 with 400 lines, whatever 1230h has chosen for the next mode set
        mov     dl,[BDA_FLAGS]
        and     byte [BDA_FLAGS],~FLAG_200 & 0FFh
        or      byte [BDA_FLAGS],FLAG_400
        push    bp
        int     10h
        pop     bp
        mov     [BDA_FLAGS],dl
        pop     ax
        and     ah,~(VBE_KEEP >> 8) & 0FFh
        mov     [BDA_VBE],ax
        call    vbe_text_row
        push    bx
        call    vbe_text_wide
        call    vbe_text_vertical
        pop     bx
        mov     al,12h                  ; the font, and what follows from its height
        cmp     byte [cs:bx+VT_HEIGHT],8
        je      .font
        dec     al
.font:
        mov     ah,11h
        mov     bl,0
        push    bp
        int     10h
        pop     bp
        clc
        ret

; The lines of the text mode in row CS:BX. Destroys AX, CX, DX, DI.
vbe_text_vertical:
        mov     di,[cs:bx+VT_VERTICAL]
        mov     al,[cs:di]
        mov     dx,MISC_WRITE
        out     dx,al
        mov     dx,CRTC_COLOR
        REG_OUT 11h,0                   ; lifts the write protection of 0-7
        mov     si,vertical_registers
        mov     cx,VERTICAL_COUNT
.next:
        inc     di
        cs lodsb
        mov     ah,[cs:di]
        out     dx,ax
        loop    .next
        mov     al,11h                  ; and protects them again
        out     dx,al
        inc     dx
        in      al,dx
        or      al,80h
        out     dx,al
        ret

; 132 columns, when mode SI has them. Destroys AX, CX, DX, DI. Keeps BX, SI.
vbe_text_wide:
        mov     ax,[cs:si+VM_WIDTH]
        mov     [BDA_COLS],ax
        cmp     ax,80
        je      .out
        mov     dx,SEQ
        REG_OUT 0,1                     ; synchronous reset while the clock changes
        REG_OUT 1,1                     ; 8 dots
        REG_OUT 0,3
        push    bx
        mov     bx,0013h                ; no panning: 8 dots begin at 0
        call    attr_write
        pop     bx
        mov     dx,CRTC_COLOR
        REG_OUT 11h,0
        mov     di,wide_registers
        mov     cx,6
        xor     al,al
.next:
        mov     ah,[cs:di]
        out     dx,ax
        inc     di
        inc     al
        loop    .next
        REG_OUT 13h,WIDE_OFFSET
.out:
        ret
