; What comes first when several things are due between two instructions: traps of the instruction before, then interrupts, then
; breakpoints and faults of the next (SDM volume 3, table 6-2; PRM 9.7). IRQ0 is made pending by the 8254 in mode 0, while
; IF = 0, and let in by POPF or STI. NMI is in cpu_nmi.asm. Bochs 2.7 differs in one: it has a code breakpoint before INTR,
; though its own table, as the manual, has it behind.
; run: -cpu 386
; run: -cpu pentium

%include "cpu_test.inc"

TIMER           equ     1               ; what is noted
DEBUG           equ     2
FAULT           equ     3
FLAGS_IF        equ     200h
FLAGS_TF        equ     100h

; Notes number AL and the interrupted EIP, which is under the pushed EAX at [esp+4].
note:
        push    ecx
        mov     ecx,[events]
        mov     [kinds+ecx],al
        mov     eax,[esp+16]
        mov     [eips+ecx*4],eax
        inc     dword [events]
        pop     ecx
        ret

on_timer:
        push    dword 0                 ; in the place of an error code
        push    eax
        mov     al,TIMER
        call    note
        mov     al,20h
        out     20h,al
        pop     eax
        add     esp,4
        iretd

on_debug:
        push    dword 0
        push    eax
        mov     al,DEBUG
        call    note
        xor     eax,eax
        mov     dr6,eax
        and     dword [esp+16],~100h
        or      dword [esp+16],10000h
        pop     eax
        add     esp,4
        iretd

on_fault:                               ; #GP: goes on behind the instruction, two bytes
        push    eax
        mov     al,FAULT
        call    note
        pop     eax
        add     esp,4
        add     dword [esp],2
        iretd

; IRQ0 waits; nothing noted.
pending:
        mov     al,30h
        out     43h,al
        mov     al,20
        out     40h,al
        mov     al,0
        out     40h,al
        mov     al,0Ah                  ; OCW3: read IRR
        out     20h,al
.wait:  in      al,20h
        test    al,1
        jz      .wait
        mov     dword [events],0
        mov     dword [kinds],0
        ret

; EFLAGS with these bits, from the next instruction on.
%macro  FLAGS_ON 1
        pushfd
        or      dword [esp],%1
        popfd
%endmacro

tests:
        call    pic_open
        GATE    20h,CODE,on_timer,8Eh
        GATE    1,CODE,on_debug,8Eh
        mov     al,0FEh
        out     21h,al
        mov     eax,WORK+10h
        mov     dr1,eax

        ; A single step and an interrupt, both due behind the NOP.
        call    pending
        FLAGS_ON FLAGS_TF
        sti
.t0:    nop
.t1:    nop
        cli
        IS      [kinds],DEBUG|TIMER<<8,"single step and INTR: the trap first"
        ; Through a trap gate, which leaves IF: the interrupt comes at the handler's first instruction.
        GATE    1,CODE,on_debug,8Fh
        call    pending
        FLAGS_ON FLAGS_TF|FLAGS_IF
        nop
        nop
        cli
        mov     eax,[kinds]
        IS      eax,TIMER|DEBUG<<8,"with POPF INTR needs no shadow: it comes before the step"
        call    pending
        mov     eax,00D00008h           ; data breakpoint
        mov     dr7,eax
        sti
        mov     dword [WORK+10h],1      ; in the shadow of STI
.d1:    nop
        cli
        xor     eax,eax
        mov     dr7,eax
        IS      [kinds],TIMER|DEBUG<<8,"data breakpoint and INTR through a trap gate"
        IS      [eips],on_debug,"INTR inside the debug handler, before it does anything"
        IS      [eips+4],.d1,"which was called behind the write"
        GATE    1,CODE,on_debug,8Eh
        call    pending
        mov     eax,00D00008h
        mov     dr7,eax
        sti
        mov     dword [WORK+10h],1
.d2:    nop
        cli
        xor     eax,eax
        mov     dr7,eax
        IS      [kinds],DEBUG|TIMER<<8,"through an interrupt gate: one after the other"
        IS      [eips+4],.d2,"INTR where the debug handler returned to"

        ; An interrupt and a breakpoint on the next instruction.
        call    pending
        mov     eax,.b1
        mov     dr0,eax
        mov     eax,2
        mov     dr7,eax
        FLAGS_ON FLAGS_IF
.b1:    nop
        cli
        xor     eax,eax
        mov     dr7,eax
        IS      [kinds],TIMER|DEBUG<<8,"INTR and code breakpoint: INTR first"
        IS      [eips],.b1,"at the same instruction"
        IS      [eips+4],.b1,"which then breaks"

        ; An interrupt and a fault of the next instruction.
        GATE    13,CODE,on_fault,8Eh
        call    pending
        mov     ax,gdt_end-gdt
        FLAGS_ON FLAGS_IF
.f1:    mov     fs,ax
        cli
        IS      [kinds],TIMER|FAULT<<8,"INTR and a fault: INTR first"
        IS      [eips],.f1,"at the instruction"
        IS      [eips+4],.f1,"which then faults"

        ; A breakpoint on an instruction that faults, and a step to it.
        mov     dword [events],0
        mov     dword [kinds],0
        mov     eax,.g1
        mov     dr0,eax
        mov     eax,2
        mov     dr7,eax
        mov     ax,gdt_end-gdt
        nop
.g1:    mov     fs,ax
        xor     eax,eax
        mov     dr7,eax
        IS      [kinds],DEBUG|FAULT<<8,"code breakpoint and a fault: the breakpoint first"

        ; A fault and TF: the instruction that faults is not stepped, the handler is not either.
        mov     dword [events],0
        mov     dword [kinds],0
        mov     ax,gdt_end-gdt
        FLAGS_ON FLAGS_TF
.h1:    mov     fs,ax
.h2:    nop
.h3:    nop
        IS      [kinds],FAULT|DEBUG<<8,"TF and a fault: the fault, then a step behind the next instruction"
        IS      [eips+4],.h3,"its EIP"
        mov     al,0FFh
        out     21h,al
        GATE_BACK 13

        ; REP lets interrupts in between iterations, and goes on.
        GATE_BACK 1
        mov     al,0FEh
        out     21h,al
        mov     dword [events],0
        mov     al,30h
        out     43h,al
        mov     al,0FFh
        out     40h,al
        mov     al,0
        out     40h,al
        mov     edi,WORK
        mov     ecx,1E000h
        xor     eax,eax
        sti
.rep:   rep     stosb
.after: cli
        mov     al,0FFh
        out     21h,al
        IS      [events],1,"REP is interrupted"
        IS      [eips],.rep,"EIP at it"
        IS      ecx,0,"and ends"
        IS      edi,WORK+1E000h,"where it should"
        ret

        align   4
events:         dd      0
kinds:          dd      0,0
eips:           times   8 dd 0

        TEST_END
