; What the EGA's BIOS has of its own: what is there at the start, which modes there are on which
; monitor, and the functions whose VGA counterparts read registers.

; ---- initialisation -----------------------------------------------------------------------------

%macro ADAPTER 0
        call    sense_switches
        mov     [BDA_SWITCHES],bl       ; nothing is on the feature connector
        mov     byte [BDA_FLAGS],0
        mov     byte [BDA_DCC],0
        mov     bh,0
        mov     al,[cs:initial_modes+bx] ; the mode to begin with
        and     byte [BDA_EQUIP],~30h & 0FFh
        mov     ah,20h
        mov     bl,0
        cmp     al,7
        jne     %%color
        mov     ah,30h
        mov     bl,CTL_MONO
%%color:
        or      [BDA_EQUIP],ah
        mov     [BDA_CTL],bl
        push    ax
        call    count_memory
        or      [BDA_CTL],al
        pop     ax
        mov     ah,0
%endmacro

%include "init.asm"

; By the switches. With 0-5 another adapter would be the first one; there is none.
initial_modes:
        db      1,3,3,3,7,7,1,3,3,3,7,7,3,3,3,3

; BL = the four switches, switch 1 in bit 0. Destroys AX, DX.
sense_switches:
        mov     dx,MISC_WRITE           ; input status 0 when read
        xor     bl,bl
        mov     al,1                    ; clock 0 senses switch 4
.next:
        push    ax
        out     dx,al
        in      al,dx
        shl     bl,1
        test    al,10h
        jz      .closed
        inc     bl
.closed:
        pop     ax
        add     al,4
        cmp     al,10h
        jb      .next
        ret

; AL = the size of the memory as [BDA_CTL] has it: bits 6-5 are 0, 1, 3 for 64, 128, 256 KB.
; Destroys AX, CX, DX, ES.
count_memory:
        mov     dx,MISC_WRITE
        mov     al,23h
        out     dx,al
        mov     dx,SEQ
        REG_OUT 0,3
        REG_OUT 2,0Fh
        REG_OUT 4,6
        mov     dx,GFX
        REG_OUT 1,0
        REG_OUT 3,0
        REG_OUT 4,0
        REG_OUT 5,0
        REG_OUT 6,5
        REG_OUT 8,0FFh
        mov     ax,0A000h
        mov     es,ax
        mov     word [es:0],55AAh
        mov     word [es:4000h],1234h   ; where 64 KB, 16 of each plane, begin again
        mov     al,0
        cmp     word [es:0],55AAh
        jne     .out
        mov     word [es:8000h],5678h
        mov     al,20h
        cmp     word [es:0],55AAh
        jne     .out
        mov     al,60h
.out:
        ret

; ---- modes --------------------------------------------------------------------------------------

; Is there an enhanced colour display, which shows 350 lines? ZF: yes. Destroys BL.
enhanced:
        mov     bl,[BDA_SWITCHES]
        and     bl,0Fh
        cmp     bl,9
        je      .out
        cmp     bl,3
.out:
        ret

; AL = the mode that a monochrome display takes for AL: 0F or 7. Keeps all else.
mode_for_monitor:
        test    byte [BDA_CTL],CTL_MONO
        jz      .out
        cmp     al,0Fh
        je      .out
        mov     al,7
.out:
        ret

; For find_params: AL = entry of mode AH, which the table does not give. Carry: not on this monitor.
; Destroys BL.
ega_entry:
        mov     al,ah
        cmp     al,0Fh
        je      .memory
        ja      .color
        call    enhanced                ; text: entries 0-3 have 200 lines
        jne     .yes
        add     al,13h
.yes:
        clc
        ret
.color:
        call    enhanced
        jne     .no
.memory:
        test    byte [BDA_CTL],60h
        jz      .yes
        add     al,2                    ; more than 64 KB
        ret
.no:
        stc
        ret

; ES:SI -> entry of the current mode. Destroys AX, BX.
mode_params:
        mov     al,[BDA_MODE]
        jmp     find_params

; Are planes chained to pairs, as in modes 0F and 10 with 64 KB? Carry: yes. Keeps all.
chained:
        push    ds
        push    ax
        xor     ax,ax
        mov     ds,ax
        cmp     byte [BDA_MODE],0Fh
        jb      .no
        test    byte [BDA_CTL],60h
        jnz     .no
        stc
        jmp     .out
.no:
        clc
.out:
        pop     ax
        pop     ds
        ret

; Graphics mode register of the pair at DX = AH, with what the current mode has in it. Destroys AX.
gfx_mode_out:
        mov     al,5
        call    chained
        jnc     .out
        or      ah,10h
.out:
        out     dx,ax
        ret

; For text_height: makes characters BL lines high in the CRTC at DX. Out: CL = rows. Destroys all
; but BP, DS and DX.
ega_height:
        mov     al,9
        mov     ah,bl
        dec     ah
        out     dx,ax
        cmp     byte [BDA_MODE],7
        jne     .color
        mov     al,14h                  ; where a monochrome underline lies
        out     dx,ax
.color:
        push    bx
        call    mode_params
        pop     bx
        mov     ah,[es:si+PT_CRTC+7]
        shr     ah,1
        and     ah,1
        mov     al,[es:si+PT_CRTC+12h]
        inc     ax                      ; lines
        div     bl
        mov     cl,al
        dec     al
        mov     [BDA_ROWS],al
        mov     al,cl
        mul     bl
        dec     ax
        mov     bx,ax                   ; the last one that is shown
        mov     al,12h
        mov     ah,bl
        out     dx,ax
        mov     al,[es:si+PT_CRTC+7]
        and     al,~2 & 0FFh
        shl     bh,1
        or      al,bh
        mov     ah,al
        mov     al,7
        out     dx,ax
        ret

; ---- 10: palette --------------------------------------------------------------------------------

palette:
        cmp     al,1
        jb      palette_set
        je      palette_overscan
        cmp     al,3
        jb      palette_set_all
        ja      nothing

; 03: BL = 0: bit 7 of attributes is a bright background, 1: it blinks.
        push    bx
        call    mode_params
        pop     bx
        mov     bh,[es:si+PT_ATTR+10h]
        and     bh,~8 & 0FFh
        mov     cl,3
        and     bl,1
        shl     bl,cl
        or      bh,bl
        and     byte [BDA_CGA_MODE],~20h & 0FFh
        shl     bl,1
        shl     bl,1
        or      [BDA_CGA_MODE],bl
        mov     bl,10h
        jmp     attr_write

; ---- 12 -----------------------------------------------------------------------------------------

alternate_select:
        cmp     bl,10h
        je      .information
        cmp     bl,20h
        jne     nothing
        jmp     select_print
.information:
        jmp     select_information
