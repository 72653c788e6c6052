; INT 10h 01h-03h, 06h-0Ah, 0Eh, 13h in text modes.
%include "vgabios.inc"

; AX = cell at row, column of page 0.
%macro  CELL 2
        push    es
        mov     ax,0B800h
        mov     es,ax
        mov     ax,[es:(%1*80+%2)*2]
        pop     es
%endmacro

%macro  TTY 1
        mov     ax,0E00h | %1
        mov     bx,7
        int     10h
%endmacro

%macro  CURSOR 2
        VIDEO   0300h,0
        EQ      dx,%1,%2
%endmacro

; Column 0 of row N = 'A'+N, attribute N.
number_rows:
        mov     dx,0
.row:
        mov     bx,0
        mov     ah,2
        int     10h
        mov     al,'A'
        add     al,dh
        mov     bl,dh
        mov     cx,80
        mov     ah,9
        int     10h
        inc     dh
        cmp     dh,25
        jb      .row
        ret

tests:
        VIDEO   3
        CURSOR  0,"cursor home after mode set"
        EQ      word [460h],0607h,"shape as an old program knows it"
        REG     3D4h,0Ah
        EQ      al,0Dh,"shape start, stretched"
        REG     3D4h,0Bh
        EQ      al,0Eh,"shape end, stretched"

        VIDEO   0100h,0,0007h
        REG     3D4h,0Bh
        EQ      al,0Fh,"block cursor ends at 15"
        VIDEO   0100h,0,0407h
        REG     3D4h,0Ah
        EQ      al,8,"half block begins at 8"
        VIDEO   0100h,0,2607h
        REG     3D4h,0Ah
        test    al,20h
        CHECK   nz,"bit 5 hides the cursor"
        VIDEO   1201h,34h
        VIDEO   0100h,0,0607h
        REG     3D4h,0Ah
        EQ      al,6,"no emulation: as given"
        VIDEO   1200h,34h
        VIDEO   0100h,0,0607h
        VIDEO   0300h,0
        EQ      cx,0607h,"shape read back"

        TTY     'x'
        CELL    0,0
        EQ      ax,0778h,"teletype writes"
        CURSOR  1,"teletype moves on"
        TTY     8
        CURSOR  0,"backspace"
        TTY     8
        CURSOR  0,"backspace stops at column 0"
        TTY     10
        CURSOR  0100h,"line feed"
        TTY     'y'
        TTY     13
        CURSOR  0100h,"carriage return"
        VIDEO   0200h,0,0,044Fh
        TTY     'z'
        CURSOR  0500h,"wraps at column 80"

        call    number_rows
        VIDEO   0200h,0,0,184Fh
        TTY     '!'
        CURSOR  1800h,"scrolls at the end"
        CELL    0,0
        EQ      ax,0142h,"row 1 went to row 0"
        CELL    23,79
        EQ      ax,1821h,"last character went up"
        CELL    24,0
        EQ      ax,1820h,"new row has the attribute at the cursor"
        TTY     10
        CELL    0,0
        EQ      ax,0243h,"line feed scrolls as well"

        call    number_rows
        VIDEO   0602h,1E00h,0502h,0A0Ah
        CELL    5,2
        EQ      ax,0748h,"scroll up: inside moves"
        CELL    5,1
        EQ      ax,0546h,"scroll up: left of it stays"
        CELL    8,10
        EQ      ax,0A4Bh,"scroll up: last copied row"
        CELL    9,2
        EQ      ax,1E20h,"scroll up: new rows"
        CELL    10,11
        EQ      ax,0A4Bh,"scroll up: right of it stays"
        CELL    11,2
        EQ      ax,0B4Ch,"scroll up: below stays"
        call    number_rows
        VIDEO   0703h,2F00h,0000h,184Fh
        CELL    3,40
        EQ      ax,0041h,"scroll down: row 0 to 3"
        CELL    2,79
        EQ      ax,2F20h,"scroll down: new rows"
        CELL    24,0
        EQ      ax,1556h,"scroll down: last row"
        call    number_rows
        VIDEO   0600h,3000h,1800h,0FFFFh
        CELL    24,79
        EQ      ax,3020h,"clear with a corner outside is cut"
        CELL    23,79
        EQ      ax,1758h,"clear keeps the row above"
        VIDEO   06FFh,4000h,0000h,0101h
        CELL    1,1
        EQ      ax,4020h,"more rows than the window clears it"
        VIDEO   0601h,5000h,0505h,0404h
        CELL    5,5
        EQ      ax,0546h,"inside-out window does nothing"

        VIDEO   0200h,0,0,0A14h
        VIDEO   09DBh,004Eh,3
        CELL    10,22
        EQ      ax,4EDBh,"09 writes characters with attribute"
        VIDEO   0A41h,0000h,1
        CELL    10,20
        EQ      ax,4E41h,"0A keeps the attribute"
        VIDEO   0800h,0
        EQ      ax,4E41h,"08 reads both"
        CURSOR  0A14h,"none of them moves the cursor"
        VIDEO   0200h,0300h,0,0000h
        VIDEO   0951h,0311h,1
        VIDEO   0800h,0300h
        EQ      ax,1151h,"page 3: write and read"
        push    es
        mov     ax,0B800h
        mov     es,ax
        EQ      word [es:3000h],1151h,"page 3: in its memory"
        pop     es

        VIDEO   0200h,0,0,0
        mov     bp,string
        VIDEO   1300h,002Ah,5,0205h
        CELL    2,9
        EQ      ax,2A6Fh,"1300 writes"
        CURSOR  0,"1300 leaves the cursor"
        VIDEO   1301h,002Ah,5,024Dh
        CELL    3,1
        EQ      ax,2A6Fh,"1301 wraps"
        CURSOR  0302h,"1301 moves the cursor"
        mov     bp,string_attr
        VIDEO   1303h,0,3,0500h
        CELL    5,2
        EQ      ax,3343h,"1303 takes attributes from the string"
        CURSOR  0503h,"1303 moves the cursor"
        VIDEO   1302h,0,3,0700h
        CELL    7,1
        EQ      ax,2242h,"1302 does so too"
        mov     bp,string_control
        VIDEO   1301h,0007h,4,0805h
        CELL    9,0
        EQ      al,'b',"13 obeys CR and LF"
        CURSOR  0901h,"cursor after them"

        TTY     7
        CURSOR  0901h,"bell rings and stays"
        in      al,61h
        test    al,2
        CHECK   z,"bell is off afterwards"

        mov     ax,1112h                ; 8x8: 50 rows
        mov     bl,0
        int     10h
        VIDEO   0200h,0,0,314Fh
        TTY     'e'
        CURSOR  3100h,"50 rows: the last one scrolls"
        CELL    48,79
        EQ      al,'e',"50 rows: what was last went up"

        VIDEO   7
        TTY     'm'
        push    es
        mov     ax,0B000h
        mov     es,ax
        EQ      word [es:0],076Dh,"mode 7 writes at B000"
        pop     es
        VIDEO   1
        VIDEO   0200h,0,0,0027h
        TTY     'q'
        CURSOR  0100h,"40 columns wrap"
        VIDEO   3
        ret

string          db      "Hello"
string_attr     db      "A",11h,"B",22h,"C",33h
string_control  db      "a",13,10,"b"
        TEST_END
