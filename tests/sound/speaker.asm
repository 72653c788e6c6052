; The speaker: tones of counter 2 in mode 3, a tone made by hand with bit 1 of port 61h, and speech-like sound by
; pulse width: counter 2 in mode 0 gets a new pulse length 16 thousand times a second, here from a sine of 500 Hz.
; run: -cpu 486 -ips 10M
; tone: 0.02 0.19 left 1000.15
; silent: 0.35 0.39
; tone: 0.42 0.59 right 439.96
; tone: 0.62 0.79 left 250
; tone: 0.82 0.99 left 500
; digest: 87be3dee3178b513

%include "sound.inc"

%macro  TONE 1                          ; divisor
        OUT_B   43h,0B6h
        OUT_B   42h,((%1) & 255)
        OUT_B   42h,((%1) >> 8)
%endmacro

start:
        TONE    1193
        OUT_B   61h,3
        mov     ax,200
        call    wait_ms
        OUT_B   61h,0
        mov     ax,200
        call    wait_ms
        TONE    2712
        OUT_B   61h,3
        mov     ax,200
        call    wait_ms

; 250 Hz by hand: the gate is low, OUT2 high
        mov     cx,50
.by_hand:
        OUT_B   61h,2
        mov     ax,2
        call    wait_ms
        OUT_B   61h,0
        mov     ax,2
        call    wait_ms
        loop    .by_hand

; pulses: a carrier of 1193182 / 74 = 16124 Hz by counter 0 in mode 2, the width of each by counter 2 in mode 0,
; low byte only; 32 samples of a sine are 503.9 Hz, 74 * 32.25 clocks would be 500: every fourth period is 33 long
        OUT_B   43h,14h                 ; counter 0: mode 2, low byte
        OUT_B   40h,74
        OUT_B   43h,90h
        OUT_B   61h,3
        mov     cx,100                  ; periods of 500 Hz
        xor     bp,bp
.period:
        mov     si,sine
        mov     di,32
        inc     bp
        test    bp,3
        jnz     .pulse
        inc     di
.pulse:
        lodsb
        cmp     si,sine+33
        jb      .within
        mov     al,40
.within:
        out     42h,al
.wait:
        OUT_B   43h,0
        in      al,40h
        cmp     al,ah
        mov     ah,al
        jbe     .wait                   ; it counts down
        dec     di
        jnz     .pulse
        loop    .period
        OUT_B   61h,0
        mov     ax,50
        call    wait_ms
        jmp     finish

sine:   db      40,46,51,57,61,65,68,69,70,69,68,65,61,57,51,46,40,34,29,23,19,15,12,11,10,11,12,15,19,23,29,34,40
