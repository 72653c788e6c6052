; The BIOS of the EGA (-vga ega): an option ROM of 16 KiB for C0000h. It is the VGA's without what
; came later; %ifdef EGA marks where the EGA differs: most of its registers cannot be read back, so
; that what the VGA BIOS reads comes from the mode's entry in the parameter table. References: IBM
; Options and Adapters, Enhanced Graphics Adapter, with the BIOS functions and the mode tables.

%define EGA
%include "defs.inc"

        org     0

ROM_SIZE        equ     16384

        db      55h,0AAh,ROM_SIZE/512
        jmp     near init

        ; Programs look for the letters IBM here before they believe in an EGA.
        times   1Eh-($-$$) db 0
        db      "IBM compatible glass86 EGA BIOS",0

%include "ega.asm"
%include "mode.asm"
%include "cursor.asm"
%include "scroll.asm"
%include "text.asm"
%include "graphics.asm"
%include "teletype.asm"
%include "palette.asm"
%include "font.asm"
%include "inform.asm"
%include "ega_params.asm"

font8x14:
%include "fonts/font8x14lo.inc"
%include "fonts/font8x14hi.inc"
font8x8:
%include "fonts/font8x8lo.inc"
font8x8_high:
%include "fonts/font8x8hi.inc"
font8x16 equ font8x14                   ; none
font9_none:
        db      0                       ; glyphs to replace in 9-dot modes

        ; The last byte is the checksum, which romsum fills in.
        times   ROM_SIZE-($-$$) db 0
