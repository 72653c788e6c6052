; INT 10h functions 1210h and 1220h, by which programs know an EGA or VGA, and the print-screen
; routine that the latter installs.

; 10: BH = 1 in monochrome, BL = 3 (256 KB), CH = feature bits, CL = switches.
select_information:
        xor     bx,bx
        cmp     byte [BDA_CRTC],CRTC_MONO & 0FFh
        jne     .color
        inc     bh
.color:
        mov     bl,[BDA_CTL]
        mov     cl,5
        shr     bl,cl
        and     bl,3
        mov     [bp+FR_BX],bx
        mov     al,[BDA_SWITCHES]
        mov     ah,al
        mov     cl,4
        shr     ah,cl
        and     al,0Fh
        mov     [bp+FR_CX],ax
        ret

; 20: a print-screen routine that knows more than 25 rows.
select_print:
        cli
        mov     word [VEC_PRINT],print_screen
        mov     [VEC_PRINT+2],cs
        sti
        ret

; ---- INT 05h ------------------------------------------------------------------------------------

; Prints the text page shown. 0050:0000 is 1 while at work, 0 after success, FFh after an error (IBM
; PC Technical Reference, "Print Screen").
PRINT_STATUS    equ     500h

print_screen:
        sti
        push    ds
        push    ax
        push    bx
        push    cx
        push    dx
        push    si
        xor     ax,ax
        mov     ds,ax
        cmp     byte [PRINT_STATUS],1
        je      .busy
        mov     byte [PRINT_STATUS],1
        mov     ah,0Fh
        int     10h
        mov     cl,ah                   ; columns
        mov     ch,[BDA_ROWS]
        inc     ch
        mov     ah,3
        push    cx
        int     10h
        pop     cx
        mov     si,dx                   ; the cursor to go back to
        call    .new_line
        jc      .failed
        xor     dx,dx
.char:
        mov     ah,2
        int     10h
        mov     ah,8
        int     10h
        test    al,al
        jnz     .print
        mov     al,' '
.print:
        call    .put
        jc      .failed
        inc     dl
        cmp     dl,cl
        jb      .char
        mov     dl,0
        call    .new_line
        jc      .failed
        inc     dh
        cmp     dh,ch
        jb      .char
        mov     al,0
        jmp     .end
.failed:
        mov     al,0FFh
.end:
        mov     [PRINT_STATUS],al
        mov     dx,si
        mov     ah,2
        int     10h
.busy:
        pop     si
        pop     dx
        pop     cx
        pop     bx
        pop     ax
        pop     ds
        iret

.new_line:
        mov     al,0Dh
        call    .put
        jc      .out
        mov     al,0Ah
; fall through

; Prints AL; carry when the printer reports an error, no paper or a time-out.
.put:
        push    dx
        xor     dx,dx
        mov     ah,0
        int     17h
        pop     dx
        test    ah,29h
        jz      .out
        stc
.out:
        ret
