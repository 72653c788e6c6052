; A Sound Blaster 16 records a WAV file and plays what it has, in 16 bits stereo by DMA 5, in 8 bits mono by DMA 1 with
; the left of the line switched on only, and value by value, without DMA. The file has 441 Hz on the left, 630 Hz on the
; right, and a whistle of 9 kHz over both, which the 8-bit recording (6,410 Hz) must not fold down to 2,590 Hz.
; run: -cpu 486 -ips 10M -device sb16 -audio-in wav:@/sbrecord-in.wav
; input: @/sbrecord-in.wav
; tone: 0.23 0.38 left 441
; tone: 0.23 0.38 right 630
; tone: 0.72 0.90 left 441
; tone: 0.92 1.01 right 630
; expect: 80
; digest: f68cf76f31534fc3

%ifdef INPUT
RATE    equ     22050
FRAMES  equ     24500
PERIOD  equ     2450
        db      'RIFF'
        dd      FRAMES * 4 + 36
        db      'WAVEfmt '
        dd      16
        dw      1, 2
        dd      RATE, RATE * 4
        dw      4, 16
        db      'data'
        dd      FRAMES * 4
%assign n 0
%rep PERIOD
%assign w 7200 - 2400 * (n * 18000 / RATE & 1)
        dw      w - 12000 * (n / 25 & 1), w - 12000 * (n * 1260 / RATE & 1)
%assign n n + 1
%endrep
%else

%include "sound.inc"
%include "sb.inc"

start:
        call    catch_irqs
        call    dsp_reset
        DSP     42h,(22050 >> 8),(22050 & 255)
        mov     al,44h
        mov     cx,8820
        call    dma5_once
        DSP     0B8h,30h,(8819 & 255),(8819 >> 8)
        IRQ     1
        mov     al,48h
        mov     cx,8820
        call    dma5_once
        DSP     41h,(22050 >> 8),(22050 & 255),0B0h,30h,(8819 & 255),(8819 >> 8)
        IRQ     2

        OUT_B   BASE+4,3Dh
        OUT_B   BASE+5,10h
        OUT_B   BASE+4,3Eh
        OUT_B   BASE+5,10h
        mov     al,44h
        mov     cx,1600
        call    dma1
        DSP     40h,100,24h,(1599 & 255),(1599 >> 8)    ; 156 us
        IRQ     3
        mov     al,48h
        mov     cx,1600
        call    dma1
        DSP     14h,(1599 & 255),(1599 >> 8)
        IRQ     4

        OUT_B   BASE+4,3Dh
        OUT_B   BASE+5,8
        OUT_B   BASE+4,3Eh
        OUT_B   BASE+5,8
        mov     cx,30000
.through:
        DSP     20h
        call    dsp_in
        push    ax
        DSP     10h
        pop     ax
        call    dsp
        loop    .through
        mov     ax,200                  ; the file is at its end
        call    wait_ms
        DSP     20h
        call    dsp_in
        call    print_hex
        mov     al,10
        out     0E9h,al
        jmp     finish
%endif
