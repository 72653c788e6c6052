; Interrupt controllers and timer from a guest's side: priority, nesting, end of interrupt, spurious interrupts, modes and
; read-back of the 8254 (8259A and 8254 data sheets).

%include "cpu_test.inc"

; Handlers note their vector in `order`; they send no EOI, the checks do.
%macro  NOTE_IRQ 1
irq_%1: push    eax
        mov     eax,[order]
        shl     eax,8
        mov     al,%1
        mov     [order],eax
        pop     eax
        iretd
%endmacro
        NOTE_IRQ 20h
        NOTE_IRQ 21h
        NOTE_IRQ 27h
        NOTE_IRQ 28h
        NOTE_IRQ 2Fh

%macro  GAP_IF 0                        ; let in what is pending
        sti
        nop
        nop
        cli
%endmacro

%macro  OUT_B 2
        mov     al,%2
        out     %1,al
%endmacro

; AL = OCW3 command: AL = register of the master.
pic_read:
        out     20h,al
        in      al,20h
        ret

; IRQ0 pending by counter 0 in mode 0.
timer_pending:
        OUT_B   43h,30h
        OUT_B   40h,10
        OUT_B   40h,0
.wait:
        mov     al,0Ah
        call    pic_read
        test    al,1
        jz      .wait
        ret

tests:
        call    pic_open
        GATE    20h,CODE,irq_20h,8Eh
        GATE    21h,CODE,irq_21h,8Eh
        GATE    27h,CODE,irq_27h,8Eh
        GATE    28h,CODE,irq_28h,8Eh
        GATE    2Fh,CODE,irq_2Fh,8Eh
        call    end_of_interrupt
        call    cascade
        call    modes
        jmp     latches

end_of_interrupt:
        call    timer_pending
        mov     dword [order],0
        GAP_IF
        IS      [order],0,"masked: nothing comes"
        OUT_B   21h,0FEh
        GAP_IF
        IS      [order],20h,"unmasked: it comes"
        mov     al,0Bh
        call    pic_read
        IS_BYTE al,1,"ISR shows it in service"
        call    timer_pending
        mov     dword [order],0
        GAP_IF
        IS      [order],0,"no second one before EOI"
        OUT_B   20h,20h
        GAP_IF
        IS      [order],20h,"EOI lets it in"
        OUT_B   20h,60h                 ; specific EOI for IRQ0
        mov     al,0Bh
        call    pic_read
        IS_BYTE al,0,"specific EOI"
        in      al,21h
        IS_BYTE al,0FEh,"IMR reads back"
        ; Poll (OCW3, P = 1) acknowledges without a vector.
        call    timer_pending
        mov     al,0Ch
        call    pic_read
        IS_BYTE al,80h,"poll: IRQ0"
        mov     al,0Ch
        call    pic_read
        test    al,80h
        setnz   al
        IS_BYTE al,0,"poll: nothing more"
        OUT_B   20h,20h
        ret

; IRQ8 by the clock's periodic interrupt, with IRQ0 pending too: the master's order.
cascade:
        OUT_B   70h,0Ah
        OUT_B   71h,2Fh                 ; 2 Hz to 32 kHz: rate 15 is slow, it cannot repeat within this test
        OUT_B   70h,0Bh
        in      al,71h
        or      al,40h
        mov     ah,al
        OUT_B   70h,0Bh
        mov     al,ah
        out     71h,al
        OUT_B   70h,0Ch
        in      al,71h
        OUT_B   0A0h,0Ah
.wait:
        in      al,0A0h
        test    al,1
        jz      .wait
        call    timer_pending
        mov     dword [order],0
        OUT_B   21h,0FAh                ; IRQ0 and the cascade
        OUT_B   0A1h,0FEh
        sti
        nop
        nop
        cli
        IS      [order],20h,"IRQ0 first"
        OUT_B   20h,20h
        GAP_IF
        IS      [order],2028h,"then IRQ8"
        OUT_B   0A0h,0Bh
        in      al,0A0h
        IS_BYTE al,1,"in service in the slave"
        mov     al,0Bh
        call    pic_read
        IS_BYTE al,4,"and as IRQ2 in the master"
        OUT_B   70h,0Ch
        in      al,71h
        and     al,0C0h
        IS_BYTE al,0C0h,"the clock says PF and IRQF"
        OUT_B   70h,0Ch
        in      al,71h
        IS_BYTE al,0,"reading register C clears it"
        OUT_B   0A0h,20h
        OUT_B   20h,20h
        OUT_B   70h,0Bh
        in      al,71h
        and     al,~40h
        mov     ah,al
        OUT_B   70h,0Bh
        mov     al,ah
        out     71h,al
        OUT_B   21h,0FFh
        OUT_B   0A1h,0FFh
        ret

; Counter 2, whose output port 61h shows in bit 5 and whose gate is bit 0.
; NOTE: Bochs 2.7 does not answer the poll above, QEMU 7.2 shows mode 2's output low; the data sheets decide.
modes:
        in      al,61h
        and     al,0FCh
        or      al,1
        out     61h,al
        OUT_B   43h,0B0h                ; mode 0
        in      al,61h
        test    al,20h
        setnz   al
        IS_BYTE al,0,"mode 0: output low"
        OUT_B   42h,100
        OUT_B   42h,0
.low:
        in      al,61h
        test    al,20h
        jz      .low
        IS      1,1,"mode 0: high at the end"
        OUT_B   43h,0B4h                ; mode 2
        in      al,61h
        test    al,20h
        setnz   al
        IS_BYTE al,1,"mode 2: output high"
        in      al,61h
        and     al,0FEh
        out     61h,al                  ; gate off: counting stops
        OUT_B   42h,34h
        OUT_B   42h,12h
        OUT_B   43h,0E8h                ; read-back: status of counter 2
        in      al,42h
        and     al,3Fh
        IS_BYTE al,34h,"read-back: status, access both bytes, mode 2"
        in      al,61h
        or      al,1
        out     61h,al
        OUT_B   43h,0B6h                ; mode 3
        OUT_B   42h,2
        OUT_B   42h,0
        xor     ebx,ebx
        mov     ecx,2000
.edges:
        in      al,61h
        and     al,20h
        cmp     al,bh
        je      .same
        inc     bl
        mov     bh,al
.same:
        cmp     bl,10
        jae     .enough
        loop    .edges
.enough:
        IS_BYTE bl,10,"mode 3: a square wave"
        ret

latches:
        OUT_B   43h,34h
        OUT_B   40h,0
        OUT_B   40h,0                   ; 65536
        OUT_B   43h,0
        in      al,40h
        mov     bl,al
        mov     ecx,1000
.spend: loop    .spend
        in      al,40h
        mov     bh,al
        OUT_B   43h,0
        in      al,40h
        mov     dl,al
        in      al,40h
        mov     dh,al
        sub     bx,dx
        setnz   al
        IS_BYTE al,1,"the count runs down"
        OUT_B   43h,0
        OUT_B   43h,0                   ; a second latch command is ignored until the first is read
        in      al,40h
        in      al,40h
        OUT_B   43h,0C2h                ; read-back: status and count of counter 0
        in      al,40h
        and     al,3Fh
        IS_BYTE al,34h,"read-back: status first"
        in      al,40h
        in      al,40h
        OUT_B   43h,14h                 ; low byte only
        OUT_B   40h,5
        mov     ecx,1000                ; the new count is loaded with the next clock
.load:  loop    .load
        in      al,40h
        cmp     al,6
        setb    al
        IS_BYTE al,1,"low byte only"
        OUT_B   43h,36h
        OUT_B   40h,0
        OUT_B   40h,0
        ret

order:  dd      0

        TEST_END
