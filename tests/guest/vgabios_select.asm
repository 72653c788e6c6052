; INT 10h 0Bh, 10h, 11h, 12h, 1Ah, 1Bh, 1Ch: palettes, fonts, choices, information, saved
; state.
%include "vgabios.inc"

BUFFER  equ     0B000h

%macro  DAC 1                           ; DH, CX = register
        VIDEO   1015h,%1
%endmacro

tests:
        VIDEO   3
        ; ---- palette registers
        VIDEO   1007h,0006h
        EQ      bh,14h,"1007: brown"
        VIDEO   1000h,2B05h
        VIDEO   1007h,0005h
        EQ      bh,2Bh,"1000: one register"
        VIDEO   1001h,3100h
        VIDEO   1008h,0
        EQ      bh,31h,"1001, 1008: overscan"
        mov     dx,seventeen
        VIDEO   1002h
        mov     dx,BUFFER
        VIDEO   1009h
        mov     si,seventeen
        mov     di,BUFFER
        mov     cx,17
        repe cmpsb
        CHECK   e,"1002, 1009: all seventeen"
        VIDEO   1003h,0
        call    attr10
        test    al,8
        CHECK   z,"1003: bright backgrounds"
        EQ      byte [465h],9,"1003: noted as a CGA would"
        VIDEO   1003h,1
        call    attr10
        test    al,8
        CHECK   nz,"1003: blinking"

        ; ---- DAC
        VIDEO   3
        DAC     3Fh
        EQ      dh,3Fh,"DAC 3F: red"
        EQ      cx,3F3Fh,"DAC 3F: white"
        DAC     14h
        EQ      dh,2Ah,"DAC 14 is brown: red"
        EQ      cx,1500h,"DAC 14 is brown: green, blue"
        VIDEO   1010h,0080h,1A2Bh,0C00h
        DAC     80h
        EQ      dh,0Ch,"1010, 1015: red"
        EQ      cx,1A2Bh,"1010, 1015: green, blue"
        mov     dx,colors
        VIDEO   1012h,00FEh,2
        mov     di,BUFFER
        mov     dx,BUFFER
        VIDEO   1017h,00FEh,2
        mov     si,colors
        mov     cx,6
        repe cmpsb
        CHECK   e,"1012, 1017: a block"
        ; QEMU's adapter has no mask register and fails here.
        VIDEO   1018h,0F0h
        VIDEO   1019h,0
        EQ      bl,0F0h,"1018, 1019: mask"
        VIDEO   1018h,0FFh
        VIDEO   1013h,0100h
        VIDEO   1013h,0901h
        VIDEO   101Ah
        EQ      bx,0901h,"1013, 101A: sixteen sets"
        VIDEO   1013h,0000h
        VIDEO   1013h,0301h
        VIDEO   101Ah
        EQ      bx,0300h,"1013, 101A: four sets"
        VIDEO   1010h,0081h,3F00h,0000h
        VIDEO   101Bh,0081h,1
        DAC     81h
        EQ      ch,37,"101B: 59 % of green"
        EQ      dh,ch,"101B: grey"
        VIDEO   1200h,33h
        EQ      al,12h,"1233 exists"
        VIDEO   13h
        DAC     2Ah
        EQ      dh,ch,"1233: mode set sums to grey"
        VIDEO   1201h,33h
        VIDEO   13h
        DAC     28h
        EQ      dh,3Fh,"mode 13: 28 is red"
        EQ      cx,0,"mode 13: and nothing else"
        DAC     21h
        EQ      dh,10h,"mode 13: 21, one step from blue: red"
        EQ      cx,003Fh,"mode 13: 21: blue"
        DAC     18h
        EQ      cx,1C1Ch,"mode 13: 18 is a grey"
        DAC     0F7h
        EQ      cx,0C10h,"mode 13: last hue"
        VIDEO   1201h,31h
        VIDEO   1010h,7,0102h,0300h
        VIDEO   3
        DAC     7
        EQ      cx,0102h,"1231: palette survives mode set"
        VIDEO   1200h,31h
        VIDEO   3

        ; ---- 0B
        VIDEO   4
        VIDEO   0B00h,0100h
        VIDEO   1007h,1
        EQ      bh,12h,"0B01: palette 0, bright"
        VIDEO   0B00h,0004h
        VIDEO   1007h,0
        EQ      bh,4,"0B00: background"
        VIDEO   0B00h,0100h
        VIDEO   1007h,2
        EQ      bh,4,"0B01: palette 0, dark"
        VIDEO   0B00h,0101h
        VIDEO   1007h,3
        EQ      bh,7,"0B01: palette 1, dark"

        ; ---- fonts
        VIDEO   3
        VIDEO   1130h,0600h
        push    es
        EQ      cx,16,"1130: height"
        EQ      dl,24,"1130: rows"
        EQ      byte [es:bp+0DBh*16],0FFh,"1130: 8x16 full block"
        pop     es
        push    ds
        pop     es
        mov     ax,1112h
        mov     bl,0
        int     10h
        EQ      byte [484h],49,"1112: 50 rows"
        EQ      byte [485h],8,"1112: 8 high"
        EQ      word [44Ch],1F00h+100h,"1112: page size"
        REG     3D4h,9
        and     al,1Fh
        EQ      al,7,"1112: CRTC"
        REG     3D4h,0Bh
        EQ      al,7,"1112: cursor fits"
        mov     ax,1111h
        mov     bl,0
        int     10h
        EQ      byte [484h],27,"1111: 28 rows"
        REG     3D4h,12h
        EQ      al,(28*14-1) & 0FFh,"1111: shown lines"
        mov     ax,1114h
        mov     bl,0
        int     10h
        EQ      byte [484h],24,"1114: 25 rows again"
        REG     3D4h,12h
        EQ      al,8Fh,"1114: 400 lines again"
        mov     bp,glyph
        VIDEO   1100h,1002h,1,0041h
        mov     si,glyph
        mov     di,8000h+41h*32
        call    glyph_compare
        CHECK   e,"1100: user glyph in table 2"
        REG     3C4h,4
        EQ      al,2,"1100: memory mode as before"
        REG     3CEh,6
        and     al,0Fh
        EQ      al,0Eh,"1100: text window as before"
        VIDEO   1103h,0Eh
        REG     3C4h,3
        EQ      al,0Eh,"1103: block specifier"
        mov     di,BUFFER
        VIDEO   1B00h,0
        EQ      word [BUFFER+2Bh],0302h,"1B: both tables"
        VIDEO   1103h,0
        VIDEO   10h
        mov     bp,glyph
        VIDEO   1121h,0000h,16,20
        EQ      byte [484h],19,"1121: rows"
        EQ      word [43h*4],glyph,"1121: vector"
        VIDEO   1123h,3
        EQ      byte [484h],42,"1123: 43 rows"
        EQ      byte [485h],8,"1123: 8 high"
        mov     bp,glyph
        VIDEO   1120h
        EQ      word [1Fh*4],glyph,"1120: vector 1F"
        VIDEO   1130h,0300h
        mov     [43h*4],bp
        add     bp,1024
        mov     [1Fh*4],bp
        mov     [1Fh*4+2],es
        push    ds
        pop     es

        ; ---- 12
        VIDEO   3
        VIDEO   1200h,0FF10h
        EQ      bx,0003h,"1210: colour, 256 KB"
        EQ      cl,9,"1210: switches"
        VIDEO   1201h,36h
        EQ      al,12h,"1236 exists"
        REG     3C4h,1
        test    al,20h
        CHECK   nz,"1236: picture off"
        VIDEO   1200h,36h
        REG     3C4h,1
        test    al,20h
        CHECK   z,"1236: picture on"
        VIDEO   1201h,32h
        mov     dx,3CCh
        in      al,dx
        test    al,2
        CHECK   z,"1232: memory off"
        VIDEO   1200h,32h
        in      al,dx
        VIDEO   1200h,20h
        les     bx,[5*4]
        mov     ax,es
        push    ds
        pop     es
        EQ      ax,[10h*4+2],"1220: print screen of the ROM"

        ; Print the screen to a printer of our own: it only counts, and keeps the third character.
        push    word [17h*4]
        push    word [17h*4+2]
        mov     word [17h*4],printer
        mov     [17h*4+2],ds
        VIDEO   0E50h,7
        int     5
        EQ      byte [500h],0,"1220: printed"
        EQ      word [printed],2+25*(80+2),"1220: every character, and line ends"
        EQ      byte [third],'P',"1220: the first of the screen"
        VIDEO   0300h,0
        EQ      dx,1,"1220: cursor back in place"
        mov     byte [paper],20h
        int     5
        EQ      byte [500h],0FFh,"1220: out of paper is noted"
        pop     word [17h*4+2]
        pop     word [17h*4]

        ; ---- 1A, 1B
        VIDEO   1A00h
        EQ      al,1Ah,"1A exists"
        EQ      bx,0008h,"1A: VGA with colour display"
        mov     di,BUFFER
        VIDEO   1B00h,0
        EQ      al,1Bh,"1B exists"
        EQ      byte [BUFFER+4],3,"1B: mode"
        EQ      word [BUFFER+5],80,"1B: columns"
        EQ      byte [BUFFER+22h],25,"1B: rows"
        EQ      word [BUFFER+23h],16,"1B: height"
        EQ      word [BUFFER+25h],0008h,"1B: displays"
        EQ      word [BUFFER+27h],16,"1B: colours"
        EQ      byte [BUFFER+29h],8,"1B: pages"
        EQ      byte [BUFFER+2Ah],2,"1B: 400 lines"
        EQ      byte [BUFFER+31h],3,"1B: memory"
        les     di,[BUFFER]
        EQ      word [es:di],0E0FFh,"1B: modes of the static table"
        EQ      byte [es:di+7],7,"1B: scan lines of the static table"
        push    ds
        pop     es

        ; ---- 1C
        VIDEO   1C00h,0,7
        EQ      al,1Ch,"1C exists"
        EQ      bx,16,"1C: blocks"
        mov     ax,12h
        int     10h
        VIDEO   1010h,9,0A0Bh,0C00h
        VIDEO   0200h,0,0,0203h
        VIDEO   1C01h,BUFFER,7
        VIDEO   3
        VIDEO   0200h,0,0,0607h
        VIDEO   1C02h,BUFFER,7
        mov     ah,0Fh
        int     10h
        EQ      al,12h,"1C: mode"
        VIDEO   0300h,0
        EQ      dx,0203h,"1C: cursor"
        DAC     9
        EQ      cx,0A0Bh,"1C: DAC"
        mov     dx,3CCh
        in      al,dx
        EQ      al,0E3h,"1C: misc output"
        REG     3D4h,6
        EQ      al,0Bh,"1C: CRTC"
        REG     3CEh,6
        and     al,0Fh
        EQ      al,5,"1C: graphics controller"
        mov     di,BUFFER+1024
        VIDEO   1C01h,BUFFER+1024,1
        mov     si,BUFFER+8
        mov     di,BUFFER+1024+8
        mov     cx,60
        repe cmpsb
        CHECK   e,"1C: saved twice is the same"

        ; ---- the unknown
        VIDEO   3
        VIDEO   4F10h
        cmp     al,4Fh
        CHECK   ne,"4F10 is not there"
        VIDEO   0EEFFh,1234h,5678h,9ABCh
        EQ      ax,0EEFFh,"unknown function keeps AX"
        EQ      bx,1234h,"and BX"
        ret

printer:
        inc     word [cs:printed]
        cmp     word [cs:printed],3
        jne     .out
        mov     [cs:third],al
.out:
        mov     ah,[cs:paper]
        iret

attr10:
        mov     dx,3DAh
        in      al,dx
        mov     dx,3C0h
        mov     al,10h
        out     dx,al
        inc     dx
        in      al,dx
        mov     ah,al
        mov     dx,3DAh
        in      al,dx
        mov     dx,3C0h
        mov     al,20h
        out     dx,al
        mov     al,ah
        ret

; ZF when the 16 bytes at DI of plane 2 are those at SI.
glyph_compare:
        mov     dx,3CEh
        mov     ax,0204h                ; read plane 2
        out     dx,ax
        mov     ax,0005h
        out     dx,ax
        mov     ax,0406h
        out     dx,ax
        mov     dx,3C4h
        mov     ax,0604h
        out     dx,ax
        push    es
        mov     ax,0A000h
        mov     es,ax
        mov     cx,16
        repe cmpsb
        pop     es
        pushf
        mov     ax,0204h
        out     dx,ax
        mov     dx,3CEh
        mov     ax,0004h
        out     dx,ax
        mov     ax,1005h
        out     dx,ax
        mov     ax,0E06h
        out     dx,ax
        popf
        ret

printed         dw      0
third           db      0
paper           db      0
seventeen       db      0Fh,0Eh,0Dh,0Ch,0Bh,0Ah,9,8,7,6,5,4,3,2,1,0,3Fh
colors          db      1,2,3,3Dh,3Eh,3Fh
glyph           db      1,2,4,8,16,32,64,128,3,6,12,24,48,96,192,129
        TEST_END
