; Tables: the registers of every mode, the parameters of an MDA/CGA, the save pointer table. Values:
; IBM PS/2 Hardware Interface Technical Reference, "Video Subsystem", and Options and Adapters,
; "Monochrome/ Color Graphics Adapter", 6845 initialisation.

; ---- the video parameter table, 64 bytes an entry -----------------------------------------------
;
;   columns, rows - 1, character height; bytes of a page
;   sequencer 1-4, miscellaneous output
;   CRTC 0-18 (horizontal and overflow; shape and start; vertical and mode)
;   attribute controller 0-13
;   graphics controller 0-8

param_table:

        ; 00: mode 0, 200 lines
        db      40,24,8
        dw      00800h
        db      009h,003h,000h,002h, 063h
        db      02Dh,027h,028h,090h,02Bh,0A0h,0BFh,01Fh
        db      000h,0C7h,006h,007h,000h,000h,000h,000h
        db      09Ch,08Eh,08Fh,014h,01Fh,096h,0B9h,0A3h,0FFh
        db      000h,001h,002h,003h,004h,005h,006h,007h,010h,011h,012h,013h,014h,015h,016h,017h
        db      008h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,010h,00Eh,000h,0FFh

        ; 01: mode 1, 200 lines
        db      40,24,8
        dw      00800h
        db      009h,003h,000h,002h, 063h
        db      02Dh,027h,028h,090h,02Bh,0A0h,0BFh,01Fh
        db      000h,0C7h,006h,007h,000h,000h,000h,000h
        db      09Ch,08Eh,08Fh,014h,01Fh,096h,0B9h,0A3h,0FFh
        db      000h,001h,002h,003h,004h,005h,006h,007h,010h,011h,012h,013h,014h,015h,016h,017h
        db      008h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,010h,00Eh,000h,0FFh

        ; 02: mode 2, 200 lines
        db      80,24,8
        dw      01000h
        db      001h,003h,000h,002h, 063h
        db      05Fh,04Fh,050h,082h,055h,081h,0BFh,01Fh
        db      000h,0C7h,006h,007h,000h,000h,000h,000h
        db      09Ch,08Eh,08Fh,028h,01Fh,096h,0B9h,0A3h,0FFh
        db      000h,001h,002h,003h,004h,005h,006h,007h,010h,011h,012h,013h,014h,015h,016h,017h
        db      008h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,010h,00Eh,000h,0FFh

        ; 03: mode 3, 200 lines
        db      80,24,8
        dw      01000h
        db      001h,003h,000h,002h, 063h
        db      05Fh,04Fh,050h,082h,055h,081h,0BFh,01Fh
        db      000h,0C7h,006h,007h,000h,000h,000h,000h
        db      09Ch,08Eh,08Fh,028h,01Fh,096h,0B9h,0A3h,0FFh
        db      000h,001h,002h,003h,004h,005h,006h,007h,010h,011h,012h,013h,014h,015h,016h,017h
        db      008h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,010h,00Eh,000h,0FFh

        ; 04: mode 4
        db      40,24,8
        dw      04000h
        db      009h,003h,000h,002h, 063h
        db      02Dh,027h,028h,090h,02Bh,080h,0BFh,01Fh
        db      000h,0C1h,000h,000h,000h,000h,000h,000h
        db      09Ch,08Eh,08Fh,014h,000h,096h,0B9h,0A2h,0FFh
        db      000h,013h,015h,017h,002h,004h,006h,007h,010h,011h,012h,013h,014h,015h,016h,017h
        db      001h,000h,003h,000h
        db      000h,000h,000h,000h,000h,030h,00Fh,000h,0FFh

        ; 05: mode 5
        db      40,24,8
        dw      04000h
        db      009h,003h,000h,002h, 063h
        db      02Dh,027h,028h,090h,02Bh,080h,0BFh,01Fh
        db      000h,0C1h,000h,000h,000h,000h,000h,000h
        db      09Ch,08Eh,08Fh,014h,000h,096h,0B9h,0A2h,0FFh
        db      000h,013h,015h,017h,002h,004h,006h,007h,010h,011h,012h,013h,014h,015h,016h,017h
        db      001h,000h,003h,000h
        db      000h,000h,000h,000h,000h,030h,00Fh,000h,0FFh

        ; 06: mode 6
        db      80,24,8
        dw      04000h
        db      001h,001h,000h,006h, 063h
        db      05Fh,04Fh,050h,082h,054h,080h,0BFh,01Fh
        db      000h,0C1h,000h,000h,000h,000h,000h,000h
        db      09Ch,08Eh,08Fh,028h,000h,096h,0B9h,0C2h,0FFh
        db      000h,017h,017h,017h,017h,017h,017h,017h,017h,017h,017h,017h,017h,017h,017h,017h
        db      001h,000h,001h,000h
        db      000h,000h,000h,000h,000h,000h,00Dh,000h,0FFh

        ; 07: mode 7, 350 lines
        db      80,24,14
        dw      01000h
        db      000h,003h,000h,002h, 0A6h
        db      05Fh,04Fh,050h,082h,055h,081h,0BFh,01Fh
        db      000h,04Dh,00Bh,00Ch,000h,000h,000h,000h
        db      083h,085h,05Dh,028h,00Dh,063h,0BAh,0A3h,0FFh
        db      000h,008h,008h,008h,008h,008h,008h,008h,010h,018h,018h,018h,018h,018h,018h,018h
        db      00Eh,000h,00Fh,008h
        db      000h,000h,000h,000h,000h,010h,00Ah,000h,0FFh

        ; 08: no mode
        times   64 db 0

        ; 09: no mode
        times   64 db 0

        ; 0A: no mode
        times   64 db 0

        ; 0B: no mode
        times   64 db 0

        ; 0C: no mode
        times   64 db 0

        ; 0D: mode 0D
        db      40,24,8
        dw      02000h
        db      009h,00Fh,000h,006h, 063h
        db      02Dh,027h,028h,090h,02Bh,080h,0BFh,01Fh
        db      000h,0C0h,000h,000h,000h,000h,000h,000h
        db      09Ch,08Eh,08Fh,014h,000h,096h,0B9h,0E3h,0FFh
        db      000h,001h,002h,003h,004h,005h,006h,007h,010h,011h,012h,013h,014h,015h,016h,017h
        db      001h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,000h,005h,00Fh,0FFh

        ; 0E: mode 0E
        db      80,24,8
        dw      04000h
        db      001h,00Fh,000h,006h, 063h
        db      05Fh,04Fh,050h,082h,054h,080h,0BFh,01Fh
        db      000h,0C0h,000h,000h,000h,000h,000h,000h
        db      09Ch,08Eh,08Fh,028h,000h,096h,0B9h,0E3h,0FFh
        db      000h,001h,002h,003h,004h,005h,006h,007h,010h,011h,012h,013h,014h,015h,016h,017h
        db      001h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,000h,005h,00Fh,0FFh

        ; 0F: mode 0F of a 64 KB adapter, here as 11
        db      80,24,14
        dw      08000h
        db      001h,00Fh,000h,006h, 0A2h
        db      05Fh,04Fh,050h,082h,054h,080h,0BFh,01Fh
        db      000h,040h,000h,000h,000h,000h,000h,000h
        db      083h,085h,05Dh,028h,00Fh,063h,0BAh,0E3h,0FFh
        db      000h,008h,000h,000h,018h,018h,000h,000h,000h,008h,000h,000h,000h,018h,000h,000h
        db      00Bh,000h,005h,000h
        db      000h,000h,000h,000h,000h,000h,005h,005h,0FFh

        ; 10: mode 10 of a 64 KB adapter, here as 12
        db      80,24,14
        dw      08000h
        db      001h,00Fh,000h,006h, 0A3h
        db      05Fh,04Fh,050h,082h,054h,080h,0BFh,01Fh
        db      000h,040h,000h,000h,000h,000h,000h,000h
        db      083h,085h,05Dh,028h,00Fh,063h,0BAh,0E3h,0FFh
        db      000h,001h,002h,003h,004h,005h,014h,007h,038h,039h,03Ah,03Bh,03Ch,03Dh,03Eh,03Fh
        db      001h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,000h,005h,00Fh,0FFh

        ; 11: mode 0F
        db      80,24,14
        dw      08000h
        db      001h,00Fh,000h,006h, 0A2h
        db      05Fh,04Fh,050h,082h,054h,080h,0BFh,01Fh
        db      000h,040h,000h,000h,000h,000h,000h,000h
        db      083h,085h,05Dh,028h,00Fh,063h,0BAh,0E3h,0FFh
        db      000h,008h,000h,000h,018h,018h,000h,000h,000h,008h,000h,000h,000h,018h,000h,000h
        db      00Bh,000h,005h,000h
        db      000h,000h,000h,000h,000h,000h,005h,005h,0FFh

        ; 12: mode 10
        db      80,24,14
        dw      08000h
        db      001h,00Fh,000h,006h, 0A3h
        db      05Fh,04Fh,050h,082h,054h,080h,0BFh,01Fh
        db      000h,040h,000h,000h,000h,000h,000h,000h
        db      083h,085h,05Dh,028h,00Fh,063h,0BAh,0E3h,0FFh
        db      000h,001h,002h,003h,004h,005h,014h,007h,038h,039h,03Ah,03Bh,03Ch,03Dh,03Eh,03Fh
        db      001h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,000h,005h,00Fh,0FFh

        ; 13: mode 0, 350 lines
        db      40,24,14
        dw      00800h
        db      009h,003h,000h,002h, 0A3h
        db      02Dh,027h,028h,090h,02Bh,0A0h,0BFh,01Fh
        db      000h,04Dh,00Bh,00Ch,000h,000h,000h,000h
        db      083h,085h,05Dh,014h,01Fh,063h,0BAh,0A3h,0FFh
        db      000h,001h,002h,003h,004h,005h,014h,007h,038h,039h,03Ah,03Bh,03Ch,03Dh,03Eh,03Fh
        db      008h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,010h,00Eh,000h,0FFh

        ; 14: mode 1, 350 lines
        db      40,24,14
        dw      00800h
        db      009h,003h,000h,002h, 0A3h
        db      02Dh,027h,028h,090h,02Bh,0A0h,0BFh,01Fh
        db      000h,04Dh,00Bh,00Ch,000h,000h,000h,000h
        db      083h,085h,05Dh,014h,01Fh,063h,0BAh,0A3h,0FFh
        db      000h,001h,002h,003h,004h,005h,014h,007h,038h,039h,03Ah,03Bh,03Ch,03Dh,03Eh,03Fh
        db      008h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,010h,00Eh,000h,0FFh

        ; 15: mode 2, 350 lines
        db      80,24,14
        dw      01000h
        db      001h,003h,000h,002h, 0A3h
        db      05Fh,04Fh,050h,082h,055h,081h,0BFh,01Fh
        db      000h,04Dh,00Bh,00Ch,000h,000h,000h,000h
        db      083h,085h,05Dh,028h,01Fh,063h,0BAh,0A3h,0FFh
        db      000h,001h,002h,003h,004h,005h,014h,007h,038h,039h,03Ah,03Bh,03Ch,03Dh,03Eh,03Fh
        db      008h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,010h,00Eh,000h,0FFh

        ; 16: mode 3, 350 lines
        db      80,24,14
        dw      01000h
        db      001h,003h,000h,002h, 0A3h
        db      05Fh,04Fh,050h,082h,055h,081h,0BFh,01Fh
        db      000h,04Dh,00Bh,00Ch,000h,000h,000h,000h
        db      083h,085h,05Dh,028h,01Fh,063h,0BAh,0A3h,0FFh
        db      000h,001h,002h,003h,004h,005h,014h,007h,038h,039h,03Ah,03Bh,03Ch,03Dh,03Eh,03Fh
        db      008h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,010h,00Eh,000h,0FFh

        ; 17: modes 0 and 1, 400 lines
        db      40,24,16
        dw      00800h
        db      008h,003h,000h,002h, 067h
        db      02Dh,027h,028h,090h,02Bh,0A0h,0BFh,01Fh
        db      000h,04Fh,00Dh,00Eh,000h,000h,000h,000h
        db      09Ch,08Eh,08Fh,014h,01Fh,096h,0B9h,0A3h,0FFh
        db      000h,001h,002h,003h,004h,005h,014h,007h,038h,039h,03Ah,03Bh,03Ch,03Dh,03Eh,03Fh
        db      00Ch,000h,00Fh,008h
        db      000h,000h,000h,000h,000h,010h,00Eh,000h,0FFh

        ; 18: modes 2 and 3, 400 lines
        db      80,24,16
        dw      01000h
        db      000h,003h,000h,002h, 067h
        db      05Fh,04Fh,050h,082h,055h,081h,0BFh,01Fh
        db      000h,04Fh,00Dh,00Eh,000h,000h,000h,000h
        db      09Ch,08Eh,08Fh,028h,01Fh,096h,0B9h,0A3h,0FFh
        db      000h,001h,002h,003h,004h,005h,014h,007h,038h,039h,03Ah,03Bh,03Ch,03Dh,03Eh,03Fh
        db      00Ch,000h,00Fh,008h
        db      000h,000h,000h,000h,000h,010h,00Eh,000h,0FFh

        ; 19: mode 7, 400 lines
        db      80,24,16
        dw      01000h
        db      000h,003h,000h,002h, 066h
        db      05Fh,04Fh,050h,082h,055h,081h,0BFh,01Fh
        db      000h,04Fh,00Dh,00Eh,000h,000h,000h,000h
        db      09Ch,08Eh,08Fh,028h,00Fh,096h,0B9h,0A3h,0FFh
        db      000h,008h,008h,008h,008h,008h,008h,008h,010h,018h,018h,018h,018h,018h,018h,018h
        db      00Eh,000h,00Fh,008h
        db      000h,000h,000h,000h,000h,010h,00Ah,000h,0FFh

        ; 1A: mode 11
        db      80,29,16
        dw      0A000h
        db      001h,00Fh,000h,006h, 0E3h
        db      05Fh,04Fh,050h,082h,054h,080h,00Bh,03Eh
        db      000h,040h,000h,000h,000h,000h,000h,000h
        db      0EAh,08Ch,0DFh,028h,000h,0E7h,004h,0C3h,0FFh
        db      000h,03Fh,03Fh,03Fh,03Fh,03Fh,03Fh,03Fh,03Fh,03Fh,03Fh,03Fh,03Fh,03Fh,03Fh,03Fh
        db      001h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,000h,005h,001h,0FFh

        ; 1B: mode 12
        db      80,29,16
        dw      0A000h
        db      001h,00Fh,000h,006h, 0E3h
        db      05Fh,04Fh,050h,082h,054h,080h,00Bh,03Eh
        db      000h,040h,000h,000h,000h,000h,000h,000h
        db      0EAh,08Ch,0DFh,028h,000h,0E7h,004h,0E3h,0FFh
        db      000h,001h,002h,003h,004h,005h,014h,007h,038h,039h,03Ah,03Bh,03Ch,03Dh,03Eh,03Fh
        db      001h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,000h,005h,00Fh,0FFh

        ; 1C: mode 13
        db      40,24,8
        dw      02000h
        db      001h,00Fh,000h,00Eh, 063h
        db      05Fh,04Fh,050h,082h,054h,080h,0BFh,01Fh
        db      000h,041h,000h,000h,000h,000h,000h,000h
        db      09Ch,08Eh,08Fh,028h,040h,096h,0B9h,0A3h,0FFh
        db      000h,001h,002h,003h,004h,005h,006h,007h,008h,009h,00Ah,00Bh,00Ch,00Dh,00Eh,00Fh
        db      041h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,040h,005h,00Fh,0FFh

%include "cga_params.asm"

%include "save_table.asm"
save_second:
        dw      26                      ; bytes
        dw      dcc_table,ROM_SEGMENT
        dw      0,0                     ; second text font
        dw      0,0                     ; palette profile
        dw      0,0
        dw      0,0
        dw      0,0

; Display combinations, by [BDA_DCC]: 0 none, 1 MDA, 2 CGA, 4/5 EGA with colour/monochrome display,
; 6 PGA, 7/8 VGA with monochrome/colour display.
dcc_table:
        db      (.end-.pairs)/2,1,8,0
.pairs:
        db      0,0, 0,1, 0,2, 2,1, 0,4, 4,1, 0,5, 2,5
        db      0,6, 6,1, 6,5, 0,8, 8,1, 0,7, 7,2, 7,6
.end:
