; Mode 12h, 640 x 480 in four planes: a sunset over water, computed, with each of the VGA's write modes used for what
; it does best. Colours 8-15 are the sky and the land; the water is the same picture copied upside down by the
; latches with plane 3 left out, which turns colour c into c - 8: a darker palette. (IBM VGA manual, graphics
; controller registers 0, 1, 5 and 8; sequencer register 2.)

HORIZON         equ     300
WATER_END       equ     464             ; the caption is below
ROW             equ     80              ; bytes of a line
SUN_X           equ     320
SUN_Y           equ     262
SUN_R           equ     92

GC              equ     3CEh
%macro  GC_SET 2                        ; register, value (index and data in one OUT)
        mov     dx,GC
        mov     ax,(%2)<<8|(%1)
        out     dx,ax
%endmacro
%macro  PLANES 1
        mov     dx,3C4h
        mov     ax,(%1)<<8|2
        out     dx,ax
%endmacro

planar_part:
        mov     byte [clock_shown],0
        mov     byte [video_mode],12h
        mov     ax,12h
        int     10h
        call    planar_palette
        call    patterns_make
        mov     ax,0A000h
        mov     es,ax
        call    sky_draw
        jc      .over
        call    stars_draw
        call    sun_draw
        mov     si,ridge_far
        mov     bl,10
        call    ridge_draw
        mov     si,ridge_near
        mov     bl,8
        call    ridge_draw
        call    planar_defaults
        mov     bp,text_planar
        mov     cx,text_planar_end-text_planar
        mov     dx,29<<8|1
        call    planar_text
.frame:
        call    water_draw
        call    planar_defaults
        call    planar_clock
        mov     ax,4
        call    frame
        jnc     .frame
.over:
        jmp     planar_defaults

; What a video BIOS expects to find.
planar_defaults:
        GC_SET  1,0
        GC_SET  5,0
        GC_SET  8,0FFh
        PLANES  15
        ret

; Attribute registers to DAC 0-15 in order, then the DAC.
planar_palette:
        push    ds
        pop     es
        mov     ax,1002h
        xor     bh,bh
        mov     dx,attribute_order
        int     10h
        mov     ax,1012h
        xor     bx,bx
        mov     cx,16
        mov     dx,planar_colours
        int     10h
        ret

; 16 levels x 4 rows of a 4x4 ordered dither, each row as a byte.
patterns_make:
        xor     di,di                   ; level * 4 + row
.row:
        mov     bx,di
        and     bx,3
        add     bx,bx
        add     bx,bx                   ; row of the matrix
        mov     ax,di
        shr     ax,1
        shr     ax,1                    ; AL = level
        mov     cx,8
.bit:
        cmp     [bayer+bx],al           ; carry: this pixel is on
        rcl     ah,1
        inc     bx
        test    bl,3
        jnz     .same
        sub     bx,4
.same:
        loop    .bit
        mov     [patterns+di],ah
        inc     di
        cmp     di,64
        jb      .row
        ret

; BP = y, BX = colour * 16 + level: AL = the dither pattern of this line, BL = colour.
pattern_of:
        mov     si,bx
        and     si,15
        add     si,si
        add     si,si
        mov     ax,bp
        and     ax,3
        add     si,ax
        mov     cl,4
        shr     bx,cl
        mov     al,[patterns+si]
        ret

; Write mode 0 with set/reset: the processor's data does not matter. First the line in one colour; then the next
; colour through the bit mask. All bytes of the line are alike, so the latches are loaded once.
sky_draw:
        GC_SET  1,15
        xor     bp,bp
.line:
        mov     ax,bp                   ; colours 9 to 12.2 from the zenith to the horizon
        mov     cx,51
        mul     cx
        mov     cx,HORIZON
        div     cx
        mov     bx,ax
        add     bx,9*16
        call    pattern_of
        push    ax
        mov     ax,bp
        mov     cx,ROW
        mul     cx
        mov     di,ax
        push    di
        mov     dx,GC
        mov     ah,bl
        xor     al,al
        out     dx,ax
        mov     ax,0FF08h
        out     dx,ax
        mov     cx,ROW
        rep     stosb
        pop     di
        mov     al,[es:di]
        mov     ah,bl
        inc     ah
        xor     al,al
        out     dx,ax
        pop     ax
        mov     ah,al
        mov     al,8
        out     dx,ax
        mov     cx,ROW
        rep     stosb
        test    bp,7
        jnz     .next
        mov     ax,1                    ; slowly enough to be seen
        call    frame
        jc      .out
.next:
        inc     bp
        cmp     bp,HORIZON
        jb      .line
        clc
.out:
        ret

; Write mode 2: the data is a colour, the bit mask picks pixels.
stars_draw:
        GC_SET  5,2
        mov     word [random],1986h
        mov     cx,90
.star:
        push    cx
        call    random_next
        xor     dx,dx
        mov     bx,150*ROW
        div     bx
        mov     di,dx
        mov     cl,al
        call    random_next
        mov     cl,al
        and     cl,7
        mov     bl,ah
        mov     ah,80h
        shr     ah,cl
        mov     al,8
        mov     dx,GC
        out     dx,ax
        mov     al,15
        and     bl,3
        jz      .bright
        mov     al,11
.bright:
        mov     ah,[es:di]
        mov     [es:di],al
        pop     cx
        loop    .star
        ret

; Write mode 3 from here on: colour in set/reset, the data is the mask.
sun_draw:
        GC_SET  5,3
        GC_SET  8,0FFh
        mov     bp,SUN_Y-SUN_R
.line:
        mov     ax,bp                   ; the gaps of an old poster: wider towards the water
        sub     ax,SUN_Y-24
        jle     .solid
        mov     bl,14
        div     bl
        shl     al,1
        inc     al
        cmp     ah,al
        jb      .next
.solid:
        mov     ax,bp                   ; half width: the largest w with w*w + y*y <= r*r
        sub     ax,SUN_Y
        imul    ax
        mov     bx,SUN_R*SUN_R
        sub     bx,ax
        mov     cx,SUN_R
.width:
        mov     ax,cx
        mul     cx
        cmp     ax,bx
        jbe     .found
        loop    .width
.found:
        mov     ax,bp
        sub     ax,SUN_Y-SUN_R
        mov     bx,32
        mul     bx
        mov     bx,2*SUN_R
        div     bx
        mov     bx,15*16
        sub     bx,ax                   ; 15 at the top to 13
        push    cx
        call    pattern_of
        pop     cx
        push    ax
        mov     al,0FFh
        call    sun_span
        pop     ax
        inc     bx
        call    sun_span
.next:
        inc     bp
        cmp     bp,HORIZON
        jb      .line
        ret

; Line BP, from SUN_X - CX to SUN_X + CX, colour BL, pattern AL. Keeps BX, CX and BP.
sun_span:
        push    cx
        push    bx
        mov     bh,al
        mov     ah,bl
        cmp     ah,15
        jbe     .colour
        mov     ah,15
.colour:
        xor     al,al
        mov     dx,GC
        out     dx,ax
        mov     ax,bp
        mov     dx,ROW
        mul     dx
        mov     di,ax
        mov     si,SUN_X
        sub     si,cx                   ; first pixel
        mov     dx,SUN_X
        add     dx,cx                   ; one behind the last
        mov     cl,3
        mov     ax,si
        shr     ax,cl
        add     di,ax
        mov     cx,si
        and     cl,7
        mov     al,0FFh
        shr     al,cl                   ; mask of the first byte
        and     si,~7
.byte:
        add     si,8
        cmp     si,dx
        jbe     .whole
        mov     cx,si
        sub     cx,dx                   ; pixels too many
        mov     ah,0FFh
        cmp     cl,8
        jae     .out
        shl     ah,cl
        and     al,ah
.whole:
        and     al,bh
        xchg    al,[es:di]              ; reading fills the latches; what is written is the mask
        inc     di
        mov     al,0FFh
        cmp     si,dx
        jb      .byte
.out:
        pop     bx
        pop     cx
        ret

; SI = ridge, BL = colour. Heights are sums of triangle waves; then bytes go down column by column.
ridge_draw:
        mov     dx,GC
        mov     ah,bl
        xor     al,al
        out     dx,ax
        xor     bp,bp
.column:
        call    ridge_height
        mov     bx,bp
        add     bx,bx
        mov     [heights+bx],ax
        inc     bp
        cmp     bp,640
        jb      .column
        mov     si,heights
        xor     bp,bp                   ; byte column
.byte:
        mov     dx,140                  ; DX = height of the line
        mov     di,(HORIZON-140)*ROW
        add     di,bp
.line:
        mov     cx,8
        mov     bx,si
.pixel:
        cmp     dx,[bx]                 ; carry: below the ridge
        rcl     al,1
        inc     bx
        inc     bx
        loop    .pixel
        test    al,al
        jz      .empty
        xchg    al,[es:di]
.empty:
        add     di,ROW
        dec     dx
        jns     .line
        add     si,16
        inc     bp
        cmp     bp,ROW
        jb      .byte
        ret

; SI = ridge, BP = x. AX = height, not negative. Keeps SI, BP.
ridge_height:
        push    si
        lodsw
        mov     bx,ax                   ; BX = sum
        lodsw
        mov     di,ax                   ; DI = valley in the middle
        mov     cx,5
.wave:
        push    cx
        lodsb                           ; frequency, in 1/16 of 256 steps a pixel
        xor     ah,ah
        mul     bp
        mov     cl,4
        shr     ax,cl
        add     al,[si]                 ; phase
        inc     si
        test    al,al
        jns     .rising
        not     al
.rising:
        sub     al,64                   ; -64..63
        imul    byte [si]               ; height
        inc     si
        mov     cl,6
        sar     ax,cl
        add     bx,ax
        pop     cx
        loop    .wave
        mov     ax,bp                   ; BX - valley * (320 - |x - 320|) / 320
        sub     ax,320
        jns     .right
        neg     ax
.right:
        sub     ax,320
        neg     ax
        mul     di
        mov     cx,320
        div     cx
        sub     bx,ax
        mov     ax,bx
        test    ax,ax
        jns     .out
        xor     ax,ax
.out:
        pop     si
        ret

; Write mode 1: the latches, all planes at once; the map mask keeps plane 3 as it is, empty. A wave moves the line
; that is copied up and down; waves are longer and higher close by.
water_draw:
        GC_SET  5,1
        PLANES  7
        call    part_time
        add     ax,ax
        mov     bp,ax                   ; phase
        push    ds
        mov     ax,0A000h
        mov     es,ax
        xor     bx,bx                   ; line of the water
        mov     di,HORIZON*ROW
.line:
        mov     ax,6000
        xor     dx,dx
        lea     cx,[bx+20]
        div     cx
        add     ax,bp
        call    sin
        mov     cl,10
        sar     ax,cl                   ; -16..16
        lea     cx,[bx+12]
        imul    cx
        mov     cl,8
        sar     ax,cl
        mov     cx,bx
        shr     cx,1
        add     ax,cx
        add     ax,bx
        sub     ax,HORIZON-1
        neg     ax
        jns     .below
        xor     ax,ax
.below:
        cmp     ax,HORIZON-1
        jbe     .above
        mov     ax,HORIZON-1
.above:
        mov     cx,ROW
        mul     cx
        mov     si,ax
        push    ds
        mov     ax,es
        mov     ds,ax
        rep     movsb
        pop     ds
        inc     bx
        cmp     bx,WATER_END-HORIZON
        jb      .line
        pop     ds
        ret

planar_clock:
        mov     al,[clock_digits+5]
        inc     ax
        cmp     al,[drawn_second]
        je      .out
        mov     [drawn_second],al
        call    clock_string
        mov     bp,clock_text
        mov     cx,8
        mov     dx,29<<8|71
        call    planar_text
.out:
        mov     ax,0A000h
        mov     es,ax
        ret

; BP = text, CX = length, DX = row and column: through the BIOS.
planar_text:
        push    ds
        pop     es
        mov     ax,1300h
        mov     bx,15
        int     10h
        ret

attribute_order:
        db      0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,0
planar_colours:                         ; water, then sky
        db      1,1,4, 2,3,14, 8,6,22, 20,9,27, 34,16,26, 40,27,20, 44,38,26, 48,46,38
        db      3,2,7, 5,6,25, 19,10,37, 43,15,41, 61,28,30, 63,40,20, 63,54,26, 63,62,50

; Height, valley, five waves: frequency, phase, height.
ridge_far:
        dw      52,30
        db      13,40,30, 31,90,17, 77,10,8, 171,33,4, 255,9,2
ridge_near:
        dw      84,110
        db      9,160,34, 23,20,22, 59,70,11, 149,50,5, 251,90,3

text_planar:    db      "640 x 480, 16 colours, four planes"
text_planar_end:
