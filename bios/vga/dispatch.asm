; The way into INT 10h and out of it: saves every register in the frame that defs.inc describes and
; calls the function out of int10_table, which the includer has, down to int10_end.

int10:
        sti
        cld
        push    es
        push    ds
        push    bp
        push    di
        push    si
        push    dx
        push    cx
        push    bx
        push    ax
        mov     bp,sp
        xor     si,si
        mov     ds,si
        cmp     ah,(int10_end-int10_table)/2
        jae     .high
        push    ax
        mov     al,ah
        xor     ah,ah
        shl     ax,1
        mov     si,ax
        pop     ax
        call    word [cs:int10_table+si]
.done:
        pop     ax
        pop     bx
        pop     cx
        pop     dx
        pop     si
        pop     di
        pop     bp
        pop     ds
        pop     es
        iret
.high:
%ifdef VBE
        cmp     ah,4Fh
        jne     .done
        call    vbe
%endif
        jmp     .done

nothing:
        ret
