; Single step, breakpoints and the debug registers (SDM volume 3, chapter 17; PRM 12).
; run: -cpu 386
; run: -cpu pentium

%include "cpu_test.inc"

; #DB handler: counts, keeps DR6 and EIP of the last trap and of the first, clears TF and GD; instruction breakpoints go
; on by the RF that the processor pushed.
on_debug:
        push    eax
        inc     dword [count]
        mov     eax,dr6
        mov     [seen_dr6],eax
        mov     eax,[esp+4]
        mov     [seen_eip],eax
        cmp     dword [count],1
        jne     .more
        mov     [first_eip],eax
.more:
        mov     eax,[esp+12]
        mov     [seen_flags],eax
        cmp     dword [steps],1
        sbb     eax,eax                 ; TF off after so many steps
        and     eax,100h
        not     eax
        dec     dword [steps]
        and     [esp+12],eax
        xor     eax,eax
        mov     dr6,eax
        pop     eax
        iretd

%macro  WATCHED 0                       ; start a check
        mov     dword [count],0
        mov     dword [steps],0
        mov     dword [seen_dr6],0
%endmacro
%macro  TF_ON 0
        pushfd
        or      dword [esp],100h
        popfd
%endmacro
%macro  DR6_IS 2
        mov     eax,[seen_dr6]
        and     eax,0E00Fh
        IS      eax,%1,%2
%endmacro
%macro  DR7_SET 1
        mov     eax,%1
        mov     dr7,eax
%endmacro

tests:
        GATE    1,CODE,on_debug,8Eh
        call    single_step
        call    execute
        call    data
        call    guard
        jmp     traps

single_step:
        WATCHED
        TF_ON
.one:   inc     eax
.two:   inc     eax
        IS      [count],1,"TF set by POPF: one trap"
        IS      [seen_eip],.two,"after the instruction behind POPF"
        DR6_IS  4000h,"DR6.BS"
        WATCHED
        mov     dword [steps],5
        mov     ecx,3
        mov     edi,WORK
        TF_ON
.rep:   rep     stosb
.next:  nop
        nop
        nop
        nop
        IS      [count],6,"each iteration of REP is a step"
        IS      [first_eip],.rep,"EIP stays at it"
        WATCHED
        GATE    40h,CODE,on_int,8Eh
        TF_ON
        int     40h
.back:  nop
        mov     ecx,[count]
        IS      ecx,0,"INT takes its own step away"
        pushfd
        and     dword [esp],~100h
        popfd
        WATCHED
        mov     dword [steps],1
        TF_ON
        mov     ax,ss
.load:  mov     ss,ax
.shade: nop
.after: nop
        IS      [count],2,"MOV SS: two traps for three instructions"
        ret
on_int:
        and     dword [esp+8],~100h
        iretd

execute:
        mov     eax,.here
        mov     dr0,eax
        WATCHED
        DR7_SET 2                       ; G0, execute, length 1
        xor     ecx,ecx
        nop
.here:  inc     ecx
        nop
        IS      ecx,1,"breakpoint: the instruction runs once"
        IS      [count],1,"and breaks once"
        IS      [seen_eip],.here,"a fault: EIP before it"
        DR6_IS  1,"DR6.B0"
        test    byte [seen_flags+2],1
        setnz   al
        IS_BYTE al,1,"RF in the pushed flags"
        pushfd
        pop     eax
        shr     eax,16
        and     eax,1
        IS      eax,0,"PUSHF stores RF as 0"
        WATCHED
        DR7_SET 0
        call    .here_again
        IS      [count],0,"DR7 = 0: no break"
        mov     eax,.here_again
        mov     dr0,eax
        DR7_SET 1
        call    .here_again
        call    .here_again
        IS      [count],2,"L0: breaks every time"
        DR7_SET 0
        ret
.here_again:
        nop
        ret

data:
        mov     eax,WORK+10h
        mov     dr1,eax
        WATCHED
        DR7_SET 00D00008h               ; G1, write, 4 bytes
        mov     eax,[WORK+10h]
        IS      [count],0,"write watch: a read does not trap"
        mov     dword [WORK+10h],1
.after: nop
        IS      [count],1,"a write does"
        IS      [seen_eip],.after,"a trap: EIP behind it"
        DR6_IS  2,"DR6.B1"
        mov     word [WORK+0Fh],0
        IS      [count],2,"an overlapping word"
        mov     byte [WORK+0Fh],0
        mov     byte [WORK+14h],0
        IS      [count],2,"neighbours do not"
        inc     byte [WORK+13h]
        IS      [count],3,"read-modify-write"
        WATCHED
        mov     edi,WORK+0Ch
        mov     ecx,12
        rep     stosb
        IS      [count],4,"REP STOSB: a trap for each byte inside"
        WATCHED
        DR7_SET 00F00008h               ; read or write
        mov     al,[WORK+12h]
        IS      [count],1,"access watch: a read"
        WATCHED
        mov     [esp_save],esp
        mov     esp,WORK+14h
        push    eax
        mov     esp,[esp_save]
        IS      [count],1,"a push"
        mov     eax,WORK+20h
        mov     dr2,eax
        mov     dr3,eax
        WATCHED
        DR7_SET 11000000h|0A0h          ; G2 and G3: write, one byte, both at one place
        mov     byte [WORK+20h],1
        DR6_IS  0Ch,"two at once: B2 and B3"
        DR7_SET 0
        WATCHED
        ret

; DR7.GD: any access to a debug register is a fault before it, and the handler finds GD clear.
guard:
        WATCHED
        DR7_SET 2000h
.insn:  mov     eax,dr0
        IS      [count],1,"GD: #DB"
        IS      [seen_eip],.insn,"before the access"
        DR6_IS  2000h,"DR6.BD"
        mov     eax,dr7
        test    ah,20h
        setnz   al
        IS_BYTE al,0,"GD is clear afterwards"
        mov     eax,dr7
        and     eax,400h
        IS      eax,400h,"DR7 bit 10 reads as 1"
        ret

traps:
        GATE_BACK 1
        RING_OPEN
        mov     dword [trap_resume],.int3
        mov     [trap_esp],esp
        int3
.after: nop
.int3:  IS      [trap_vector],3,"INT3"
        IS      [trap_eip],.after,"a trap: EIP behind it"
        mov     dword [trap_resume],.icebp
        db      0F1h
.after_icebp:
        nop
.icebp: IS      [trap_vector],1,"INT1 (F1h)"
        IS      [trap_eip],.after_icebp,"EIP behind it"
        mov     dword [trap_vector],-1
        mov     dword [trap_resume],.into
        mov     al,7Fh
        inc     al
        into
.after_into:
        nop
.into:  IS      [trap_vector],4,"INTO with OF"
        IS      [trap_eip],.after_into,"EIP behind it"
        mov     dword [trap_resume],0
        RUNS    "INTO without OF", into
        ; BOUND is a fault.
        mov     dword [WORK],5
        mov     dword [WORK+4],9
        mov     eax,9
        RUNS    "BOUND inside", bound eax,[WORK]
        mov     eax,10
        FAULTS  5,NO_ERROR,"BOUND outside", bound eax,[WORK]
        mov     eax,-1
        FAULTS  5,NO_ERROR,"BOUND is signed", bound eax,[WORK]
        RING3
        FAULTS  13,0,"MOV from DR7 in ring 3", mov eax,dr7
        ret

count:          dd      0
steps:          dd      0
seen_dr6:       dd      0
seen_eip:       dd      0
first_eip:      dd      0
seen_flags:     dd      0
esp_save:       dd      0

        TEST_END
