; What an 8086 does that later processors do not (iAPX 86/88 User's Manual; 80286 Programmer's Reference, appendix C).
; run: -cpu 8086

%include "vgabios.inc"

tests:
        pushf
        pop     ax
        and     ax,0F000h
        EQ      ax,0F000h,"bits 12-15 of FLAGS are 1"
        xor     ax,ax
        push    ax
        popf
        pushf
        pop     ax
        and     ax,0F002h
        EQ      ax,0F002h,"and cannot be cleared"
        mov     bx,sp
        push    sp
        pop     ax
        dec     bx
        dec     bx
        EQ      ax,bx,"PUSH SP stores the new value"
        mov     ax,1
        mov     cl,33
        shl     ax,cl
        EQ      ax,0,"shift counts are not taken modulo 32"
        mov     ax,8001h
        mov     cl,32
        rol     ax,cl
        EQ      ax,8001h,"ROL by 32 is two turns"
        mov     byte [0FFFFh],34h
        mov     bl,[0]
        mov     byte [0],12h
        mov     ax,[0FFFFh]
        mov     [0],bl
        EQ      ax,1234h,"a word at FFFFh wraps inside the segment"
        ; 1 MB wraps: FFFF:0510 is 0000:0500.
        mov     ax,0FFFFh
        mov     es,ax
        mov     word [500h],5A5Ah
        EQ      word [es:510h],5A5Ah,"20 address lines"
        xor     ax,ax
        mov     es,ax
        ; The divide error pushes the address behind the instruction (286 PRM: later ones push its start).
        mov     word [0],on_divide
        mov     word [2],0
        mov     bl,0
        mov     ax,1
        div     bl
.after:
        EQ      word [divide_ip],.after,"divide error: IP behind DIV"
        mov     word [divide_ip],0
        mov     dx,0FFFFh
        mov     ax,8000h
        mov     cx,1
        idiv    cx
.idiv:
        EQ      word [divide_ip],.idiv,"IDIV: a quotient of 8000h is an error"
        jmp     more
on_divide:
        pop     word [divide_ip]
        push    word [divide_ip]
        iret
divide_ip:
        dw      0

more:
        mov     al,3Fh
        db      0D4h,7                  ; AAM with another base
        EQ      ax,0900h,"AAM 7"
        db      0D5h,7                  ; AAD
        EQ      ax,003Fh,"AAD 7"
        stc
        db      0D6h                    ; SALC
        EQ      al,0FFh,"SALC"
        mov     ax,5
        db      60h,3                   ; 60h-6Fh are 70h-7Fh: JO +3
        mov     ax,6
        EQ      ax,6,"60h is JO"
        ; POP CS: the next instruction is fetched at the same IP in the new segment.
        push    cs
        db      0Fh
        nop
        xor     ax,ax
        CHECK   z,"0Fh is POP CS"
        mov     bp,sp
        mov     bx,1234h
        push    bx
        db      8Fh,0C1h                ; POP CX by the long form
        EQ      cx,1234h,"POP r/m"
        mov     cx,3
        mov     di,2000h
        mov     al,1
        rep     stosb
        EQ      di,2003h,"REP STOSB"
        ret

        TEST_END
