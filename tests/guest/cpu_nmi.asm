; NMI: taken whatever IF says, one at a time until IRET, remembered meanwhile, before INTR, not between MOV SS and the next
; instruction (SDM volume 3, 6.7 and 6.8.3, table 6-2; PRM 9.2.1). The board has no way to
; send itself one: the debugger does, at each OUT to port E8h (cpu_nmi.dbg).
; run: -cpu 386 -x tests/guest/cpu_nmi.dbg
; run: -cpu pentium -x tests/guest/cpu_nmi.dbg

%include "cpu_test.inc"

%macro  NMI 0                           ; one, behind this instruction
        out     0E8h,al
%endmacro

on_nmi:
        push    eax
        mov     eax,[esp+4]
        mov     [seen_eip],eax
        mov     eax,[esp+8]
        mov     [seen_cs],eax
        mov     eax,[esp+12]
        mov     [seen_flags],eax
        pop     eax
        inc     dword [count]
        cmp     dword [count],1
        jne     .out
        jmp     [first]
.out:   iretd

; What the first NMI's handler does in some tests: two more, an exception, IRETs.
twice:
        NMI
        NMI
        nop
        mov     eax,[count]
        mov     [inside],eax            ; 1: they wait
        iretd
iret_inside:
        NMI
        nop
        pushfd
        push    cs
        push    dword .here
        iretd                           ; ends the blocking, though not the handler
.here:  mov     eax,[count]
        mov     [inside],eax
        iretd
fault_inside:
        NMI
        mov     dword [count2],0
        ud2                             ; its handler's IRET ends the blocking
.after: mov     eax,[count]
        mov     [inside],eax
        iretd
on_ud:
        inc     dword [count2]
        add     dword [esp],2
        iretd
plain:  iretd

; First handler.
%macro  BEGIN 1
        mov     dword [count],0
        mov     dword [first],%1
%endmacro

on_timer:
        push    eax
        cmp     dword [count],1
        sete    [after_nmi]
        mov     al,20h
        out     20h,al
        inc     dword [timers]
        pop     eax
        iretd

tests:
        RING_OPEN
        GATE    2,CODE,on_nmi,8Eh
        cli
        BEGIN   plain
        NMI
.next:  nop
        IS      [count],1,"NMI with IF = 0"
        IS      [seen_eip],.next,"behind the instruction"
        and     dword [seen_flags],200h
        IS      [seen_flags],0,"IF in the image"
        BEGIN   twice
        NMI
        nop
        IS      [inside],1,"in the handler the next ones wait"
        IS      [count],2,"after its IRET one comes: only one was remembered"
        BEGIN   iret_inside
        NMI
        nop
        IS      [inside],2,"any IRET ends the blocking"
        GATE    6,CODE,on_ud,8Eh
        BEGIN   fault_inside
        NMI
        nop
        GATE_BACK 6
        IS      [inside],2,"also that of an exception in the handler"
        IS      [count2],1,"which ran"
        ; MOV SS.
        BEGIN   plain
        mov     [WORK+500h],ss
        mov     ss,[WORK+500h]          ; one comes after this read
.in:    nop
.out:   nop
        IS      [count],1,"NMI at MOV SS"
        IS      [seen_eip],.out,"waits for the instruction behind it"
        ; STI holds off INTR only.
        BEGIN   plain
        sti
        NMI
.sti:   nop
        cli
        IS      [seen_eip],.sti,"NMI behind STI"
        ; Ring 3 and back.
        BEGIN   plain
        and     byte [tss+104+0E8h/8],~1
        RING3
        NMI
.user:  nop
        RING0
        IS      [count],1,"NMI in ring 3"
        IS      [seen_eip],.user,"its EIP"
        IS_WORD [seen_cs],UCODE,"its CS"
        ; Before INTR.
        call    pic_open
        GATE    20h,CODE,on_timer,8Eh
        mov     al,0FEh
        out     21h,al
        mov     al,30h
        out     43h,al
        mov     al,20
        out     40h,al
        mov     al,0
        out     40h,al
        mov     al,0Ah
        out     20h,al
.wait:  in      al,20h
        test    al,1
        jz      .wait
        BEGIN   plain
        mov     dword [timers],0
        mov     byte [after_nmi],0
        sti
        NMI                             ; in the shadow of STI: both are due behind this
        nop
        cli
        IS      [timers],1,"NMI and INTR at once: both come"
        IS_BYTE [after_nmi],1,"NMI first"
        mov     al,0FFh
        out     21h,al
        ret

        align   4
count:          dd      0
count2:         dd      0
first:          dd      0
inside:         dd      0
timers:         dd      0
seen_eip:       dd      0
seen_cs:        dd      0
seen_flags:     dd      0
after_nmi:      db      0

        TEST_END
