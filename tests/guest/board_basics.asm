; Clock, keyboard controller, A20 line and DMA registers from a guest's side (MC146818, 8042 in the IBM PC/AT Technical
; Reference, 8237A data sheet).

%include "cpu_test.inc"

%macro  OUT_B 2
        mov     al,%2
        out     %1,al
%endmacro

tests:
        call    clock
        call    controller
        call    a20
        jmp     dma

; AL = register: its value.
cmos:
        out     70h,al
        in      al,71h
        ret

clock:
.free:
        mov     al,0Ah
        call    cmos
        test    al,80h                  ; no update in progress
        jnz     .free
        mov     al,0Ah
        call    cmos
        and     al,70h
        IS_BYTE al,20h,"divider: 32768 Hz"
        mov     al,0Dh
        call    cmos
        IS_BYTE al,80h,"the battery is good"
        mov     al,0Bh
        call    cmos
        and     al,0F2h                 ; daylight saving and binary form aside
        IS_BYTE al,2,"24 hours"
        xor     eax,eax
        call    cmos
        mov     bl,al
        mov     ecx,50000000
.second:
        xor     eax,eax
        call    cmos
        cmp     al,bl
        jne     .changed
        loop    .second
.changed:
        setne   al
        IS_BYTE al,1,"seconds advance"
        OUT_B   70h,3Fh
        in      al,71h
        mov     ah,al
        OUT_B   70h,3Fh
        OUT_B   71h,5Ah
        mov     al,3Fh
        call    cmos
        IS_BYTE al,5Ah,"CMOS RAM keeps a byte"
        OUT_B   70h,3Fh
        mov     al,ah
        out     71h,al
        ret

kbc_free:
        in      al,64h
        test    al,2
        jnz     kbc_free
        ret
; AL = what comes next.
kbc_read:
        mov     ecx,10000000
.wait:
        in      al,64h
        test    al,1
        loopz   .wait
        in      al,60h
        ret
; AL = command.
kbc_command:
        push    eax
        call    kbc_free
        pop     eax
        out     64h,al
        ret

controller:
.drain:
        in      al,64h
        test    al,1
        jz      .empty
        in      al,60h
        jmp     .drain
.empty:
        mov     al,0ADh                 ; keyboard off
        call    kbc_command
        mov     al,0A7h                 ; mouse off
        call    kbc_command
        mov     al,20h
        call    kbc_command
        call    kbc_read
        mov     bl,al
        and     al,10h
        IS_BYTE al,10h,"command ADh sets bit 4 of the command byte"
        mov     al,0AAh
        call    kbc_command
        call    kbc_read
        IS_BYTE al,55h,"self-test"
        mov     al,0ABh
        call    kbc_command
        call    kbc_read
        IS_BYTE al,0,"keyboard interface test"
        mov     al,60h
        call    kbc_command
        call    kbc_free
        mov     al,bl
        and     al,0DFh
        or      al,40h
        and     al,0EEh                 ; keyboard on, no IRQ1
        out     60h,al
        mov     al,20h
        call    kbc_command
        call    kbc_read
        and     al,51h
        IS_BYTE al,40h,"the command byte reads back"
        call    kbc_free
        OUT_B   60h,0EEh
        call    kbc_read
        IS_BYTE al,0EEh,"keyboard: echo"
        call    kbc_free
        OUT_B   60h,0F2h
        call    kbc_read
        IS_BYTE al,0FAh,"keyboard: identify, acknowledged"
        call    kbc_read
        IS_BYTE al,0ABh,"an MF2 keyboard"
        call    kbc_read
        in      al,64h
        and     al,1
        IS_BYTE al,0,"and no more"
        ret

; The 8042's output port, bit 1.
a20:
        mov     al,0D0h
        call    kbc_command
        call    kbc_read
        mov     bl,al
        and     al,2
        IS_BYTE al,2,"D0h: A20 is on"
        mov     dword [500h],11111111h
        mov     dword [100500h],22222222h
        IS      [500h],11111111h,"two places"
        mov     al,0D1h
        call    kbc_command
        call    kbc_free
        mov     al,bl
        and     al,0CDh                 ; bits 4 and 5 are the IRQ lines: low
        out     60h,al
        call    kbc_free
        in      al,92h                  ; the two gates are ORed: both off
        and     al,0FCh
        out     92h,al
        mov     ecx,100000
.settle:
        cmp     dword [100500h],11111111h
        loopne  .settle
        IS      [100500h],11111111h,"A20 off by D1h: the same place"
        mov     al,0D1h
        call    kbc_command
        call    kbc_free
        mov     al,bl
        and     al,0CFh
        out     60h,al
        call    kbc_free
        mov     ecx,100000
.settle2:
        cmp     dword [100500h],22222222h
        loopne  .settle2
        IS      [100500h],22222222h,"on again: its own content"
        ret

; Address and count registers, the flip-flop and the mask; channel 1 has no device here.
dma:
        OUT_B   0Ah,5                   ; mask channel 1
        OUT_B   0Ch,0
        OUT_B   2,34h
        OUT_B   2,12h
        in      al,2
        IS_BYTE al,34h,"address, low byte"
        in      al,2
        IS_BYTE al,12h,"then the high byte"
        in      al,2
        OUT_B   0Ch,0
        in      al,2
        IS_BYTE al,34h,"the flip-flop is cleared by port 0Ch"
        OUT_B   0Ch,0
        OUT_B   3,78h
        OUT_B   3,56h
        in      al,3
        mov     ah,al
        in      al,3
        IS_WORD ax,7856h,"count"
        OUT_B   83h,0Ah
        in      al,83h
        IS_BYTE al,0Ah,"page register"
        in      al,8
        in      al,8
        and     al,2
        IS_BYTE al,0,"status is cleared by reading"
        ; The second controller counts words: its registers are two ports apart.
        OUT_B   0D4h,6                  ; mask channel 6
        OUT_B   0D8h,0
        OUT_B   0C8h,0CDh
        OUT_B   0C8h,0ABh
        in      al,0C8h
        mov     ah,al
        in      al,0C8h
        IS_WORD ax,0CDABh,"address of channel 6"
        ret

        TEST_END
