; INT 10h 00h, 0Fh, 05h and 12h/30h: every mode, its registers, data area and memory.
%include "vgabios.inc"

; mode, columns, rows-1, height, page size/256, misc output, CRTC 1, CRTC 9, SEQ 4, GFX 6, returned
; AL
%macro  MODE 11
        db      %1,%2,%3,%4,%5,%6,%7,%8,%9,%10,%11
%endmacro
modes:
        MODE    00h,40,24,16,08h,67h,39,4Fh,2,0Eh,30h
        MODE    01h,40,24,16,08h,67h,39,4Fh,2,0Eh,30h
        MODE    02h,80,24,16,10h,67h,79,4Fh,2,0Eh,30h
        MODE    03h,80,24,16,10h,67h,79,4Fh,2,0Eh,30h
        MODE    04h,40,24,8,40h,63h,39,0C1h,2,0Fh,30h
        MODE    05h,40,24,8,40h,63h,39,0C1h,2,0Fh,30h
        MODE    06h,80,24,8,40h,63h,79,0C1h,6,0Dh,3Fh
        MODE    07h,80,24,16,10h,66h,79,4Fh,2,0Ah,30h
        MODE    0Dh,40,24,8,20h,63h,39,0C0h,6,05h,20h
        MODE    0Eh,80,24,8,40h,63h,79,0C0h,6,05h,20h
        MODE    0Fh,80,24,14,80h,0A2h,79,40h,6,05h,20h
        MODE    10h,80,24,14,80h,0A3h,79,40h,6,05h,20h
        MODE    11h,80,29,16,0A0h,0E3h,79,40h,6,05h,20h
        MODE    12h,80,29,16,0A0h,0E3h,79,40h,6,05h,20h
        MODE    13h,40,24,8,20h,63h,79,41h,0Eh,05h,20h
        db      0FFh

; One mode at [di]: every difference adds to BP.
check_mode:
        mov     al,[di]
        xor     ah,ah
        int     10h
        xor     bp,bp
        cmp     al,[di+10]
        call    .tally
        mov     ah,0Fh
        int     10h
        cmp     al,[di]
        call    .tally
        cmp     ah,[di+1]
        call    .tally
        cmp     bh,0
        call    .tally
        mov     al,[44Ah]
        cmp     al,[di+1]
        call    .tally
        mov     al,[484h]
        cmp     al,[di+2]
        call    .tally
        mov     al,[485h]
        cmp     al,[di+3]
        call    .tally
        mov     al,[44Dh]
        cmp     al,[di+4]
        call    .tally
        mov     dx,3CCh
        in      al,dx
        cmp     al,[di+5]
        call    .tally
        mov     bx,3D4h
        test    al,1
        jnz     .port
        mov     bx,3B4h
.port:
        cmp     bx,[463h]
        call    .tally
        REG     bx,1
        cmp     al,[di+6]
        call    .tally
        REG     bx,9
        cmp     al,[di+7]
        call    .tally
        REG     3C4h,4
        cmp     al,[di+8]
        call    .tally
        REG     3CEh,6
        and     al,0Fh
        cmp     al,[di+9]
        call    .tally
        test    bp,bp
        ret
.tally:
        je      .same
        inc     bp
.same:
        ret

; ES = memory of mode AL.
mode_memory:
        mov     bx,0A000h
        cmp     al,0Dh
        jae     .set
        mov     bx,0B800h
        cmp     al,7
        jne     .set
        mov     bx,0B000h
.set:
        mov     es,bx
        ret

tests:
        mov     di,modes
.next:
        cmp     byte [di],0FFh
        je      .listed
        call    check_mode
        pushf
        mov     al,[di]
        mov     bx,hex_digits
        push    ax
        mov     cl,4
        shr     al,cl
        xlatb
        mov     [name_mode+5],al
        pop     ax
        and     al,0Fh
        xlatb
        mov     [name_mode+6],al
        popf
        mov     si,name_mode
        je      .good
        stc
.good:
        call    verdict
        ; Memory: cleared without bit 7 of the mode, kept with it.
        mov     al,[di]
        call    mode_memory
        mov     byte [es:100h],5Ah
        mov     al,[di]
        or      al,80h
        xor     ah,ah
        int     10h
        mov     ch,[es:100h]
        mov     ah,0Fh
        int     10h
        mov     cl,al
        mov     al,[di]
        xor     ah,ah
        int     10h
        mov     ah,[es:100h]
        push    ds
        pop     es
        mov     si,name_memory
        cmp     ch,5Ah
        jne     .bad
        mov     al,[di]
        or      al,80h
        cmp     cl,al
        jne     .bad
        mov     al,20h
        cmp     byte [di],7
        je      .blank
        cmp     byte [di],4
        jb      .blank
        mov     al,0
.blank:
        cmp     ah,al
        je      .told
.bad:
        stc
.told:
        call    verdict
        add     di,11
        jmp     .next

.listed:
        VIDEO   3
        VIDEO   8
        mov     ah,0Fh
        int     10h
        EQ      al,3,"unknown mode changes nothing"
        VIDEO   7Fh
        mov     ah,0Fh
        int     10h
        EQ      al,3,"absurd mode changes nothing"

        VIDEO   1200h,30h
        EQ      al,12h,"1230 exists"
        VIDEO   3
        EQ      byte [485h],8,"200 lines: 8 high"
        REG     3D4h,9
        EQ      al,0C7h,"200 lines: doubled"
        VIDEO   1201h,30h
        VIDEO   3
        EQ      byte [485h],14,"350 lines: 14 high"
        mov     dx,3CCh
        in      al,dx
        EQ      al,0A3h,"350 lines: polarity"
        VIDEO   7
        EQ      byte [485h],14,"350 lines in mode 7"
        mov     al,[410h]
        and     al,30h
        EQ      al,30h,"mode 7: equipment says monochrome"
        VIDEO   1202h,30h
        VIDEO   3
        EQ      byte [485h],16,"400 lines: 16 high"
        mov     al,[410h]
        and     al,30h
        EQ      al,20h,"mode 3: equipment says colour"
        VIDEO   1203h,30h
        cmp     al,12h
        CHECK   ne,"1230 with AL=3 says no"

        ; Pages
        VIDEO   0502h
        EQ      byte [462h],2,"page 2 is shown"
        EQ      word [44Eh],2000h,"page 2 begins at 2000"
        REG     3D4h,0Ch
        EQ      al,10h,"CRTC start of page 2, in words"
        VIDEO   0200h,0200h,0,0305h
        REG     3D4h,0Eh
        mov     ah,al
        REG     3D4h,0Fh
        EQ      ax,1000h+3*80+5,"hardware cursor on page 2"
        VIDEO   0200h,0100h,0,0101h
        REG     3D4h,0Fh
        EQ      al,(3*80+5) & 0FFh,"hidden page leaves it alone"
        VIDEO   0300h,0100h
        EQ      dx,0101h,"each page has its cursor"
        VIDEO   050Ah
        EQ      byte [462h],2,"page 10 does not exist"
        VIDEO   0Dh
        VIDEO   0501h
        REG     3D4h,0Ch
        EQ      al,20h,"CRTC start of page 1 in mode 0D, in bytes"

        ; A program's own parameters through the save pointer table
        VIDEO   3
        les     si,[4A8h]
        push    es
        push    si
        mov     di,save_copy
        mov     cx,28
        push    ds
        push    es
        pop     ds
        pop     es
        push    es
        rep movsb
        lds     si,[es:save_copy]
        mov     di,params_copy
        mov     cx,29*64
        rep movsb
        pop     ds
        mov     word [save_copy],params_copy
        mov     [save_copy+2],ds
        mov     word [save_copy+4],palette_copy
        mov     [save_copy+6],ds
        mov     word [4A8h],save_copy
        mov     [4AAh],ds
        mov     byte [params_copy+1Ch*64+35+5],2Ah
        VIDEO   13h
        EQ      byte [palette_copy+5],2Ah,"save table: own parameters, dynamic area"
        VIDEO   1007h,0005h
        EQ      bh,2Ah,"save table: register"
        VIDEO   1000h,3303h
        EQ      byte [palette_copy+3],33h,"save table: area follows"
        VIDEO   1001h,2200h
        EQ      byte [palette_copy+16],22h,"save table: overscan"
        pop     word [4A8h]
        pop     word [4AAh]
        VIDEO   3
        ret

hex_digits      db      "0123456789ABCDEF"
name_mode       db      "mode 00",0
name_memory     db      "  memory cleared and kept",0
save_copy       equ     0B000h
params_copy     equ     0B100h
palette_copy    equ     0BA00h
        TEST_END
