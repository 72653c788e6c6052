; Code that is loaded over code which has run: by the floppy controller's DMA, and by port input of the disk's, both of which
; bypass the processor's own writes (SDM volume 3, 11.6; PRM 11.2). Each sector read is a routine that says which it is.
; run: -cpu 8086
; run: -cpu 386
; run: -cpu pentium

%include "vgabios.inc"

BUFFER          equ     9E00h           ; 512 bytes that cross no 4 KB boundary
CROSSING        equ     0AF00h          ; and some that do
ROUTINE         equ     18              ; linear sectors: two routines

tests:
        mov     bx,BUFFER
        call    both
        EQ      ax,0201h,"DMA over a routine that has run"
        mov     bx,CROSSING
        call    both
        EQ      ax,0201h,"across a page"
        ; While it is running: the routine itself has the sector that replaces it read, and goes on in the new one.
        mov     bx,BUFFER
        mov     cl,3
        call    load
        call    BUFFER
        EQ      ax,0504h,"a routine that has itself replaced"
        ret

; AL = what the first routine says, AH = what the second says, at BX.
both:
        mov     cl,1
        call    load
        mov     cx,50                   ; often enough that whatever is derived from it exists
.again: push    cx
        call    bx
        pop     cx
        loop    .again
        push    ax
        mov     cl,2
        call    load
        call    bx
        mov     ah,al
        pop     cx
        mov     al,cl
        ret

; Routine CL into BX: linear sector ROUTINE + CL, 18 a track.
load:
        push    bx
        mov     al,ROUTINE
        add     al,cl
        mov     ah,0
        mov     dl,18
        div     dl
        mov     cl,ah
        inc     cl
        mov     ch,0
        mov     dh,al
        mov     dl,[drive]
        mov     ax,0201h
        int     13h
        pop     bx
        ret

; Replaces itself by routine 4, which differs in what comes after that.
%macro  THIRD 1
        mov     al,4
        push    ax
        mov     bx,BUFFER
        mov     cl,4
        mov     dx,load
        call    dx
        pop     ax
        mov     ah,%1
        ret
%endmacro

        times   (ROUTINE+1)*512-($-$$) db 0
        mov     al,1
        ret
        times   (ROUTINE+2)*512-($-$$) db 0
        mov     al,2
        ret
        times   (ROUTINE+3)*512-($-$$) db 0
        THIRD   6
        times   (ROUTINE+4)*512-($-$$) db 0
        THIRD   5

        TEST_END
