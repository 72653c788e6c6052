; INT 1Dh: what a 6845 is programmed with: registers 0-0F for 40 columns, 80 columns, graphics and
; monochrome; bytes of a page of the first three; columns and mode register of each mode.

cga_params:
        db      38h,28h,2Dh,0Ah,1Fh,06h,19h,1Ch,02h,07h,06h,07h,0,0,0,0
        db      71h,50h,5Ah,0Ah,1Fh,06h,19h,1Ch,02h,07h,06h,07h,0,0,0,0
        db      38h,28h,2Dh,0Ah,7Fh,06h,64h,70h,02h,01h,06h,07h,0,0,0,0
        db      61h,50h,52h,0Fh,19h,06h,19h,19h,02h,0Dh,0Bh,0Ch,0,0,0,0
        dw      2048,4096,16384,16384
cga_columns:
        db      40,40,80,80,40,40,80,80
cga_mode_values:
        db      2Ch,28h,2Dh,29h,2Ah,2Eh,1Eh,29h
