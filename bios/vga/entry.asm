; The VGA's way in: what it has of its own when the ROM is initialised.

%macro ADAPTER 0
        mov     dx,3C3h                 ; the adapter answers to its addresses
        mov     al,1
        out     dx,al
        mov     word [BDA_CTL],0F960h   ; 256 KB, cursor emulation; switches: VGA, colour display
        mov     word [BDA_FLAGS],0B11h  ; 400 lines, VGA active; display: VGA in colour
        mov     ax,0003h
%endmacro

%define VBE
%include "init.asm"
