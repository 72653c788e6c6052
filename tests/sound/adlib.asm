; AdLib as games use it: detection by its timers, two notes at once, a feedback voice, vibrato and tremolo, the rhythm
; section, and silence after key-off.
; run: -cpu 486 -ips 10M -device adlib
; expect: found, status 06
; tone: 0.05 0.24 left 439.99
; tone: 0.05 0.24 right 439.99
; tone: 0.35 0.54 left 219.99
; silent: 0.75 0.84
; tone: 0.87 1.03 left 109.99
; digest: 961b6fb0906cffd9

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

; 440 Hz: the modulator nearly silent, the carrier a plain sine
        REG     20h,21h
        REG     23h,21h
        REG     40h,3Fh
        REG     43h,0
        REG     60h,0F0h
        REG     63h,0F0h
        REG     80h,0Fh
        REG     83h,0Fh
        REG     0C0h,0
        REG     0A0h,44h
        REG     0B0h,32h
        mov     ax,250
        call    wait_ms
        REG     0B0h,12h
        mov     ax,50
        call    wait_ms

; 220 Hz with feedback, vibrato, tremolo and a slow attack
        REG     23h,0E1h
        REG     40h,18h
        REG     63h,0A0h
        REG     0BDh,0C0h
        REG     0C0h,0Ch
        REG     0B0h,2Eh
        mov     ax,300
        call    wait_ms
        REG     0B0h,0Eh
        mov     ax,250
        call    wait_ms

; rhythm: the bass drum's pitch alone first, then all five in turn
        REG     0C6h,1
        REG     0A6h,44h
        REG     0B6h,0Ah                ; 110 Hz
        REG     30h,21h
        REG     33h,21h
        REG     53h,0
        REG     73h,0F0h
        REG     93h,0Fh
        REG     0BDh,20h
        REG     0BDh,30h
        mov     ax,200
        call    wait_ms
        REG     0BDh,20h
        REG     31h,2
        REG     71h,0F8h
        REG     91h,8
        REG     34h,2
        REG     74h,0F7h
        REG     94h,7
        REG     32h,2
        REG     72h,0F7h
        REG     92h,7
        REG     35h,2
        REG     75h,0F6h
        REG     95h,8
        REG     0A7h,0
        REG     0B7h,0Ah
        REG     0A8h,80h
        REG     0B8h,0Ah
        mov     bl,1
.drum:
        mov     ah,0BDh
        mov     al,bl
        or      al,20h
        call    opl_write
        mov     ax,80
        call    wait_ms
        REG     0BDh,20h
        shl     bl,1
        cmp     bl,20h
        jb      .drum
        REG     0BDh,0
        mov     ax,100
        call    wait_ms
        jmp     finish

found:  db      'found, status ',0
missing: db     'missing, status ',0
