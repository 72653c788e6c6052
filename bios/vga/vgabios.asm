; The VGA BIOS of glass86: an option ROM of 32 KiB for C0000h. This file is its outline: the header
; that the system BIOS scans for, then the parts in reading order. References: IBM PS/2 and PC BIOS
; Interface Technical Reference (INT 10h), IBM PS/2 Hardware Interface Technical Reference
; (registers and mode tables).

%include "defs.inc"

        org     0

ROM_SIZE        equ     32768

        db      55h,0AAh,ROM_SIZE/512
        jmp     near init

        ; Programs look for the letters IBM here before they believe in an EGA or VGA.
        times   1Eh-($-$$) db 0
        db      "IBM compatible glass86 VGA BIOS",0

%include "entry.asm"
%include "mode.asm"
%include "cursor.asm"
%include "scroll.asm"
%include "text.asm"
%include "graphics.asm"
%include "teletype.asm"
%include "palette.asm"
%include "dac.asm"
%include "font.asm"
%include "inform.asm"
%include "select.asm"
%include "state.asm"
%include "vbe.asm"
%include "vbe_text.asm"
%include "vbe_protected.asm"
%include "params.asm"
%include "fonts.asm"

        ; The last byte is the checksum, which romsum fills in.
        times   ROM_SIZE-($-$$) db 0
