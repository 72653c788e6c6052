; What the BIOS of a CGA or MDA has of its own: what is there at the start, modes, and the colour
; register. Source: IBM PC Technical Reference, "ROM BIOS", INT 10h; 6845 parameters as in INT 1Dh.

; ---- initialisation -----------------------------------------------------------------------------

%macro ADAPTER 0
        ; The adapter is the one whose 6845 keeps a cursor address.
        mov     dx,CRTC_MONO
        call    crtc_there
        mov     bx,0030h                ; equipment: monochrome
        mov     al,7
        je      %%found
        mov     dx,CRTC_COLOR
        mov     bl,20h                  ; 80x25 colour
        mov     al,3
%%found:
        mov     [BDA_CRTC],dx
        and     byte [BDA_EQUIP],~30h & 0FFh
        or      [BDA_EQUIP],bl
        mov     word [BDA_CTL],0        ; what an EGA or VGA would have here
        mov     word [BDA_FLAGS],0
        mov     ah,0
%endmacro

%include "init.asm"

; ZF: there is a 6845 at DX. Destroys AX.
crtc_there:
        mov     al,0Fh
        out     dx,al
        inc     dx
        mov     al,66h
        out     dx,al
        in      al,dx
        dec     dx
        cmp     al,66h
        ret

; ---- modes --------------------------------------------------------------------------------------

; The class of the current mode. Out: AL = CLASS_*, flags as of `cmp al,CLASS_TEXT`. Keeps all else.
mode_class:
        push    bx
        mov     al,[BDA_MODE]
        and     al,7
        mov     bx,.classes
        cs xlatb
        pop     bx
        cmp     al,CLASS_TEXT
        ret
.classes:
        db      CLASS_TEXT,CLASS_TEXT,CLASS_TEXT,CLASS_TEXT
        db      CLASS_CGA4,CLASS_CGA4,CLASS_CGA2,CLASS_TEXT

; ES = segment of the text buffer. Keeps all else.
text_segment:
        push    ax
        mov     ax,0B800h
        cmp     byte [BDA_MODE],7
        jne     .color
        mov     ax,0B000h
.color:
        mov     es,ax
        pop     ax
        ret

; 0F: AL = mode, AH = columns, BH = page shown.
get_mode:
        mov     al,[BDA_MODE]
        mov     ah,[BDA_COLS]
        mov     [bp+FR_AX],ax
        mov     al,[BDA_PAGE]
        mov     [bp+FR_BH],al
        ret

; 00: AL = mode. A monochrome card has mode 7 only, the other one the rest.
set_mode:
        mov     dx,[BDA_CRTC]
        cmp     dl,CRTC_MONO & 0FFh
        jne     .color
        mov     al,7
        jmp     .set
.color:
        cmp     al,6
        ja      .out
.set:
        mov     [BDA_MODE],al
        mov     bl,al
        mov     bh,0
        add     dx,4                    ; mode register: picture off
        mov     al,[cs:cga_mode_values+bx]
        mov     [BDA_CGA_MODE],al
        and     al,~8 & 0FFh
        out     dx,al
        sub     dx,4

        ; the 6845: sixteen registers
        mov     si,cga_params
        mov     al,[cs:.entry+bx]
        mov     ah,0
        add     si,ax
        xor     ah,ah
        mov     cx,16
.register:
        mov     al,ah
        out     dx,al
        inc     dx
        cs lodsb
        out     dx,al
        dec     dx
        inc     ah
        loop    .register

        mov     al,[cs:cga_columns+bx]
        xor     ah,ah
        mov     [BDA_COLS],ax
        mov     byte [BDA_ROWS],24
        mov     word [BDA_HEIGHT],8
        mov     word [BDA_SHAPE],0607h
        mov     ax,800h
        cmp     bl,2
        jb      .page
        shl     ax,1
        cmp     bl,4
        jb      .page
        cmp     bl,7
        je      .mono
        mov     ah,40h
        jmp     .page
.mono:
        mov     word [BDA_HEIGHT],14
        mov     word [BDA_SHAPE],0B0Ch
.page:
        mov     [BDA_PAGE_SIZE],ax
        xor     ax,ax
        mov     [BDA_START],ax
        mov     [BDA_PAGE],al
        mov     di,BDA_CURSOR
        mov     cx,8
.cursor:
        mov     [di],ax
        inc     di
        inc     di
        loop    .cursor

        push    es
        call    text_segment
        call    mode_class
        mov     ax,0720h
        je      .clear
        xor     ax,ax
.clear:
        mov     cx,2000h
        xor     di,di
        rep stosw
        pop     es

        add     dx,4
        mov     al,[BDA_CGA_MODE]
        out     dx,al
        cmp     bl,7
        je      .out
        mov     al,30h
        cmp     bl,6
        jne     .palette
        mov     al,3Fh
.palette:
        mov     [BDA_CGA_COLOR],al
        inc     dx
        out     dx,al
.out:
        ret
.entry:
        db      0,0,16,16,32,32,32,48

; 0B: BH = 0: BL = border or background, bit 4: bright palette; BH = 1: bit 0 of BL = palette.
set_cga_color:
        mov     dx,[BDA_CRTC]
        cmp     dl,CRTC_MONO & 0FFh
        je      .out
        mov     al,[BDA_CGA_COLOR]
        cmp     bh,1
        ja      .out
        je      .select
        and     al,0E0h
        and     bl,1Fh
        or      al,bl
        jmp     .put
.select:
        and     al,~20h & 0FFh
        test    bl,1
        jz      .put
        or      al,20h
.put:
        mov     [BDA_CGA_COLOR],al
        add     dx,5
        out     dx,al
.out:
        ret

%include "cga_params.asm"
