; What every video BIOS of ours begins with: initialisation of the ROM, and the table of INT 10h. The
; includer defines the macro ADAPTER: finds out what is there, with DS = 0, and gives AX = the mode
; to begin with (AH = 0); it may destroy all registers but SP. EGA marks what is the EGA's, VBE the
; VGA's; without either it is an adapter before them.

%ifdef EGA
%define EGA_OR_VGA
%elifdef VBE
%define EGA_OR_VGA
%endif

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

        cli
%ifdef EGA_OR_VGA
        les     ax,[VEC_VIDEO]
        mov     [VEC_OLD_VIDEO],ax
        mov     [VEC_OLD_VIDEO+2],es
%endif
        mov     si,init_vectors
        mov     cx,init_vectors_count
.vector:
        cs lodsw
        mov     di,ax
        cs lodsw
        mov     [di],ax
        mov     [di+2],cs
        loop    .vector
%ifdef EGA_OR_VGA
        mov     word [BDA_SAVE],save_table
        mov     [BDA_SAVE+2],cs
%endif
        sti

        ADAPTER
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
%ifdef VBE
        dw      VEC_VGA,int10
%endif
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
%ifdef EGA_OR_VGA
        dw      palette                 ; 10
        dw      character_generator     ; 11
        dw      alternate_select        ; 12
%else
        dw      nothing                 ; 10
        dw      nothing                 ; 11
        dw      nothing                 ; 12
%endif
        dw      write_string            ; 13
%ifdef VBE
        times 6 dw nothing              ; 14-19
        dw      display_combination     ; 1A
        dw      get_state               ; 1B
        dw      save_restore            ; 1C
%endif
int10_end:

%include "dispatch.asm"
