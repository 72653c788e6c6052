; A CD-ROM drive plays: a track of 441 Hz on the left, with a pause; a track of 882 Hz on the left and 1260 Hz on the
; right; its outlets changed over and turned down by MODE SELECT; a stop in the middle; a play that ends by itself.
; (The mixer takes some 60 ms to forget a level.)
; run: -cpu 486 -ips 10M -cdrom @/cdaudio.cue
; disc: 2
; tone: 0.02 0.29 left 441
; silent: 0.385 0.395
; tone: 0.43 0.59 left 441
; tone: 0.63 0.79 left 882
; tone: 0.63 0.79 right 1260
; tone: 0.83 0.99 left 1260
; tone: 0.83 0.99 right 882
; silent: 1.07 1.09
; tone: 1.13 1.31 left 1260
; silent: 1.44 1.49
; expect: 11 00 02 16 13 00 04 1C 
; digest: bb2afe279f8c03c8

%ifdef TRACK
%include "cd.inc"
%if TRACK = 1
        TONES   100, 0
%else
        TONES   50, 35
%endif
%else

%include "sound.inc"
%include "cd.inc"

%macro  WAIT 1
        mov     ax,%1
        call    wait_ms
%endmacro

; Audio status, and minute, second and frame of the position, to the debug port.
position:
        PACKET  where
        mov     al,[REPLY + 1]
        call    print_hex
        mov     bx,REPLY + 9
.next:  mov     al,' '
        out     0E9h,al
        mov     al,[bx]
        call    print_hex
        inc     bx
        cmp     bx,REPLY + 12
        jb      .next
        mov     al,' '
        out     0E9h,al
        ret

start:
%ifdef MIXER                            ; see run.sh
        OUT_B   224h,3Ch
        OUT_B   225h,1Bh
%endif
        call    packet.wait
        PACKET  ready                   ; the drive was reset: it says so once
        PACKET  track1
        WAIT    300
        call    position
        PACKET  pause
        WAIT    100
        PACKET  resume
        WAIT    200
        PACKET  track2
        WAIT    200
        mov     di,volume
        PACKET  select
        WAIT    200
        PACKET  stop
        WAIT    100
        PACKET  short_play
        WAIT    400
        call    position
        mov     al,10
        out     0E9h,al
        jmp     finish

ready:  times 12 db 0
track1: db      47h,0,0, 0,2,0, 0,4,0, 0,0,0    ; PLAY AUDIO MSF 0:02.00 to 0:04.00
track2: db      45h,0, 0,0,0,150, 0, 0,150, 0,0,0
short_play: db  45h,0, 0,0,0,160, 0, 0,18, 0,0,0
pause:  db      4Bh,0,0,0,0,0,0,0, 0, 0,0,0
resume: db      4Bh,0,0,0,0,0,0,0, 1, 0,0,0
stop:   db      4Eh,0,0,0,0,0,0,0,0,0,0,0
where:  db      42h,2,40h,1,0,0,0, 0,16, 0,0,0  ; READ SUB-CHANNEL: position, MSF
select: db      55h,10h,0,0,0,0,0, 0,24, 0,0,0
volume: times 8 db 0
        db      0Eh,14,4,0,0,0,0,0, 2,80h, 1,80h, 0,0,0,0
%endif
