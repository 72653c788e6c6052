; A Sound Blaster 2.0: reset and version, its interrupt and DMA channel found the way games do, then direct output, one
; block by DMA, blocks without end with pause, and ADPCM.
; run: -cpu 486 -ips 10M -device sb2,irq=7
; expect: version 0201, irq 07
; tone: 0.03 0.20 left 500
; tone: 0.26 0.43 right 500
; tone: 0.55 0.72 left 1000
; silent: 0.95 0.99
; tone: 1.03 1.20 left 1000
; tone: 1.32 1.48 left 250
; digest: 7edf0a1f9525387f

%include "sound.inc"
%include "sb.inc"

start:
        call    catch_irqs
        call    dsp_reset
        jnz     lost
        mov     si,version
        call    print
        DSP     0E1h
        call    dsp_in
        call    print_hex
        call    dsp_in
        call    print_hex
; one byte without any volume, and see which interrupt comes
        mov     ax,8080h
        mov     cx,2
        mov     di,1
        call    square
        mov     al,48h
        mov     cx,1
        call    dma1
        DSP     40h,156,14h,0,0
        mov     ax,3
        call    wait_ms
        mov     si,line
        call    print
        mov     al,[irq]
        call    print_hex
        mov     al,10
        out     0E9h,al
        mov     byte [irqs],0
        DSP     0D1h

; direct: 500 Hz
        mov     cx,100
.direct:
        DSP     10h,0D0h
        mov     ax,1
        call    wait_ms
        DSP     10h,30h
        mov     ax,1
        call    wait_ms
        loop    .direct
        DSP     10h,80h
        mov     ax,45
        call    wait_ms

; one block: 2,000 values at 10 kHz, 500 Hz
        mov     ax,0C040h
        mov     cx,2000
        mov     di,10
        call    square
        mov     al,48h
        mov     cx,2000
        call    dma1
        DSP     40h,156,14h,(1999 & 255),(1999 >> 8)
        mov     al,1
        call    wait_irqs
        DSP     10h,80h
        mov     ax,75
        call    wait_ms

; without end: blocks of 500 out of 1,000 values, 1 kHz; four of them, a pause, four more
        mov     ax,0C040h
        mov     cx,1000
        mov     di,5
        call    square
        mov     al,58h
        mov     cx,1000
        call    dma1
        DSP     48h,(499 & 255),(499 >> 8),1Ch
        mov     al,6
        call    wait_irqs
        DSP     0D0h,10h,80h
        mov     ax,225
        call    wait_ms
        DSP     0D4h
        mov     al,10
        call    wait_irqs
        DSP     0DAh
        mov     al,11
        call    wait_irqs
        DSP     10h,80h
        mov     ax,25
        call    wait_ms

; ADPCM, 4 bits: 20 values up, 20 down by 8 each, after a reference: a triangle of 250 Hz. 77h is +15 at step 0 and
; makes the step larger, so it is 1 1 ... that climbs evenly
        push    2000h
        pop     es
        xor     bx,bx
        mov     byte [es:bx],60h
        inc     bx
        mov     cx,50
.wave:
        mov     ax,4444h                ; +4 each, 20 times
        call    ten
        mov     ax,0CCCCh               ; -4
        call    ten
        loop    .wave
        mov     al,48h
        mov     cx,1001
        call    dma1
        DSP     75h,(1000 & 255),(1000 >> 8)
        mov     al,12
        call    wait_irqs
        DSP     10h,80h
        mov     ax,50
        call    wait_ms
        jmp     finish
lost:
        mov     si,nothing
        call    print
        jmp     finish

ten:
        mov     dx,10
.byte:  mov     [es:bx],al
        inc     bx
        dec     dx
        jnz     .byte
        ret

version: db     'version ',0
line:   db      ', irq ',0
nothing: db     'nothing there',10,0
