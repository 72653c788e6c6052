; The save pointer table, by which programs and 40:A8h find the parameters of the modes. A VGA's has a
; second part, save_second.
;
; Segments are the address that IBM gives the ROM: the table must be readable before anything ran.

ROM_SEGMENT     equ     0C000h

save_table:
        dw      param_table,ROM_SEGMENT
        dw      0,0                     ; dynamic save area
        dw      0,0                     ; font of a program for text
        dw      0,0                     ; and for graphics modes
%ifdef VBE
        dw      save_second,ROM_SEGMENT
%else
        dw      0,0
%endif
        dw      0,0
        dw      0,0
