; A Disney Sound Source: detection by its FIFO, then 500 Hz in periods of 14 samples.
; run: -cpu 486 -ips 10M -device disney
; expect: found
; tone: 0.05 0.24 left 500
; digest: a165fbcba8c57299

%include "sound.inc"

put:                                    ; AL to the FIFO
        mov     dx,378h
        out     dx,al
        OUT_B   37Ah,0Ch
        OUT_B   37Ah,4
        ret

full:                                   ; ZF: no
        mov     dx,379h
        in      al,dx
        test    al,40h
        ret

start:
        OUT_B   37Ah,4
        call    full
        jnz     .none
        mov     cx,16
.fill:
        mov     al,80h
        call    put
        loop    .fill
        call    full
        jz      .none
        mov     si,found
        call    print
        mov     cx,250 / 2              ; periods
.period:
        mov     bx,0D007h
        call    half
        mov     bx,3007h
        call    half
        loop    .period
        mov     ax,50
        call    wait_ms
.none:
        jmp     finish

half:                                   ; BL samples of BH
        call    full
        jnz     half
        mov     al,bh
        call    put
        dec     bl
        jnz     half
        ret

found:  db      'found',10,0
