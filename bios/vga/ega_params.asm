; Tables of the EGA's BIOS: the registers of every mode, the save pointer table. Values: IBM Options
; and Adapters, Enhanced Graphics Adapter. The layout of an entry is that of params.asm.

param_table:

        ; 00: mode 0, 200 lines
        db      40,24,8
        dw      00800h
        db      00Bh,003h,000h,003h, 023h
        db      037h,027h,02Dh,037h,031h,015h,004h,011h
        db      000h,007h,006h,007h,000h,000h,000h,000h
        db      0E1h,024h,0C7h,014h,008h,0E0h,0F0h,0A3h,0FFh
        db      000h,001h,002h,003h,004h,005h,006h,007h,010h,011h,012h,013h,014h,015h,016h,017h
        db      008h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,010h,00Eh,000h,0FFh

        ; 01: mode 1, 200 lines
        db      40,24,8
        dw      00800h
        db      00Bh,003h,000h,003h, 023h
        db      037h,027h,02Dh,037h,031h,015h,004h,011h
        db      000h,007h,006h,007h,000h,000h,000h,000h
        db      0E1h,024h,0C7h,014h,008h,0E0h,0F0h,0A3h,0FFh
        db      000h,001h,002h,003h,004h,005h,006h,007h,010h,011h,012h,013h,014h,015h,016h,017h
        db      008h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,010h,00Eh,000h,0FFh

        ; 02: mode 2, 200 lines
        db      80,24,8
        dw      01000h
        db      001h,003h,000h,003h, 023h
        db      070h,04Fh,05Ch,02Fh,05Fh,007h,004h,011h
        db      000h,007h,006h,007h,000h,000h,000h,000h
        db      0E1h,024h,0C7h,028h,008h,0E0h,0F0h,0A3h,0FFh
        db      000h,001h,002h,003h,004h,005h,006h,007h,010h,011h,012h,013h,014h,015h,016h,017h
        db      008h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,010h,00Eh,000h,0FFh

        ; 03: mode 3, 200 lines
        db      80,24,8
        dw      01000h
        db      001h,003h,000h,003h, 023h
        db      070h,04Fh,05Ch,02Fh,05Fh,007h,004h,011h
        db      000h,007h,006h,007h,000h,000h,000h,000h
        db      0E1h,024h,0C7h,028h,008h,0E0h,0F0h,0A3h,0FFh
        db      000h,001h,002h,003h,004h,005h,006h,007h,010h,011h,012h,013h,014h,015h,016h,017h
        db      008h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,010h,00Eh,000h,0FFh

        ; 04: mode 4
        db      40,24,8
        dw      04000h
        db      00Bh,003h,000h,002h, 023h
        db      037h,027h,02Dh,037h,030h,014h,004h,011h
        db      000h,001h,000h,000h,000h,000h,000h,000h
        db      0E1h,024h,0C7h,014h,000h,0E0h,0F0h,0A2h,0FFh
        db      000h,013h,015h,017h,002h,004h,006h,007h,010h,011h,012h,013h,014h,015h,016h,017h
        db      001h,000h,003h,000h
        db      000h,000h,000h,000h,000h,030h,00Fh,000h,0FFh

        ; 05: mode 5
        db      40,24,8
        dw      04000h
        db      00Bh,003h,000h,002h, 023h
        db      037h,027h,02Dh,037h,030h,014h,004h,011h
        db      000h,001h,000h,000h,000h,000h,000h,000h
        db      0E1h,024h,0C7h,014h,000h,0E0h,0F0h,0A2h,0FFh
        db      000h,013h,015h,017h,002h,004h,006h,007h,010h,011h,012h,013h,014h,015h,016h,017h
        db      001h,000h,003h,000h
        db      000h,000h,000h,000h,000h,030h,00Fh,000h,0FFh

        ; 06: mode 6
        db      80,24,8
        dw      04000h
        db      001h,001h,000h,006h, 023h
        db      070h,04Fh,059h,02Dh,05Eh,006h,004h,011h
        db      000h,001h,000h,000h,000h,000h,000h,000h
        db      0E0h,023h,0C7h,028h,000h,0DFh,0EFh,0C2h,0FFh
        db      000h,017h,017h,017h,017h,017h,017h,017h,017h,017h,017h,017h,017h,017h,017h,017h
        db      001h,000h,001h,000h
        db      000h,000h,000h,000h,000h,000h,00Dh,000h,0FFh

        ; 07: mode 7
        db      80,24,14
        dw      01000h
        db      000h,003h,000h,003h, 0A6h
        db      060h,04Fh,056h,03Ah,051h,060h,070h,01Fh
        db      000h,00Dh,00Bh,00Ch,000h,000h,000h,000h
        db      05Eh,02Eh,05Dh,028h,00Dh,05Eh,06Eh,0A3h,0FFh
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
        db      00Bh,00Fh,000h,006h, 023h
        db      037h,027h,02Dh,037h,030h,014h,004h,011h
        db      000h,000h,000h,000h,000h,000h,000h,000h
        db      0E1h,024h,0C7h,014h,000h,0E0h,0F0h,0E3h,0FFh
        db      000h,001h,002h,003h,004h,005h,006h,007h,010h,011h,012h,013h,014h,015h,016h,017h
        db      001h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,000h,005h,00Fh,0FFh

        ; 0E: mode 0E
        db      80,24,8
        dw      04000h
        db      001h,00Fh,000h,006h, 023h
        db      070h,04Fh,059h,02Dh,05Eh,006h,004h,011h
        db      000h,000h,000h,000h,000h,000h,000h,000h
        db      0E0h,023h,0C7h,028h,000h,0DFh,0EFh,0E3h,0FFh
        db      000h,001h,002h,003h,004h,005h,006h,007h,010h,011h,012h,013h,014h,015h,016h,017h
        db      001h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,000h,005h,00Fh,0FFh

        ; 0F: mode 0F with 64 KB
        db      80,24,14
        dw      08000h
        db      005h,00Fh,000h,000h, 0A2h
        db      060h,04Fh,056h,01Ah,050h,0E0h,070h,01Fh
        db      000h,000h,000h,000h,000h,000h,000h,000h
        db      05Eh,02Eh,05Dh,014h,00Dh,05Eh,06Eh,08Bh,0FFh
        db      000h,008h,000h,000h,018h,018h,000h,000h,000h,008h,000h,000h,000h,018h,000h,000h
        db      00Bh,000h,005h,000h
        db      000h,000h,000h,000h,000h,010h,007h,00Fh,0FFh

        ; 10: mode 10 with 64 KB
        db      80,24,14
        dw      08000h
        db      005h,00Fh,000h,000h, 0A7h
        db      05Bh,04Fh,053h,017h,050h,0BAh,06Ch,01Fh
        db      000h,000h,000h,000h,000h,000h,000h,000h
        db      05Eh,02Bh,05Dh,014h,00Fh,05Fh,00Ah,08Bh,0FFh
        db      000h,001h,000h,000h,004h,007h,000h,000h,000h,001h,000h,000h,004h,007h,000h,000h
        db      001h,000h,005h,000h
        db      000h,000h,000h,000h,000h,010h,007h,00Fh,0FFh

        ; 11: mode 0F
        db      80,24,14
        dw      08000h
        db      001h,00Fh,000h,006h, 0A2h
        db      060h,04Fh,056h,03Ah,050h,060h,070h,01Fh
        db      000h,000h,000h,000h,000h,000h,000h,000h
        db      05Eh,02Eh,05Dh,028h,00Dh,05Eh,06Eh,0E3h,0FFh
        db      000h,008h,000h,000h,018h,018h,000h,000h,000h,008h,000h,000h,000h,018h,000h,000h
        db      00Bh,000h,005h,000h
        db      000h,000h,000h,000h,000h,000h,005h,005h,0FFh

        ; 12: mode 10
        db      80,24,14
        dw      08000h
        db      001h,00Fh,000h,006h, 0A7h
        db      05Bh,04Fh,053h,037h,052h,000h,06Ch,01Fh
        db      000h,000h,000h,000h,000h,000h,000h,000h
        db      05Eh,02Bh,05Dh,028h,00Fh,05Fh,00Ah,0E3h,0FFh
        db      000h,001h,002h,003h,004h,005h,014h,007h,038h,039h,03Ah,03Bh,03Ch,03Dh,03Eh,03Fh
        db      001h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,000h,005h,00Fh,0FFh

        ; 13: mode 0, 350 lines
        db      40,24,14
        dw      00800h
        db      00Bh,003h,000h,003h, 0A7h
        db      02Dh,027h,02Bh,02Dh,028h,06Dh,06Ch,01Fh
        db      000h,00Dh,006h,007h,000h,000h,000h,000h
        db      05Eh,02Bh,05Dh,014h,00Fh,05Eh,00Ah,0A3h,0FFh
        db      000h,001h,002h,003h,004h,005h,014h,007h,038h,039h,03Ah,03Bh,03Ch,03Dh,03Eh,03Fh
        db      008h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,010h,00Eh,000h,0FFh

        ; 14: mode 1, 350 lines
        db      40,24,14
        dw      00800h
        db      00Bh,003h,000h,003h, 0A7h
        db      02Dh,027h,02Bh,02Dh,028h,06Dh,06Ch,01Fh
        db      000h,00Dh,006h,007h,000h,000h,000h,000h
        db      05Eh,02Bh,05Dh,014h,00Fh,05Eh,00Ah,0A3h,0FFh
        db      000h,001h,002h,003h,004h,005h,014h,007h,038h,039h,03Ah,03Bh,03Ch,03Dh,03Eh,03Fh
        db      008h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,010h,00Eh,000h,0FFh

        ; 15: mode 2, 350 lines
        db      80,24,14
        dw      01000h
        db      001h,003h,000h,003h, 0A7h
        db      05Bh,04Fh,053h,037h,051h,05Bh,06Ch,01Fh
        db      000h,00Dh,006h,007h,000h,000h,000h,000h
        db      05Eh,02Bh,05Dh,028h,00Fh,05Eh,00Ah,0A3h,0FFh
        db      000h,001h,002h,003h,004h,005h,014h,007h,038h,039h,03Ah,03Bh,03Ch,03Dh,03Eh,03Fh
        db      008h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,010h,00Eh,000h,0FFh

        ; 16: mode 3, 350 lines
        db      80,24,14
        dw      01000h
        db      001h,003h,000h,003h, 0A7h
        db      05Bh,04Fh,053h,037h,051h,05Bh,06Ch,01Fh
        db      000h,00Dh,006h,007h,000h,000h,000h,000h
        db      05Eh,02Bh,05Dh,028h,00Fh,05Eh,00Ah,0A3h,0FFh
        db      000h,001h,002h,003h,004h,005h,014h,007h,038h,039h,03Ah,03Bh,03Ch,03Dh,03Eh,03Fh
        db      008h,000h,00Fh,000h
        db      000h,000h,000h,000h,000h,010h,00Eh,000h,0FFh

%include "cga_params.asm"

%include "save_table.asm"
