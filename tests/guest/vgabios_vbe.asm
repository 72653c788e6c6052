; INT 10h 4Fh: what the BIOS says about the extended modes, and what the calls do.
%include "vgabios.inc"

INFO            equ     9000h           ; buffers, in segment 0
STATE           equ     9400h

; VBE ax [, bx [, cx [, dx]]]: INT 10h, which must succeed.
%macro  GOOD 2-5
%if %0 = 2
        VIDEO   %2
%elif %0 = 3
        VIDEO   %2,%3
%elif %0 = 4
        VIDEO   %2,%3,%4
%else
        VIDEO   %2,%3,%4,%5
%endif
        EQ      ax,004Fh,%1
%endmacro

; DISPI n: AX = register n of the adapter.
%macro  DISPI 1
        mov     dx,1CEh
        mov     ax,%1
        out     dx,ax
        inc     dx
        in      ax,dx
%endmacro

tests:
        ; ---- 00
        mov     di,INFO
        GOOD    "4F00 works",4F00h
        EQ      word [INFO],'VE',"4F00: signature"
        EQ      word [INFO+4],0200h,"4F00: version 2.0"
        EQ      word [INFO+12h],128,"4F00: 8 MiB"
        push    es
        les     si,[INFO+0Eh]
        xor     cx,cx
.count: es lodsw
        inc     cx
        cmp     ax,0FFFFh
        jne     .count
        pop     es
        EQ      cx,46,"4F00: 45 modes and the end"

        ; ---- 01: every mode of the list has what 4F02 then sets
        call    every_mode

        mov     di,INFO
        GOOD    "4F01 of 101h",4F01h,0,101h
        EQ      word [INFO+10h],640,"101h: bytes of a row"
        EQ      word [INFO+8],0A000h,"101h: window"
        EQ      word [INFO+2Ah],0E000h,"101h: linear frame buffer"
        EQ      byte [INFO+1Bh],4,"101h: packed pixels"
        EQ      byte [INFO+1Dh],24,"101h: 25 pictures"
        GOOD    "4F01 of 111h",4F01h,0,111h
        EQ      word [INFO+1Fh],0B05h,"111h: red at 11, 5 bits"
        EQ      word [INFO+21h],0506h,"111h: green at 5, 6 bits"
        GOOD    "4F01 of 102h",4F01h,0,102h
        EQ      byte [INFO+18h],4,"102h: planes"
        EQ      word [INFO+2Ah],0,"102h: no linear frame buffer"
        VIDEO   4F01h,0,13Fh
        EQ      ax,014Fh,"4F01 of a mode that is not there"

        ; ---- 02, 03
        VIDEO   4F02h,13Fh
        EQ      ax,014Fh,"4F02 of a mode that is not there"
        VIDEO   4F02h,4102h
        EQ      ax,014Fh,"4F02: no linear frame buffer with planes"
        GOOD    "4F02 of 101h",4F02h,101h
        GOOD    "4F03",4F03h
        EQ      bx,101h,"4F03: 101h"
        GOOD    "4F02, linear",4F02h,4101h
        GOOD    "4F03",4F03h
        EQ      bx,4101h,"4F03: linear 101h"
        DISPI   4
        EQ      ax,41h,"adapter: on, linear"
        GOOD    "4F02 of 03h",4F02h,3
        DISPI   4
        EQ      ax,0,"adapter: off"
        VIDEO   0F00h
        EQ      al,3,"0F: mode 3"

        ; ---- 05: banks keep what they are given
        GOOD    "4F02 of 103h",4F02h,103h
        mov     bx,0A000h
        mov     es,bx
        mov     cx,7
.fill:  mov     dx,cx
        VIDEO   4F05h,0,cx,cx
        mov     [es:1234h],cl
        loop    .fill
        GOOD    "4F05 to 5",4F05h,0,0,5
        cmp     byte [es:1234h],5
        CHECK   e,"bank 5 has its own"
        GOOD    "4F05 back",4F05h,0100h,0,0
        EQ      dx,5,"4F05: bank 5"
        xor     bx,bx
        mov     dx,3
        mov     di,INFO
        push    es
        push    ds
        pop     es
        VIDEO   4F01h,0,103h
        pop     es
        xor     bx,bx
        mov     dx,3
        call    far [INFO+0Ch]
        EQ      ax,004Fh,"window function"
        cmp     byte [es:1234h],3
        CHECK   e,"bank 3 has its own"
        VIDEO   4F05h,0,0,128
        EQ      ax,014Fh,"4F05: no bank 128"
        VIDEO   4F05h,1,0,0
        EQ      ax,014Fh,"4F05: no window B"

        ; kept and cleared
        mov     word [es:0],5AA5h
        VIDEO   4F05h,0,0,0
        mov     word [es:0],5AA5h
        GOOD    "4F02 keeps",4F02h,8103h
        cmp     word [es:0],5AA5h
        CHECK   e,"memory is kept"
        GOOD    "4F02 clears",4F02h,0103h
        cmp     word [es:0],0
        CHECK   e,"memory is cleared"

        ; ---- 06, 07
        GOOD    "4F06 as it is",4F06h,1
        EQ      bx,800,"4F06: 800 bytes"
        EQ      cx,800,"4F06: 800 pixels"
        EQ      dx,10485,"4F06: rows"
        GOOD    "4F06 to 1024",4F06h,0,1024
        EQ      bx,1024,"4F06: 1024 bytes"
        EQ      dx,8192,"4F06: 8192 rows"
        GOOD    "4F06 to 1600 bytes",4F06h,2,1600
        EQ      cx,1600,"4F06: 1600 pixels"
        VIDEO   4F06h,0,640
        EQ      ax,014Fh,"4F06: not shorter than the screen"
        GOOD    "4F06 longest",4F06h,3
        EQ      bx,13976,"4F06: 13976 bytes are the longest"
        GOOD    "4F07",4F07h,0,40,100
        GOOD    "4F07 back",4F07h,1
        EQ      cx,40,"4F07: column 40"
        EQ      dx,100,"4F07: row 100"
        VIDEO   4F07h,0,0,5000
        EQ      ax,014Fh,"4F07: beyond memory"
        GOOD    "4F07 at the retrace",4F07h,80h,0,600
        DISPI   9
        EQ      ax,600,"adapter: row 600"

        ; ---- 08, 09
        GOOD    "4F08 as it is",4F08h,1
        EQ      bh,6,"4F08: 6 bits"
        GOOD    "4F08 to 8",4F08h,0800h
        EQ      bh,8,"4F08: 8 bits"
        push    ds
        pop     es
        mov     di,colors
        GOOD    "4F09",4F09h,0,2,100
        mov     di,INFO
        GOOD    "4F09 back",4F09h,1,2,100
        EQ      word [INFO],2211h,"4F09: blue, green"
        EQ      word [INFO+2],0033h,"4F09: red"
        EQ      word [INFO+4],0FFFEh,"4F09: eight bits"
        mov     di,colors
        VIDEO   4F09h,0,2,255
        EQ      ax,014Fh,"4F09: beyond 255"
        GOOD    "4F08 to 6",4F08h,0600h
        mov     di,INFO
        VIDEO   4F09h,1,2,100
        EQ      word [INFO+4],3F3Fh,"4F08: the colours are kept"

        ; ---- 04
        GOOD    "4F04: size",4F04h,0,0Fh,0
        EQ      bx,17,"4F04: 17 blocks"
        GOOD    "4F04: size of one",4F04h,0,8,0
        EQ      bx,1,"4F04: 1 block"
        VIDEO   4F06h,0,1024
        VIDEO   4F05h,0,0,2
        GOOD    "4F04: saved",4F04h,STATE,0Fh,1
        VIDEO   3
        GOOD    "4F04: restored",4F04h,STATE,0Fh,2
        GOOD    "4F03 after",4F03h
        EQ      bx,103h,"4F04: mode"
        DISPI   6
        EQ      ax,1024,"4F04: length of a row"
        DISPI   5
        EQ      ax,2,"4F04: bank"
        DISPI   9
        EQ      ax,600,"4F04: first row"

        ; ---- 0A
        push    es
        GOOD    "4F0A",4F0Ah,0
        cmp     word [es:di],8
        pop     es
        CHECK   ae,"4F0A: a table"
        VIDEO   4F0Ah,1
        EQ      ax,014Fh,"4F0A: nothing else"

        ; ---- planes with text
        VIDEO   4F02h,102h
        EQ      word [44Ah],100,"102h: 100 columns"
        EQ      byte [484h],36,"102h: 37 rows"
        VIDEO   0C0Ah,0,799,599
        VIDEO   0D00h,0,799,599
        EQ      al,0Ah,"102h: a pixel in the last corner"
        VIDEO   3
        ret

; Sets each mode of the list and looks at the adapter.
every_mode:
        push    es
        les     si,[INFO+0Eh]
.next:  es lodsw
        cmp     ax,0FFFFh
        je      .good
        mov     [mode],ax
        push    es
        push    si
        push    ds
        pop     es
        mov     di,INFO+100h
        mov     cx,ax
        mov     ax,4F01h
        int     10h
        cmp     ax,004Fh
        jne     .bad
        mov     bx,[mode]
        mov     ax,4F02h
        int     10h
        cmp     ax,004Fh
        jne     .bad
        test    byte [INFO+100h],10h
        jz      .text
        mov     ax,4F06h
        mov     bx,1
        int     10h
        cmp     bx,[INFO+110h]
        jne     .bad
        cmp     cx,[INFO+112h]
        jne     .bad
        DISPI   2
        cmp     ax,[INFO+114h]
        jne     .bad
        DISPI   3
        cmp     al,[INFO+119h]
        jne     .bad
        pop     si
        pop     es
        jmp     .next
.text:  mov     ax,[44Ah]               ; columns and rows
        cmp     ax,[INFO+112h]
        jne     .bad
        mov     al,[484h]
        inc     ax
        cmp     al,[INFO+114h]
        jne     .bad
        pop     si
        pop     es
        jmp     .next
.bad:   pop     si
        pop     es
.good:  pop     es
        CHECK   e,"every mode is as it is described"
        ret

mode            dw      0
colors          db      11h,22h,33h,0, 0FEh,0FFh,0FCh,0
        TEST_END
