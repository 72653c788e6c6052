; The video BIOS of the adapters before the EGA (-vga cga, -vga hercules): an option ROM of 16 KiB for
; C0000h, where an IBM PC has these functions in its system BIOS. It shares all that draws with the
; VGA BIOS, and it carries the cards' character generators: the words behind the entry point are the
; offsets of the 8x8 and the 8x14 glyphs.

%include "defs.inc"

        org     0

ROM_SIZE        equ     16384

        db      55h,0AAh,ROM_SIZE/512
        jmp     near init
        dw      font8x8,font8x14

%include "card.asm"
%include "cursor.asm"
%include "scroll.asm"
%include "text.asm"
%include "graphics.asm"
%include "teletype.asm"

font8x14:
%include "fonts/font8x14lo.inc"
%include "fonts/font8x14hi.inc"
font8x8:
%include "fonts/font8x8lo.inc"
font8x8_high:
%include "fonts/font8x8hi.inc"

        ; The last byte is the checksum, which romsum fills in.
        times   ROM_SIZE-($-$$) db 0
