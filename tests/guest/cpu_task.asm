; Task switches by JMP, CALL, IRET and task gate, 32-bit and 16-bit TSS (SDM volume 3, chapter 7; PRM 7).
; run: -cpu 386
; run: -cpu pentium

%include "cpu_test.inc"

TASK            equ     FREE            ; 32-bit TSS at TSS2
TASK16          equ     FREE+8          ; 16-bit TSS at TSS3
ABSENT          equ     FREE+10h
LIMITED         equ     FREE+18h        ; limit 66h
TASK_GATE       equ     FREE+20h
LOCAL           equ     FREE+28h        ; an LDT
TASK_STACK      equ     WORK+1000h
TSS2            equ     WORK
TSS3            equ     WORK+200h
LDT_AT          equ     WORK+300h
SEEN            equ     WORK+400h

%macro  TASK_SETUP 1                    ; entry point
        mov     edi,TSS2
        mov     ecx,26
        xor     eax,eax
        rep     stosd
        mov     dword [TSS2+20h],%1
        mov     dword [TSS2+24h],2
        mov     dword [TSS2+28h],0A0A0A0A0h
        mov     dword [TSS2+2Ch],0C1C1C1C1h
        mov     dword [TSS2+38h],TASK_STACK
        mov     dword [TSS2+44h],0D7D7D7D7h     ; EDI
        mov     word [TSS2+48h],DATA
        mov     word [TSS2+4Ch],CODE
        mov     word [TSS2+50h],DATA
        mov     word [TSS2+54h],DATA
        mov     word [TSS2+66h],68h
        DESC    TASK,TSS2,67h,89h,0
%endmacro

tests:
        DESC    ABSENT,TSS2,67h,09h,0
        DESC    LIMITED,TSS2,66h,89h,0
        DESC    LOCAL,LDT_AT,0Fh,82h,0
        mov     dword [LDT_AT+8],0000FFFFh
        mov     dword [LDT_AT+12],00CF9200h
        call    by_jmp
        call    by_call
        call    by_gate
        call    refused
        call    trap_bit
        call    sixteen
        ret

; ---- JMP ---------------------------------------------------------------------------------------------------

by_jmp:
        TASK_SETUP jmp_task
        mov     word [TSS2+60h],LOCAL
        clts
        mov     ebx,0B3B3B3B3h
        mov     dword [tss],0FFFFFFFFh
        jmp     TASK:12345678h
.back:
        IS      [SEEN],0A0A0A0A0h,"EAX from the TSS"
        IS      [SEEN+4],0C1C1C1C1h,"ECX"
        IS      [SEEN+8],TASK_STACK,"ESP"
        IS      [SEEN+12],0D7D7D7D7h,"EDI"
        IS_WORD [SEEN+16],TASK,"TR"
        IS_WORD [SEEN+20],LOCAL,"LDTR from the TSS"
        IS_BYTE [SEEN+24],8Bh,"JMP: the new task is busy"
        IS_BYTE [SEEN+25],89h,"JMP: the old one is not"
        IS      [SEEN+28],2,"EFLAGS, NT clear"
        test    byte [SEEN+32],8
        setnz   al
        IS_BYTE al,1,"CR0.TS set"
        IS      [tss],0FFFFFFFFh,"JMP writes no link to the old TSS"
        IS_WORD [TSS2],0,"nor to the new one"
        IS      [tss+20h],.back,"old EIP saved"
        IS      [tss+34h],0B3B3B3B3h,"old EBX saved"
        IS      ebx,0B3B3B3B3h,"and loaded"
        IS_BYTE [gdt+TASK+5],89h,"back: the other is free"
        IS_BYTE [gdt+TSS+5],8Bh,"back: busy again"
        IS      [TSS2+20h],jmp_task_end,"EIP saved behind the JMP"
        sldt    ax
        movzx   eax,ax
        IS      eax,0,"LDTR is back"
        ret

jmp_task:
        mov     [SEEN],eax
        mov     [SEEN+4],ecx
        mov     [SEEN+8],esp
        mov     [SEEN+12],edi
        str     [SEEN+16]
        sldt    [SEEN+20]
        mov     al,[gdt+TASK+5]
        mov     [SEEN+24],al
        mov     al,[gdt+TSS+5]
        mov     [SEEN+25],al
        pushfd
        pop     dword [SEEN+28]
        mov     eax,cr0
        mov     [SEEN+32],eax
        jmp     TSS:0
jmp_task_end:
        hlt

; ---- CALL and IRET -------------------------------------------------------------------------------------------

by_call:
        TASK_SETUP call_task
        mov     word [tss],0
        call    TASK:0
.back:
        IS_WORD [SEEN],TSS,"CALL: link to the caller"
        IS_WORD [SEEN+4],4002h,"CALL: NT is set"
        IS_BYTE [SEEN+8],8Bh,"CALL: the caller stays busy"
        IS_BYTE [gdt+TASK+5],89h,"IRET: the task is free"
        IS_BYTE [gdt+TSS+5],8Bh,"IRET: the caller is busy"
        IS      [tss+20h],.back,"EIP of the caller"
        pushfd
        pop     eax
        and     eax,4000h
        IS      eax,0,"IRET: NT as the caller had it"
        call    TASK:0
        IS      [SEEN+12],2,"the second call goes on behind the IRET"
        test    byte [TSS2+24h+1],40h
        setnz   al
        IS_BYTE al,0,"IRET saves EFLAGS with NT clear"
        ret

call_task:
        mov     ax,[TSS2]
        mov     [SEEN],ax
        pushfd
        pop     eax
        mov     [SEEN+4],ax
        mov     al,[gdt+TSS+5]
        mov     [SEEN+8],al
        mov     dword [SEEN+12],1
        iretd
        inc     dword [SEEN+12]
        iretd

; ---- task gates ------------------------------------------------------------------------------------------------

by_gate:
        TASK_SETUP gate_task
        mov     dword [gdt+TASK_GATE],TASK<<16
        mov     dword [gdt+TASK_GATE+4],8500h
        mov     dword [SEEN],0
        call    TASK_GATE:0
        IS      [SEEN],1,"CALL through a task gate"
        TASK_SETUP gate_task
        mov     dword [idt+70h*8],TASK<<16
        mov     dword [idt+70h*8+4],8500h
        int     70h
        IS      [SEEN],2,"INT through a task gate"
        IS_WORD [TSS2],TSS,"its link"
        ; An exception with an error code pushes it on the new task's stack (SDM 3, 6.14).
        TASK_SETUP fault_task
        mov     eax,[idt+13*8]
        mov     edx,[idt+13*8+4]
        mov     dword [idt+13*8],TASK<<16
        mov     dword [idt+13*8+4],8500h
        push    eax
        mov     ax,gdt_end-gdt
        mov     dword [SEEN+8],.after
.insn:  mov     fs,ax
.after:
        pop     eax
        mov     [idt+13*8],eax
        mov     [idt+13*8+4],edx
        IS      [SEEN],gdt_end-gdt,"error code on the task's stack"
        IS      [SEEN+4],.insn,"EIP of the fault in the old TSS"
        ret

gate_task:
        inc     dword [SEEN]
        iretd

fault_task:
        pop     dword [SEEN]
        mov     eax,[tss+20h]
        mov     [SEEN+4],eax
        mov     eax,[SEEN+8]
        mov     [tss+20h],eax           ; go on behind the instruction
        iretd

; ---- what must fault -----------------------------------------------------------------------------------------

refused:
        TASK_SETUP gate_task
        FAULTS  13,TSS,"CALL of a busy TSS", call TSS:0
        FAULTS  11,ABSENT,"absent TSS: #NP", jmp ABSENT:0
        FAULTS  10,LIMITED,"limit below 67h: #TS", jmp LIMITED:0
        FAULTS  13,TASK|4,"TSS selector with TI", jmp TASK|4:0
        mov     ax,TSS
        FAULTS  13,TSS,"LTR of a busy TSS", ltr ax
        mov     ax,DATA
        FAULTS  13,DATA,"LTR of data", ltr ax
        mov     ax,ABSENT
        FAULTS  11,ABSENT,"LTR of an absent TSS", ltr ax
        xor     ax,ax
        FAULTS  13,0,"LTR of null", ltr ax
        mov     ax,DATA
        FAULTS  13,DATA,"LLDT of data", lldt ax
        mov     word [tss],DATA
        pushfd
        or      dword [esp],4000h
        popfd
        FAULTS  10,DATA,"IRET with NT, link to data: #TS", iretd
        mov     word [tss],TASK
        pushfd
        or      dword [esp],4000h
        popfd
        FAULTS  10,TASK,"IRET with NT, link to a free TSS: #TS", iretd
        pushfd
        and     dword [esp],~4000h
        popfd
        ret

; ---- the T bit: a debug trap before the task's first instruction (SDM 3, 17.3.1.5) -----------------------------

trap_bit:
        TASK_SETUP gate_task
        mov     byte [TSS2+64h],1
        mov     dword [SEEN],0
        GATE    1,CODE,on_debug,8Eh
        xor     eax,eax
        mov     dr6,eax
        call    TASK:0
        GATE_BACK 1
        IS      [SEEN+4],gate_task,"T bit: #DB before the first instruction"
        mov     eax,[SEEN+8]
        and     eax,0E00Fh
        IS      eax,8000h,"DR6.BT"
        IS      [SEEN],1,"and the task runs"
        ret

on_debug:
        push    eax
        mov     eax,[esp+4]
        mov     [SEEN+4],eax
        mov     eax,dr6
        mov     [SEEN+8],eax
        pop     eax
        iretd

; ---- 16-bit TSS --------------------------------------------------------------------------------------------------

sixteen:
        DESC    TASK16,TSS3,2Bh,81h,0
        mov     edi,TSS3
        mov     ecx,11
        xor     eax,eax
        rep     stosd
        mov     word [TSS3+0Eh],task16
        mov     word [TSS3+10h],2
        mov     word [TSS3+12h],1234h   ; AX
        mov     word [TSS3+1Ah],STACK0  ; SP
        mov     word [TSS3+22h],DATA16  ; ES
        mov     word [TSS3+24h],CODE16
        mov     word [TSS3+26h],DATA16
        mov     word [TSS3+28h],DATA
        mov     dword [SEEN],0
        call    TASK16:0
        IS_WORD [SEEN],1234h,"16-bit TSS: AX"
        IS_WORD [SEEN+2],TSS,"its link"
        IS_BYTE [SEEN+4],83h,"busy 16-bit TSS"
        IS_BYTE [gdt+TASK16+5],81h,"free again"
        IS_WORD [TSS3+0Eh],task16_end,"IP saved in its own format"
        ret
        bits    16
task16:
        mov     [dword SEEN],ax
        mov     ax,[dword TSS3]
        mov     [dword SEEN+2],ax
        mov     al,[dword gdt+TASK16+5]
        mov     [dword SEEN+4],al
        iret
task16_end:
        hlt
        bits    32

        TEST_END
