; INT 10h in every graphics mode: pixels, characters, teletype, scrolling.
%include "vgabios.inc"

; mode, highest colour, height of characters, has XOR
modes:  db      4,3,8,1, 5,3,8,1, 6,1,8,1, 0Dh,15,8,1, 0Eh,15,8,1
        db      0Fh,5,14,1, 10h,15,14,1, 11h,1,16,1, 12h,15,16,1, 13h,255,8,0
        db      0FFh

; Draws and checks AL = colour; out ZF. Pixel at CX, DX.
plot:
        push    ax
        mov     ah,0Ch
        mov     bh,0
        int     10h
        call    point
        mov     ah,al
        pop     bx
        cmp     ah,bl
        ret
point:
        mov     ah,0Dh
        mov     bh,0
        int     10h
        ret

go_to:
        mov     bh,0
        mov     ah,2
        int     10h
        ret

%macro  SAY 2
        mov     si,%%name
        j%1     %%good
        stc
        jmp     short %%tell
%%good: clc
%%tell: call    verdict_mode
        jmp     short %%end
%%name: db      %2,0
%%end:
%endmacro

; As verdict, with the mode in front.
verdict_mode:
        pushf
        push    si
        mov     al,[di]
        mov     bx,hex_digits
        push    ax
        mov     cl,4
        shr     al,cl
        xlatb
        mov     [name+5],al
        pop     ax
        and     al,0Fh
        xlatb
        mov     [name+6],al
        pop     si
        push    di
        mov     di,name+8
.copy:
        lodsb
        stosb
        test    al,al
        jnz     .copy
        pop     di
        popf
        mov     si,name
        jmp     verdict

tests:
        mov     di,modes
.mode:
        cmp     byte [di],0FFh
        jne     .go
        VIDEO   3
        ret
.go:
        mov     al,[di]
        xor     ah,ah
        int     10h

        mov     al,[di+1]
        mov     cx,0
        mov     dx,0
        call    plot
        SAY     e,"first pixel"
        mov     cx,319
        mov     dx,199
        mov     al,[di+1]
        call    plot
        SAY     e,"last pixel"
        mov     cx,318
        mov     dx,199
        call    point
        cmp     al,0
        SAY     e,"its left neighbour is black"
        mov     cx,101
        mov     dx,51
        mov     al,1
        call    plot
        SAY     e,"colour 1"
        cmp     byte [di+3],0
        je      .no_xor
        mov     ah,0Ch
        mov     al,[di+1]
        or      al,80h
        mov     bh,0
        mov     cx,101
        int     10h
        call    point
        mov     ah,[di+1]
        xor     ah,1
        cmp     al,ah
        SAY     e,"XOR of a pixel"
.no_xor:
        mov     al,0
        call    plot
        SAY     e,"colour 0 erases"

        mov     dx,0305h
        call    go_to
        mov     al,'R'
        mov     bl,[di+1]
        mov     bh,0
        mov     cx,3
        mov     ah,9
        int     10h
        VIDEO   0800h,0
        cmp     al,'R'
        SAY     e,"character, first of three"
        mov     dx,0307h
        call    go_to
        VIDEO   0800h,0
        cmp     al,'R'
        SAY     e,"character, last of three"
        mov     dx,0308h
        call    go_to
        VIDEO   0800h,0
        cmp     al,' '
        SAY     e,"and a blank behind"
        ; The stem of R takes the two left columns, and row 3 of the cell in each font.
        mov     al,[di+2]
        mov     ah,3
        mul     ah
        add     al,3
        xor     ah,ah
        mov     dx,ax
        mov     cx,5*8+1
        call    point
        cmp     al,[di+1]
        SAY     e,"in its colour"
        mov     cx,5*8+7
        call    point
        cmp     al,0
        SAY     e,"on black"

        mov     dx,0305h
        call    go_to
        mov     ax,0AE9h                ; a glyph of the upper half
        mov     bl,1
        mov     bh,0
        mov     cx,1
        int     10h
        VIDEO   0800h,0
        cmp     al,0E9h
        SAY     e,"upper half of the set replaces"
        cmp     byte [di+3],0
        je      .no_xor_char
        mov     dx,0305h
        call    go_to
        mov     ax,09E9h
        mov     bx,0081h
        mov     cx,1
        int     10h
        VIDEO   0800h,0
        cmp     al,' '
        SAY     e,"XOR of a character erases it"
.no_xor_char:

        mov     dl,[44Ah]
        dec     dl
        mov     dh,[484h]
        call    go_to
        mov     ax,0E57h
        mov     bl,[di+1]
        int     10h
        mov     ax,0E58h
        mov     bl,[di+1]
        int     10h
        VIDEO   0300h,0
        mov     al,[484h]
        mov     ah,1
        xchg    al,ah
        cmp     dx,ax
        SAY     e,"teletype wraps and scrolls"
        mov     dl,[44Ah]
        dec     dl
        mov     dh,[484h]
        dec     dh
        call    go_to
        VIDEO   0800h,0
        cmp     al,'W'
        SAY     e,"what was last went up"
        mov     dl,0
        mov     dh,[484h]
        call    go_to
        VIDEO   0800h,0
        cmp     al,'X'
        SAY     e,"the new row goes on"

        mov     dx,0A0Ah
        call    go_to
        mov     ax,0E51h
        mov     bl,[di+1]
        int     10h
        VIDEO   0703h,0000h,0909h,1010h
        mov     dx,0D0Ah
        call    go_to
        VIDEO   0800h,0
        cmp     al,'Q'
        SAY     e,"scroll down"
        VIDEO   0602h,0000h,0B0Ah,1010h
        mov     dx,0B0Ah
        call    go_to
        VIDEO   0800h,0
        cmp     al,'Q'
        SAY     e,"scroll up"
        mov     bh,[di+1]
        cmp     byte [di],4
        je      .fill4
        cmp     byte [di],5
        je      .fill4
        cmp     byte [di],6
        jne     .fill
.fill4:
        mov     bh,0FFh                 ; CGA modes take the byte as it is
.fill:
        mov     ax,0600h
        mov     cx,0B0Ah
        mov     dx,0B0Bh
        int     10h
        mov     al,[di+2]
        mov     ah,0Bh
        mul     ah
        add     ax,4
        mov     dx,ax
        mov     cx,0Bh*8+7
        call    point
        cmp     al,[di+1]
        SAY     e,"cleared to a colour"
        mov     cx,0Ch*8
        call    point
        cmp     al,0
        SAY     e,"and no further"

        ; Hostile coordinates must only stay within the segment and return.
        mov     ax,0C01h
        mov     bh,0FFh
        mov     cx,0FFFFh
        mov     dx,0FFFFh
        int     10h
        mov     ah,0Dh
        int     10h
        add     di,4
        jmp     .mode

hex_digits      db      "0123456789ABCDEF"
name            db      "mode 00 "
                times   48 db 0
        TEST_END
