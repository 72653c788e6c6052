; A Covox Speech Thing: a square of 500 Hz, then a sine of 32 steps, by hand.
; run: -cpu 486 -ips 10M -device covox
; tone: 0.05 0.19 left 500
; tone: 0.05 0.19 right 500
; digest: 48f7bb989cae76ed

%include "sound.inc"

start:
        mov     cx,100
.next:
        OUT_B   378h,0C0h
        mov     ax,1
        call    wait_ms
        OUT_B   378h,40h
        mov     ax,1
        call    wait_ms
        loop    .next
        OUT_B   378h,80h
        mov     ax,50
        call    wait_ms
        jmp     finish
