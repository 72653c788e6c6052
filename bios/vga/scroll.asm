; INT 10h functions 06h and 07h: scrolling a window, in text and in every graphics mode.
;
; All modes share one loop over lines: character rows in text, scan lines in graphics. What differs
; is where a line begins and how its bytes are moved; the plane modes move all four planes at once
; through the latches.

; 06: AL = rows (0: clear), BH = attribute of new rows, CH:CL = upper left, DH:DL = lower right.
scroll_up:
        mov     si,1
        jmp     scroll_shown
; 07: the same downwards.
scroll_down:
        mov     si,-1
scroll_shown:
        mov     bl,[BDA_PAGE]
; fall through

; Scrolls a window of page BL; the other registers are as above, SI = 1 (up) or -1 (down).
scroll_window:
        push    bp
        mov     bp,sp
        sub     sp,22
%define L_TOP    word [bp-2]            ; first line
%define L_LINES  word [bp-4]            ; number of lines
%define L_AMOUNT word [bp-6]            ; lines to scroll by
%define L_STEP   word [bp-8]            ; 1 or -1
%define L_LEFT   word [bp-10]           ; byte offset of the left edge, page included
%define L_WIDTH  word [bp-12]           ; bytes
%define L_FILL   byte [bp-14]
%define L_CLASS  byte [bp-16]
%define L_PITCH  word [bp-18]           ; bytes from line to line
%define L_DST    word [bp-20]           ; the current line
%define L_COUNT  word [bp-22]
        mov     L_STEP,si
        mov     L_FILL,bh
        cmp     dh,[BDA_ROWS]
        jbe     .rows
        mov     dh,[BDA_ROWS]
.rows:
        cmp     dl,[BDA_COLS]
        jb      .columns
        mov     dl,[BDA_COLS]
        dec     dl
.columns:
        sub     dh,ch
        jb      .out
        sub     dl,cl
        jb      .out
        inc     dh                      ; DH rows of DL columns from CH:CL
        inc     dl
        cmp     al,0
        je      .clear
        cmp     al,dh
        jbe     .amount
.clear:
        mov     al,dh
.amount:
        mov     si,1                    ; lines in a row
        push    ax
        call    mode_class
        mov     L_CLASS,al
        je      .text
        mov     si,[BDA_HEIGHT]
.text:
        mov     ah,0
        mov     bh,ah
        xchg    ax,bx                   ; AX = page, BX = class
        push    dx
        mul     word [BDA_PAGE_SIZE]
        mov     L_LEFT,ax
        mov     al,ch
        xor     ah,ah
        mul     si
        mov     L_TOP,ax
        pop     dx
        mov     al,dh
        xor     ah,ah
        push    dx
        mul     si
        mov     L_LINES,ax
        pop     dx
        pop     ax
        xor     ah,ah
        push    dx
        mul     si
        mov     L_AMOUNT,ax
        pop     dx

        mov     al,cl
        xor     ah,ah
        mov     cl,[cs:scroll_shifts+bx]
        shl     ax,cl
        add     L_LEFT,ax
        mov     al,dl
        xor     ah,ah
        shl     ax,cl
        mov     L_WIDTH,ax
        mov     ax,[BDA_COLS]
        shl     ax,cl
        mov     L_PITCH,ax

        cmp     bl,CLASS_TEXT
        jne     .graphics
        call    text_segment
        jmp     .segment
.graphics:
        mov     ax,0B800h
        cmp     bl,CLASS_PLANAR
        jb      .set
        mov     ax,0A000h
.set:
        mov     es,ax
.segment:
        push    ds
        push    es
        pop     ds
        call    .scroll
        pop     ds
.out:
        mov     sp,bp
        pop     bp
        ret

.scroll:
        mov     ax,L_TOP
        cmp     L_STEP,0
        jg      .from_top
        add     ax,L_LINES
        dec     ax
.from_top:
        mov     L_DST,ax
        mov     ax,L_LINES
        sub     ax,L_AMOUNT
        jz      .fill
        mov     L_COUNT,ax
        cmp     L_CLASS,CLASS_PLANAR
        jne     .copy
        mov     dx,SEQ
        REG_OUT 2,0Fh
        mov     dx,GFX
        GFX_MODE 1                     ; write mode 1: a move copies the latches
.copy:
        mov     ax,L_AMOUNT
        cmp     L_STEP,0
        jg      .below
        neg     ax
.below:
        add     ax,L_DST
        call    .line
        mov     si,di
        mov     ax,L_DST
        call    .line
        mov     cx,L_WIDTH
        cmp     L_CLASS,CLASS_PLANAR
        je      .bytes
        shr     cx,1
        rep movsw
        adc     cx,cx                   ; the odd byte, from the shift: string moves keep flags
.bytes:
        rep movsb
        mov     ax,L_STEP
        add     L_DST,ax
        dec     L_COUNT
        jnz     .copy
.fill:
        mov     ax,L_AMOUNT
        mov     L_COUNT,ax
        mov     al,L_FILL
        mov     ah,al
        cmp     L_CLASS,CLASS_PLANAR
        jne     .not_planar
        call    planar_solid
        xor     ax,ax
.not_planar:
        cmp     L_CLASS,CLASS_TEXT
        jne     .blank
        mov     al,' '
.blank:
        mov     bx,ax
.fill_line:
        mov     ax,L_DST
        call    .line
        mov     ax,bx
        mov     cx,L_WIDTH
        shr     cx,1
        rep stosw
        adc     cx,cx
        rep stosb
        mov     ax,L_STEP
        add     L_DST,ax
        dec     L_COUNT
        jnz     .fill_line
        cmp     L_CLASS,CLASS_PLANAR
        jne     .done
        call    planar_end
.done:
        ret

; DI = offset of the left edge in line AX. Destroys AX, DX.
.line:
        cmp     L_CLASS,CLASS_CGA4
        je      .banked
        cmp     L_CLASS,CLASS_CGA2
        je      .banked
        mul     L_PITCH
        add     ax,L_LEFT
        mov     di,ax
        ret
.banked:
        xor     di,di
        shr     ax,1                    ; odd lines are in the upper bank
        jnc     .even
        mov     di,2000h
.even:
        mul     L_PITCH
        add     di,ax
        add     di,L_LEFT
        ret

; log2 of the bytes that a character is wide, by class.
scroll_shifts:
        db      1,1,0,0,3
