; The MPU-401 of a Sound Blaster 16: reset, UART mode, and a note of half a second.
; run: -cpu 486 -ips 10M -device sb16 -midi @/mpu401.mid
; expect: FE FE
; silent: 0.1 0.5
; digest: 1a4a2d02bc5be1e5

%include "sound.inc"

answer:                                 ; waits for a byte and prints it
        mov     dx,331h
.none:  in      al,dx
        test    al,80h
        jnz     .none
        dec     dx
        in      al,dx
        jmp     print_hex

send:                                   ; the bytes at SI, CX of them
        mov     dx,331h
.busy:  in      al,dx
        test    al,40h
        jnz     .busy
        dec     dx
        outsb
        loop    send
        ret

start:
        OUT_B   331h,0FFh
        call    answer
        mov     al,' '
        out     0E9h,al
        OUT_B   331h,3Fh
        call    answer
        mov     al,10
        out     0E9h,al
        mov     si,on
        mov     cx,5
        call    send
        mov     ax,500
        call    wait_ms
        mov     si,off
        mov     cx,3
        call    send
        jmp     finish

on:     db      0C0h,19,90h,60,100
off:    db      80h,60,0
