; The VGA BIOS of glass86: an option ROM of 32 KiB for C0000h. This file is its outline: the header
; that the system BIOS scans for, then the parts in reading order. References: IBM PS/2 and PC BIOS
; Interface Technical Reference (INT 10h), IBM PS/2 Hardware Interface Technical Reference
; (registers and mode tables).

%include "defs.inc"

        org     0

ROM_SIZE        equ     32768

        db      55h,0AAh,ROM_SIZE/512
        jmp     near init

        times   18h-($-$$) db 0
        dw      pci_data

        ; Programs look for the letters IBM here before they believe in an EGA or VGA.
        times   1Eh-($-$$) db 0
        db      "IBM compatible glass86 VGA BIOS",0

; The adapter on the board with PCI finds out by this that the ROM is its own (PCI 2.1, 6.3.1.2).
        align   4
pci_data:
        db      "PCIR"
        dw      1234h,1111h             ; vendor, device
        dw      0,18h                   ; no vital product data; length of this
        db      0                       ; revision
        db      0,0,3                   ; class: VGA
        dw      ROM_SIZE/512
        dw      1                       ; revision of the code
        db      0,80h                   ; for a PC; the last image
        dw      0

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
