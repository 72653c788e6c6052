; A Sound Blaster 16 records what plays inside it and plays what it has: an audio CD, by its left and right switches,
; while the CD's outputs are off; then a note of the synthesizer; and nothing, with all switches off while the note
; sounds.
; run: -cpu 486 -ips 10M -device sb16 -cdrom @/sbinside.cue
; disc: 1
; silent: 0.10 0.22
; tone: 0.32 0.46 left 441
; tone: 0.32 0.46 right 1260
; tone: 0.52 0.66 left 439.99
; tone: 0.84 0.98 left 439.99
; tone: 0.84 0.98 right 439.99
; snr: 0.86 0.96 left 8000 47 439.99
; silent: 1.48 1.53
; digest: c3d3dd89af6172fb

%ifdef TRACK
%include "cd.inc"
        TONES   100, 35
%else

%include "sound.inc"
%include "cd.inc"
%include "sb.inc"
OPL     equ     388h
%include "opl.inc"

%macro  MIXER 2
        OUT_B   BASE+4,%1
        OUT_B   BASE+5,%2
%endmacro

; A fifth of a second, 22,050 times both sides; AL: which interrupt this is.
record:
        push    ax
        mov     al,44h
        mov     cx,8820
        call    dma5_once
        DSP     42h,(22050 >> 8),(22050 & 255),0B8h,30h,(8819 & 255),(8819 >> 8)
        pop     ax
        jmp     wait_irqs
play:
        push    ax
        mov     al,48h
        mov     cx,8820
        call    dma5_once
        DSP     41h,(22050 >> 8),(22050 & 255),0B0h,30h,(8819 & 255),(8819 >> 8)
        pop     ax
        jmp     wait_irqs

start:
        call    catch_irqs
        call    dsp_reset
        MIXER   3Ch,0                   ; the CD is not heard
        MIXER   3Dh,4                   ; left by left, right by right
        MIXER   3Eh,2
        call    packet.wait
        PACKET  ready                   ; the drive was reset: it says so once
        PACKET  track
        mov     ax,50
        call    wait_ms
        mov     al,1
        call    record
        PACKET  stop
        mov     ax,50
        call    wait_ms
        mov     al,2
        call    play

        REG     23h,21h                 ; a sine of 440 Hz
        REG     40h,3Fh
        REG     63h,0F0h
        REG     83h,0Fh
        REG     0A0h,44h
        REG     0B0h,32h
        MIXER   3Dh,40h
        MIXER   3Eh,20h
        mov     al,3
        call    record
        REG     0B0h,12h
        mov     ax,120
        call    wait_ms
        mov     al,4
        call    play

        REG     0B0h,32h
        MIXER   3Dh,0
        MIXER   3Eh,0
        mov     al,5
        call    record
        REG     0B0h,12h
        mov     ax,120
        call    wait_ms
        mov     al,6
        call    play
        jmp     finish

ready:  times 12 db 0
track:  db      47h,0,0, 0,2,0, 0,4,0, 0,0,0    ; PLAY AUDIO MSF 0:02.00 to 0:04.00
stop:   db      4Eh,0,0,0,0,0,0,0,0,0,0,0
%endif
