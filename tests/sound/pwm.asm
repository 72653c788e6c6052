; Digitised speech on the speaker, as RealSound and its kin play it: counter 0 interrupts 16,124 times a second, and
; each time counter 2, in mode 0, gets the length of a pulse. The waveform is a vowel's: a table of 32 values with
; formants at 503.9, 1512 and 2519 Hz, of strength 20, 6 and 3. By Fourier's integral over the pulses these are 27.0 dB
; above the other harmonics up to 4 kHz, which is what such pulses are worth; what is no harmonic is noise of ours.
; run: -cpu 486 -ips 10M
; tone: 0.1 0.9 left 503.88
; snr: 0.1 0.2 left 4000 26.5 503.88 1511.63 2519.38
; snr: 0.5 0.6 right 5000 48 503.88 1007.75 1511.63 2015.51 2519.38 3023.26 3527.14 4031.02 4534.89
; digest: 6a39cfe3f87112cb

%include "sound.inc"

PERIOD  equ     74

start:
        mov     word [8*4],tick
        mov     word [8*4+2],0
        mov     si,vowel
        OUT_B   20h,11h                 ; vectors from 8 on, nothing but the timer
        OUT_B   21h,8
        OUT_B   21h,4
        OUT_B   21h,1
        OUT_B   21h,0FEh
        OUT_B   43h,90h                 ; counter 2: mode 0, low byte
        OUT_B   61h,3
        OUT_B   43h,14h                 ; counter 0: mode 2, low byte
        OUT_B   40h,PERIOD
        mov     cx,16124                ; a second
        sti
.next:  hlt
        loop    .next
        cli
        OUT_B   61h,0
        mov     ax,50
        call    wait_ms
        jmp     finish

tick:
        lodsb
        out     42h,al
        cmp     si,vowel+32
        jb      .end
        mov     si,vowel
.end:
        mov     al,20h
        out     20h,al
        iret

vowel:  db      45,47,47,47,49,51,53,53,53,54,57,60,60,55,46,36
        db      29,27,27,27,25,23,21,21,21,20,17,14,14,19,28,38
