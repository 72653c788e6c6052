; OPL3: detection, stereo from two banks, the new waveforms, and four slots in a chain.
; run: -cpu 486 -ips 10M -device opl3
; expect: found, status 00
; tone: 0.05 0.24 left 439.99
; tone: 0.05 0.24 right 659.99
; tone: 0.35 0.54 left 220
; tone: 0.65 0.84 right 329.99
; silent: 0.95 0.99
; digest: 37a064bc216b7e12

%include "sound.inc"

OPL     equ     388h
%include "opl.inc"

start:
        call    opl_detect
        mov     si,found
        jz      .there
        mov     si,missing
.there: call    print
        mov     dx,OPL
        in      al,dx
        call    print_hex
        mov     al,10
        out     0E9h,al
        REG     105h,1

; a sine on the left from the first bank, one on the right from the second
        REG     23h,21h
        REG     40h,3Fh
        REG     63h,0F0h
        REG     83h,0Fh
        REG     0C0h,10h
        REG     0A0h,44h
        REG     123h,21h
        REG     140h,3Fh
        REG     163h,0F0h
        REG     183h,0Fh
        REG     1C0h,20h
        REG     1A0h,66h                ; 366h in block 4: 660 Hz
        REG     0B0h,32h
        REG     1B0h,33h
        mov     ax,250
        call    wait_ms
        REG     0B0h,12h
        REG     1B0h,13h
        mov     ax,50
        call    wait_ms

; waveform 6, a square, then 7
        REG     0E3h,6
        REG     0C0h,30h
        REG     0B0h,2Eh                ; 220 Hz
        mov     ax,250
        call    wait_ms
        REG     0B0h,0Eh
        REG     0E3h,0
        mov     ax,50
        call    wait_ms

; channels 0 and 3 as four slots in a chain: the first three only colour the fourth, which has the panning of channel 3
        REG     104h,1
        REG     20h,21h
        REG     60h,0F0h
        REG     80h,0Fh
        REG     40h,20h
        REG     43h,28h
        REG     28h,21h
        REG     48h,28h
        REG     68h,0F0h
        REG     88h,0Fh
        REG     2Bh,21h
        REG     4Bh,0
        REG     6Bh,0F0h
        REG     8Bh,0Fh
        REG     0C0h,30h
        REG     0C3h,20h
        REG     0A0h,66h
        REG     0B0h,2Fh                ; 330 Hz
        mov     ax,250
        call    wait_ms
        REG     0B0h,0Fh
        mov     ax,150
        call    wait_ms
        jmp     finish

found:  db      'found, status ',0
missing: db     'missing, status ',0
