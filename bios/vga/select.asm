; INT 10h functions 12h (alternate select) but for what inform.asm has, and 1Ah (display
; combination).

; 12: BL chooses. AL = 12h tells the caller that the function exists.
alternate_select:
        cmp     bl,10h
        je      select_information
        cmp     bl,20h
        je      select_print
        sub     bl,30h
        cmp     bl,6
        ja      .out
        mov     bh,0
        mov     si,bx
        shl     si,1
        and     al,3
        call    word [cs:.table+si]
        jc      .out
        mov     byte [bp+FR_AL],12h
.out:
        ret

.table:
        dw      select_lines            ; 30
        dw      select_palette          ; 31
        dw      select_video            ; 32
        dw      select_grey             ; 33
        dw      select_emulation        ; 34
        dw      select_display          ; 35
        dw      select_refresh          ; 36

; Each returns carry when it does not exist for this AL.

; 30: text of the next mode set has AL = 0: 200, 1: 350, 2: 400 lines.
select_lines:
        mov     ah,FLAG_200
        cmp     al,1
        jb      .set
        mov     ah,0
        je      .set
        mov     ah,FLAG_400
        cmp     al,2
        jne     select_no
.set:
        and     byte [BDA_FLAGS],~(FLAG_200 | FLAG_400) & 0FFh
        or      [BDA_FLAGS],ah
        ; The switches follow: 8 is a CGA's monitor, 9 an EGA's.
        and     byte [BDA_SWITCHES],0F0h
        mov     al,8
        test    ah,FLAG_200
        jnz     .switch
        inc     al
.switch:
        or      [BDA_SWITCHES],al
select_yes:
        clc
        ret
select_no:
        stc
        ret

; 31: a mode set loads the default palette (AL = 0) or leaves it (1).
select_palette:
        mov     ah,FLAG_NO_PALETTE
        cmp     al,1
        jmp     select_flag

; 33: DAC writes are summed to grey (AL = 0) or not (1).
select_grey:
        mov     ah,FLAG_GREY
        xor     al,1
        cmp     al,1
; fall through

; Sets bit AH of the flags when ZF, clears it when below, else there is no such function.
select_flag:
        ja      select_no
        jb      .clear
        or      [BDA_FLAGS],ah
        jmp     select_yes
.clear:
        not     ah
        and     [BDA_FLAGS],ah
        jmp     select_yes

; 32: the processor reaches video memory and ports (AL = 0) or not (1).
select_video:
        cmp     al,1
        ja      select_no
        mov     ah,al
        mov     dx,MISC_READ
        in      al,dx
        and     al,~2 & 0FFh
        cmp     ah,0
        jne     .off
        or      al,2
.off:
        mov     dx,MISC_WRITE
        out     dx,al
        jmp     select_yes

; 34: cursor shapes are emulated (AL = 0) or taken as given (1).
select_emulation:
        cmp     al,1
        ja      select_no
        and     byte [BDA_CTL],~CTL_NO_EMULATE & 0FFh
        or      [BDA_CTL],al
        jmp     select_yes

; 35: switches between two adapters; there is one.
select_display:
        jmp     select_no

; 36: the picture is shown (AL = 0) or not (1), which leaves all memory cycles to the processor.
select_refresh:
        cmp     al,1
        ja      select_no
        mov     cl,5
        shl     al,cl
        mov     ah,al
        mov     dx,SEQ
        mov     al,1
        out     dx,al
        inc     dx
        in      al,dx
        and     al,~20h & 0FFh
        or      al,ah
        out     dx,al
        jmp     select_yes

; ---- 1A: display combination --------------------------------------------------------------------

; AL = 0: BL = active, BH = other display; AL = 1: sets them.
display_combination:
        cmp     al,1
        ja      .out
        je      .set
        call    display_codes
        mov     [bp+FR_BX],bx
.yes:
        mov     byte [bp+FR_AL],1Ah
.out:
        ret
.set:
        call    display_table
        mov     cl,[es:si]
        xor     ch,ch
        xor     ah,ah
        jcxz    .out
        add     si,4
.try:
        mov     dx,[es:si]
        cmp     dx,bx
        je      .found
        xchg    dl,dh
        cmp     dx,bx
        je      .found
        inc     si
        inc     si
        inc     ah
        loop    .try
        mov     ah,0FFh                 ; no such pair: unknown
.found:
        mov     [BDA_DCC],ah
        jmp     .yes

; ES:SI -> table of display combinations: count, version, highest code, 0, then pairs. Destroys
; nothing else.
display_table:
        les     si,[BDA_SAVE]
        les     si,[es:si+SAVE_SECOND]
        les     si,[es:si+SECOND_DCC]
        ret

; BL = active, BH = other display, FF if unknown. Destroys AX, ES, SI.
display_codes:
        mov     bx,0FFFFh
        call    display_table
        mov     al,[BDA_DCC]
        cmp     al,[es:si]
        jae     .out
        xor     ah,ah
        shl     ax,1
        add     si,ax
        mov     bx,[es:si+4]
        cmp     bl,0
        je      .other
        cmp     bh,0
        je      .out
        ; Two displays: the active one has the CRTC in use. Even codes are colour.
        mov     al,bl
        cmp     byte [BDA_CRTC],CRTC_MONO & 0FFh
        jne     .color
        test    al,1
        jnz     .out
        jmp     .other
.color:
        test    al,1
        jz      .out
.other:
        xchg    bl,bh
.out:
        ret
