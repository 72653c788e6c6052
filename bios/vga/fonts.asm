; The ROM fonts, drawn in bios/fonts.

font8x16:
%include "fonts/font8x16lo.inc"
%include "fonts/font8x16hi.inc"
font8x14:
%include "fonts/font8x14lo.inc"
%include "fonts/font8x14hi.inc"
font8x8:
%include "fonts/font8x8lo.inc"
font8x8_high:
%include "fonts/font8x8hi.inc"

; Glyphs to replace in 9-dot modes, as number and shape, ended by 0. The fonts keep their last
; column free, so nothing needs to be wider.
font9_none:
        db      0
