; Debug exceptions where several things meet: a data breakpoint with a single step, the shadow of MOV SS, REP, faults, RF in
; all its ways, the registers themselves, and I/O breakpoints (SDM volume 3, 17.2 and 17.3, table 6-2; PRM 12).
; run: -cpu 386
; run: -cpu 486
; run: -cpu pentium

%include "cpu_test.inc"
%include "cpu_model.inc"

; #DB handler: keeps DR6, EIP and EFLAGS of the first four events and clears TF after [steps] of them. RF is set in the image
; if [set_rf] says so.
on_debug:
        push    eax
        push    ecx
        mov     ecx,[count]
        inc     dword [count]
        cmp     ecx,4
        jae     .full
        mov     eax,dr6
        and     eax,0E00Fh
        mov     [seen_dr6+ecx*4],eax
        mov     eax,[esp+8]
        mov     [seen_eip+ecx*4],eax
        mov     eax,[esp+16]
        mov     [seen_flags+ecx*4],eax
.full:
        cmp     dword [steps],0
        jne     .stepping
        and     dword [esp+16],~100h
        jmp     .rf
.stepping:
        dec     dword [steps]
.rf:
        mov     eax,[set_rf]
        or      [esp+16],eax
        xor     eax,eax
        mov     dr6,eax
        pop     ecx
        pop     eax
        iretd

%macro  WATCHED 1                       ; start a check: DR7
        mov     dword [count],0
        mov     dword [steps],0
        mov     dword [seen_dr6],-1
        mov     eax,%1
        mov     dr7,eax
%endmacro
%macro  TF_ON 0
        pushfd
        or      dword [esp],100h
        popfd
%endmacro

G0_EXEC         equ     2
G1_EXEC         equ     8
G1_WRITE        equ     00D00008h       ; 4 bytes
G1_ACCESS       equ     00F00008h

tests:
        call    model_find
        GATE    1,CODE,on_debug,8Eh
        RING_OPEN
        mov     eax,WORK+10h
        mov     dr1,eax
        call    together
        call    shadow
        call    resume
        call    faults
        call    registers
        call    repeated
        call    ports
        jmp     returns

together:
        WATCHED G1_WRITE
        TF_ON
        mov     dword [WORK+10h],1
.after: nop
        nop
        IS      [count],1,"single step and data breakpoint: one exception"
        IS      [seen_dr6],4002h,"DR6 has BS and B1"
        IS      [seen_eip],.after,"behind the instruction"
        mov     eax,.there
        mov     dr0,eax
        WATCHED G0_EXEC
        mov     dword [set_rf],10000h
        mov     dword [steps],1
        TF_ON
        nop
.there: nop
.next:  nop
        nop
        mov     dword [set_rf],0
        IS      [seen_eip],.there,"single step to a code breakpoint: first the trap"
        mov     eax,[seen_dr6]
        and     eax,4000h
        IS      eax,4000h,"with BS"
        WATCHED 0
        ret

shadow:
        WATCHED G1_WRITE
        mov     dx,ss
        mov     [WORK+10h],edx
        mov     dword [count],0
        mov     eax,G1_ACCESS
        mov     dr7,eax
        mov     ss,[WORK+10h]           ; the load is watched
.in:    nop
.after: nop
        IS      [count],1,"data breakpoint of MOV SS"
        IS      [seen_eip],.after,"waits for the next instruction"
        mov     eax,.there
        mov     dr0,eax
        WATCHED G0_EXEC
        mov     ss,dx
.there: nop
        IS      [count],0,"a code breakpoint behind MOV SS does not break"
        WATCHED 0
        ret

; RF: who sets it in the image, and that POPF cannot, IRET can, for one instruction.
resume:
        mov     eax,.here
        mov     dr0,eax
        mov     dword [set_rf],10000h
        WATCHED G0_EXEC
        nop
.here:  nop
        IS      [count],1,"with RF set by the handler: one break"
        mov     eax,[seen_flags]
        shr     eax,16
        and     eax,1
        movzx   edx,byte [is_pentium]
        xor     edx,1
        IS      eax,edx,"RF in the image: set by the 386 and 486, not by the Pentium"
        pushfd
        pop     eax
        or      eax,10000h
        push    eax
        WATCHED G0_EXEC
        mov     eax,.popped
        mov     dr0,eax
        popfd
.popped:
        nop
        IS      [count],1,"POPF cannot set RF"
        mov     eax,.again
        mov     dr0,eax
        WATCHED G0_EXEC
        pushfd
        or      dword [esp],10000h
        push    cs
        push    dword .again
        iretd
.again: nop
        IS      [count],0,"IRET can"
        mov     eax,.third
        mov     dr0,eax
        WATCHED G0_EXEC
        pushfd
        or      dword [esp],10000h
        push    cs
        push    dword .second
        iretd
.second:
        nop
.third: nop
        IS      [count],1,"for one instruction only"
        WATCHED 0
        mov     dword [set_rf],0
        ret

; Faults and breakpoints: an instruction that faults reports no data; its code breakpoint comes first.
faults:
        DESC    FREE,WORK,0FFh,92h,4
        mov     ax,FREE
        mov     es,ax
        WATCHED G1_ACCESS
        mov     esi,WORK+10h
        mov     edi,100h
        FAULTS  13,0,"MOVSD whose write faults", movsd
        IS      [count],0,"its read was watched, but it has not happened"
        mov     eax,.ud
        mov     dr0,eax
        mov     dword [set_rf],10000h
        WATCHED G0_EXEC
        mov     dword [trap_resume],.after
        mov     [trap_esp],esp
.ud:    ud2
.after:
        mov     dword [trap_resume],0
        IS      [count],1,"breakpoint on an instruction that faults: first the breakpoint"
        IS      [trap_vector],6,"then the fault"
        test    byte [trap_flags+2],1
        setnz   al
        IS_BYTE al,1,"whose image has RF"
        mov     dword [set_rf],0
        WATCHED 0
        ret

registers:
        WATCHED 0
        mov     eax,-1
        mov     dr6,eax
        mov     eax,dr6
        or      eax,0F000h
        IS      eax,0FFFFFFFFh,"DR6: reserved bits are ones"
        xor     eax,eax
        mov     dr6,eax
        mov     eax,dr6
        IS      eax,0FFFF0FF0h,"DR6: and bit 12 is 0"
        mov     eax,12345678h
        mov     dr3,eax
        mov     eax,dr3
        IS      eax,12345678h,"DR3 holds 32 bits"
        xor     eax,eax
        mov     dr7,eax
        mov     eax,dr7
        IS      eax,400h,"DR7: bit 10 is 1"
        mov     eax,dr5
        IS      eax,400h,"DR5 is DR7"
        mov     eax,dr4
        IS      eax,0FFFF0FF0h,"DR4 is DR6"
        cmp     byte [is_pentium],0
        je      .out
        mov     eax,8
        mov     cr4,eax
        FAULTS  6,NO_ERROR,"CR4.DE: no DR4", mov eax,dr4
        FAULTS  6,NO_ERROR,"CR4.DE: no DR5", mov dr5,eax
        xor     eax,eax
        mov     cr4,eax
        RING3
        FAULTS  13,0,"MOV to DR0 in ring 3", mov dr0,eax
.out:   ret

repeated:
        WATCHED G1_WRITE
        mov     edi,WORK+0Ch
        mov     ecx,3
.rep:   rep     stosd
.after: nop
        IS      [count],1,"REP STOSD: one of three"
        IS      [seen_eip],.rep,"between iterations EIP is at it"
        WATCHED G1_WRITE
        mov     edi,WORK+0Ch
        mov     ecx,2
.rep2:  rep     stosd
.after2:
        nop
        IS      [count],1,"in the last iteration"
        IS      [seen_eip],.after2,"EIP is behind it"
        WATCHED G1_WRITE
        mov     word [WORK+0Eh],0
        IS      [count],0,"a word in front"
        mov     dword [WORK+0Dh],0
        IS      [count],1,"a dword that reaches into it"
        WATCHED G1_WRITE
        lock    inc dword [WORK+10h]
        IS      [count],1,"LOCK INC"
        WATCHED G1_WRITE
        xchg    [WORK+10h],eax
        IS      [count],1,"XCHG"
        WATCHED G1_WRITE
        mov     ecx,esp
        mov     esp,WORK+14h
        call    .called
.called:
        mov     esp,ecx
        IS      [count],1,"CALL pushes there"
        WATCHED 0
        ret

ports:
        cmp     byte [is_pentium],0
        je      .out
        mov     eax,8
        mov     cr4,eax
        mov     eax,80h
        mov     dr2,eax
        WATCHED 02000020h               ; G2: I/O, one byte
        mov     al,[80h]
        mov     [80h],al
        IS      [count],0,"I/O breakpoint: not memory"
        out     80h,al
.after: nop
        IS      [count],1,"OUT"
        IS      [seen_eip],.after,"a trap"
        IS      [seen_dr6],4,"DR6.B2"
        WATCHED 02000020h
        in      al,80h
        nop
        IS      [count],1,"IN"
        WATCHED 02000020h
        out     81h,al
        nop
        IS      [count],0,"another port"
        WATCHED 0E000020h               ; four bytes
        out     83h,al
        nop
        IS      [count],1,"the last of four"
        WATCHED 02000020h
        mov     edx,80h
        mov     esi,WORK
        mov     ecx,3
        rep     outsb
        nop
        IS      [count],3,"each iteration of REP OUTSB"
        xor     eax,eax
        mov     cr4,eax
        WATCHED 0
.out:   ret

; TF by IRET; a single step out of ring 3; TF in an interrupt handler is clear.
returns:
        WATCHED 0
        pushfd
        or      dword [esp],100h
        push    cs
        push    dword .one
        iretd
.one:   nop
.two:   nop
        IS      [count],1,"TF by IRET: one trap"
        IS      [seen_eip],.two,"after the instruction it returned to"
        WATCHED 0
        GATE    40h,CODE,.handler,0EEh
        mov     dword [steps],1
        TF_ON
        nop
        int     40h
.back:  nop
        nop
        IS      [count],2,"a handler is not stepped through"
        IS      [seen_eip+4],.back+1,"the instruction behind INT is"
        ret
.handler:
        nop
        nop
        iretd

count:          dd      0
steps:          dd      0
set_rf:         dd      0
seen_dr6:       dd      0,0,0,0
seen_eip:       dd      0,0,0,0
seen_flags:     dd      0,0,0,0

        TEST_END
