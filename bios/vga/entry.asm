; Initialisation of the ROM and the way into INT 10h.

; ---- the system BIOS calls here once, during its ROM scan ---------------------------------------

init:
        pushf
        cld
        push    ax
        push    bx
        push    cx
        push    dx
        push    si
        push    di
        push    bp
        push    ds
        push    es
        xor     ax,ax
        mov     ds,ax

        mov     dx,3C3h                 ; the adapter answers to its addresses
        mov     al,1
        out     dx,al

        cli
        les     ax,[VEC_VIDEO]
        mov     [VEC_OLD_VIDEO],ax
        mov     [VEC_OLD_VIDEO+2],es
        mov     si,init_vectors
        mov     cx,init_vectors_count
.vector:
        cs lodsw
        mov     di,ax
        cs lodsw
        mov     [di],ax
        mov     [di+2],cs
        loop    .vector
        mov     word [BDA_SAVE],save_table
        mov     [BDA_SAVE+2],cs
        sti

        mov     word [BDA_CTL],0F960h   ; 256 KB, cursor emulation; switches: VGA, colour display
        mov     word [BDA_FLAGS],0B11h  ; 400 lines, VGA active; display: VGA in colour
        mov     ax,0003h
        int     10h

        pop     es
        pop     ds
        pop     bp
        pop     di
        pop     si
        pop     dx
        pop     cx
        pop     bx
        pop     ax
        popf
        retf

init_vectors:
        dw      VEC_VIDEO,int10
        dw      VEC_VGA,int10
        dw      VEC_PARAMS,cga_params
        dw      VEC_FONT_HIGH,font8x8_high
        dw      VEC_FONT,font8x8
init_vectors_count equ ($-init_vectors)/4

; ---- INT 10h ------------------------------------------------------------------------------------

int10_table:
        dw      set_mode                ; 00
        dw      set_cursor_shape        ; 01
        dw      set_cursor              ; 02
        dw      get_cursor              ; 03
        dw      get_light_pen           ; 04
        dw      set_page                ; 05
        dw      scroll_up               ; 06
        dw      scroll_down             ; 07
        dw      read_char               ; 08
        dw      write_char_attr         ; 09
        dw      write_char              ; 0A
        dw      set_cga_color           ; 0B
        dw      write_pixel             ; 0C
        dw      read_pixel              ; 0D
        dw      teletype                ; 0E
        dw      get_mode                ; 0F
        dw      palette                 ; 10
        dw      character_generator     ; 11
        dw      alternate_select        ; 12
        dw      write_string            ; 13
        dw      nothing                 ; 14
        dw      nothing                 ; 15
        dw      nothing                 ; 16
        dw      nothing                 ; 17
        dw      nothing                 ; 18
        dw      nothing                 ; 19
        dw      display_combination     ; 1A
        dw      get_state               ; 1B
        dw      save_restore            ; 1C
int10_end:

%define VBE
%include "dispatch.asm"
