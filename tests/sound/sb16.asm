; A Sound Blaster 16: its settings from the mixer, 16-bit stereo by DMA 5, 8-bit signed mono by DMA 1 at a rate that no time
; constant gives, volumes, and the synthesizer at 220h.
; run: -cpu 486 -ips 10M -device sb16,irq=10,dma=1,dma16=5
; expect: version 0405, mixer 08 22, irq 10
; tone: 0.03 0.22 left 1000
; tone: 0.03 0.22 right 500
; tone: 0.40 0.58 left 441
; silent: 0.75 0.78
; tone: 0.85 1.00 right 439.99
; digest: 985f25279c23282f

%include "sound.inc"
%include "sb.inc"

OPL     equ     220h
%include "opl.inc"

start:
        call    catch_irqs
        call    dsp_reset
        mov     si,version
        call    print
        DSP     0E1h
        call    dsp_in
        call    print_hex
        call    dsp_in
        call    print_hex
        mov     si,settings
        call    print
        OUT_B   BASE+4,80h
        inc     dx
        in      al,dx
        call    print_hex
        mov     al,' '
        out     0E9h,al
        OUT_B   BASE+4,81h
        inc     dx
        in      al,dx
        call    print_hex
        DSP     0F2h
        mov     ax,1
        call    wait_ms
        mov     si,line
        call    print
        mov     al,[irq]
        call    print_hex
        mov     al,10
        out     0E9h,al
        mov     byte [irqs],0

; 2,000 frames of 20 kHz: left 1 kHz, right 500 Hz; blocks of 50 ms, five of them
        push    2000h
        pop     es
        xor     bx,bx
        xor     cx,cx
.frame:
        mov     ax,cx
        mov     dl,20
        div     dl
        cmp     ah,10
        mov     dx,8000
        jb      .left
        neg     dx
.left:  mov     [es:bx],dx
        mov     ax,cx
        mov     dl,40
        div     dl
        cmp     ah,20
        mov     dx,8000
        jb      .right
        neg     dx
.right: mov     [es:bx+2],dx
        add     bx,4
        inc     cx
        cmp     cx,2000
        jb      .frame
        mov     cx,4000
        call    dma5
        DSP     41h,(20000 >> 8),(20000 & 255),0B6h,30h,(1999 & 255),(1999 >> 8)
        mov     al,4
        call    wait_irqs
        DSP     0D9h
        mov     al,5
        call    wait_irqs
        mov     ax,100
        call    wait_ms

; 441 Hz at 44,100 a second, signed 8 bits; quieter from the middle on
        mov     ax,40C0h
        mov     cx,20000
        mov     di,50
        call    square
        mov     al,58h
        mov     cx,20000
        call    dma1
        DSP     0C6h,10h,(4409 & 255),(4409 >> 8)       ; the rate of 41h still is 20 kHz ...
        DSP     0D0h
        DSP     41h,(44100 >> 8),(44100 & 255),0C6h,10h,(4409 & 255),(4409 >> 8)
        mov     byte [irqs],0
        mov     al,1
        call    wait_irqs
        OUT_B   BASE+4,32h
        OUT_B   BASE+5,0C8h             ; -12 dB
        OUT_B   BASE+4,33h
        OUT_B   BASE+5,0C8h
        DSP     0DAh
        mov     al,2
        call    wait_irqs
        mov     ax,250
        call    wait_ms

; the synthesizer, by the card's own ports
        REG     105h,1
        REG     23h,21h
        REG     40h,3Fh
        REG     63h,0F0h
        REG     83h,0Fh
        REG     0C0h,20h
        REG     0A0h,44h
        REG     0B0h,32h
        mov     ax,220
        call    wait_ms
        REG     0B0h,12h
        mov     ax,20
        call    wait_ms
        jmp     finish

version: db     'version ',0
settings: db    ', mixer ',0
line:   db      ', irq ',0
