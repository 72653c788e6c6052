; Task switches that go wrong or between kinds: faults in the context of the new task, links through nested tasks, 16-bit TSS
; by every way in, V86 tasks, page tables, debug registers (SDM volume 3, 7.2 to 7.7, table 7-1; PRM 7).
; run: -cpu 386
; run: -cpu pentium

%include "cpu_test.inc"

TASK            equ     FREE            ; 32-bit TSS at TSS2
TASK16          equ     FREE+8          ; 16-bit TSS at TSS3
THIRD           equ     FREE+10h        ; 32-bit TSS at TSS4
LOCAL           equ     FREE+18h        ; LDT
ABSENT          equ     FREE+20h        ; data, not present
CODE_ABSENT     equ     FREE+28h
LDT_ABSENT      equ     FREE+30h
SHORT_CODE      equ     FREE+38h        ; limit 0FFFh
READ_ONLY       equ     FREE+40h
GATE_TASK       equ     FREE+48h        ; task gate of DPL 3 to TASK
GATE_ABSENT     equ     FREE+50h
GATE_DATA       equ     FREE+58h        ; task gate that leads to data
USER_TSS        equ     FREE+60h        ; as TASK, but DPL 3
TSS2            equ     WORK
TSS3            equ     WORK+200h
TSS4            equ     WORK+400h
LDT_AT          equ     WORK+600h
SEEN            equ     WORK+800h
TASK_STACK      equ     WORK+1000h
DIR             equ     40000h          ; page tables: two directories, one table
DIR2            equ     41000h
TABLE           equ     42000h
TABLE2          equ     43000h

; TSS2, ready to run at this address in ring 0.
%macro  TASK_SETUP 1
        mov     edi,TSS2
        call    clear_tss
        mov     dword [TSS2+20h],%1
        DESC    TASK,TSS2,67h,89h,0
        DESC    USER_TSS,TSS2,67h,0E9h,0
%endmacro

clear_tss:
        push    edi
        mov     ecx,26
        xor     eax,eax
        rep     stosd
        pop     edi
        mov     dword [edi+24h],2
        mov     dword [edi+38h],TASK_STACK
        mov     dword [edi+4],TASK_STACK-200h   ; ring 0 of the task
        mov     dword [edi+8],DATA
        mov     word [edi+48h],DATA
        mov     word [edi+4Ch],CODE
        mov     word [edi+50h],DATA
        mov     word [edi+54h],DATA
        mov     word [edi+58h],DATA
        mov     word [edi+5Ch],DATA
        mov     word [edi+66h],68h
        mov     dword [edi+1Ch],DIR
        ret

tests:
        RING_OPEN
        DESC    LOCAL,LDT_AT,0Fh,82h,0
        DESC    LDT_ABSENT,LDT_AT,0Fh,02h,0
        DESC    ABSENT,0,0FFFFFh,12h,0Ch
        DESC    CODE_ABSENT,0,0FFFFFh,1Ah,0Ch
        DESC    SHORT_CODE,0,0FFFh,9Ah,4
        DESC    READ_ONLY,0,0FFFFFh,90h,0Ch
        mov     dword [LDT_AT+8],0000FFFFh
        mov     dword [LDT_AT+12],00CF9200h
        call    bad_contexts
        call    gates
        call    nested
        call    flags
        call    sixteen
        call    v86_task
        call    debug_bits
        jmp     paging

; ---- what the new task's first fault looks like ------------------------------------------------------------------

; Switches by CALL to a task whose TSS has this word at this offset; the fault is its own: TR is TASK, the old task is
; saved, and the handler's frame has the new CS:EIP. IRET of the handler's task comes back here.
%macro  BAD 5                           ; offset in the TSS, value, vector, error, name
        TASK_SETUP task_end
        mov     word [TSS2+%1],%2
        call    try_task
        IS      [bad_vector],%3,%5
%strcat its_name %5," (error code)"
        IS      [bad_error],%4,its_name
%strcat its_name %5," (in the new task)"
        IS_WORD [bad_tr],TASK,its_name
%endmacro

try_task:
        GATE    10,CODE,on_ts,8Eh
        GATE    11,CODE,on_np,8Eh
        GATE    12,CODE,on_ss,8Eh
        GATE    13,CODE,on_gp,8Eh
        mov     dword [bad_vector],-1
        mov     dword [bad_error],-1
        mov     word [bad_tr],0
        mov     [bad_esp],esp
        call    TASK:0
try_back:
        mov     ax,DATA
        mov     ds,ax
        mov     es,ax
        mov     ss,ax
        mov     esp,[bad_esp]
        pushfd
        and     dword [esp],~4000h      ; NT
        popfd
        xor     ax,ax
        lldt    ax
        and     byte [gdt+TASK+5],~2
        and     byte [gdt+TSS+5],~2
        mov     ax,TSS
        ltr     ax
        GATE_BACK 10
        GATE_BACK 11
        GATE_BACK 12
        GATE_BACK 13
        ret
on_ts:  push    byte 10
        jmp     on_bad
on_np:  push    byte 11
        jmp     on_bad
on_ss:  push    byte 12
        jmp     on_bad
on_gp:  push    byte 13
on_bad:
        mov     ax,DATA                 ; some are not loaded yet
        mov     ds,ax
        pop     dword [bad_vector]
        pop     dword [bad_error]
        pop     dword [bad_eip]
        pop     dword [bad_cs]
        pop     dword [bad_flags]
        str     [bad_tr]
        jmp     CODE:try_back

task_end:
        iretd
        jmp     task_end

bad_contexts:
        BAD     4Ch,0,10,0,"CS null: #TS"
        BAD     4Ch,DATA,10,DATA,"CS is data: #TS"
        BAD     4Ch,CODE_ABSENT,11,CODE_ABSENT,"CS absent: #NP"
        BAD     4Ch,UCODE&~3,10,UCODE&~3,"CS of DPL 3 with RPL 0: #TS"
        BAD     4Ch,200h,10,200h,"CS beyond the GDT: #TS"
        BAD     50h,0,10,0,"SS null: #TS"
        BAD     50h,READ_ONLY,10,READ_ONLY,"SS read-only: #TS"
        BAD     50h,ABSENT,12,ABSENT,"SS absent: #SS"
        BAD     50h,UDATA,10,UDATA&~3,"SS of another ring: #TS"
        BAD     54h,TSS,10,TSS,"DS is a TSS: #TS"
        BAD     54h,ABSENT,11,ABSENT,"DS absent: #NP"
        BAD     48h,DATA|3,10,DATA,"ES with RPL 3 on DPL 0: #TS"
        BAD     5Ch,ABSENT,11,ABSENT,"GS absent: #NP"
        BAD     60h,DATA,10,DATA,"LDT is data: #TS"
        BAD     60h,LDT_ABSENT,10,LDT_ABSENT,"LDT absent: #TS"
        BAD     60h,LOCAL|4,10,LOCAL|4,"LDT selector with TI: #TS"
        IS      [bad_eip],task_end,"EIP in the frame is the new task's"
        mov     eax,[bad_flags]
        and     eax,4000h
        IS      eax,4000h,"NT is set there"
        IS      [tss+20h],try_back,"the old task's EIP is saved"
        TASK_SETUP 1000h
        mov     word [TSS2+4Ch],SHORT_CODE
        call    try_task
        IS      [bad_vector],13,"EIP beyond the limit of CS: #GP(0)"
        IS      [bad_error],0,"its error code"
        IS      [bad_eip],1000h,"its EIP"
        IS_WORD [bad_cs],SHORT_CODE,"its CS"
        IS_WORD [bad_tr],TASK,"in the new task"
        ; The busy bits and the link stand when the fault comes.
        IS_WORD [TSS2],TSS,"link of the task that could not begin"
        ret

; ---- gates that do not lead there ----------------------------------------------------------------------------------

%macro  TASK_GATE 3                     ; selector, target, access byte
        mov     dword [gdt+%1],(%2)<<16
        mov     dword [gdt+%1+4],(%3)<<8
%endmacro

gates:
        TASK_SETUP task_end
        TASK_GATE GATE_TASK,TASK,0E5h
        TASK_GATE GATE_ABSENT,TASK,65h
        TASK_GATE GATE_DATA,DATA,0E5h
        FAULTS  11,GATE_ABSENT,"absent task gate: #NP", call GATE_ABSENT:0
        FAULTS  13,DATA,"task gate to data: #GP", call GATE_DATA:0
        TASK_GATE GATE_DATA,0,0E5h
        FAULTS  13,0,"task gate to null: #GP(0)", call GATE_DATA:0
        TASK_GATE GATE_DATA,TSS,0E5h
        FAULTS  13,TSS,"task gate to a busy TSS: #GP", jmp GATE_DATA:0
        TASK_GATE GATE_DATA,TASK|4,0E5h
        FAULTS  13,TASK|4,"task gate with TI: #GP", jmp GATE_DATA:0
        and     byte [gdt+TASK+5],7Fh
        FAULTS  11,TASK,"task gate to an absent TSS: #NP", call GATE_TASK:0
        or      byte [gdt+TASK+5],80h
        RING3
        FAULTS  13,TASK,"CALL of a TSS of DPL 0 from ring 3", call TASK:0
        ; Through a gate of DPL 3 ring 3 may, whatever the DPL of the TSS; and back.
        RING3
        mov     ebx,0CAFE0003h
        call    GATE_TASK|3:0
        mov     edx,cs
        RING0
        IS      edx,UCODE,"ring 3 calls a ring 0 task by a gate and is itself again"
        IS      ebx,0CAFE0003h,"with its registers"
        RING3
        call    USER_TSS|3:0
        mov     edx,ss
        RING0
        IS      edx,UDATA,"and a TSS of DPL 3 directly"
        ret

; ---- a task in a task ----------------------------------------------------------------------------------------------

nested:
        mov     edi,TSS4
        call    clear_tss
        mov     dword [TSS4+20h],.third
        mov     dword [TSS4+38h],TASK_STACK+800h
        DESC    THIRD,TSS4,67h,89h,0
        TASK_SETUP .second
        call    TASK:0
        IS_WORD [SEEN],THIRD,"the innermost task"
        IS_WORD [SEEN+2],TASK,"its link"
        IS_WORD [SEEN+4],TSS,"the link of the second"
        IS_BYTE [SEEN+6],8Bh,"busy: the first"
        IS_BYTE [SEEN+7],8Bh,"the second"
        IS_BYTE [SEEN+8],8Bh,"the third"
        IS_BYTE [gdt+THIRD+5],89h,"afterwards the third is free"
        IS_BYTE [gdt+TASK+5],89h,"and the second"
        IS_BYTE [gdt+TSS+5],8Bh,"the first is busy"
        ; JMP out of a called task: it becomes free, the caller stays busy.
        TASK_SETUP .jumper
        mov     dword [TSS4+20h],.jumped
        call    TASK:0
        IS_BYTE [SEEN],89h,"JMP leaves a called task: it is free"
        IS_BYTE [SEEN+1],8Bh,"its caller is still busy"
        IS_BYTE [SEEN+2],0,"NT is not set in the new one"
        ret
.second:
        call    THIRD:0
        iretd
.third:
        str     [SEEN]
        mov     ax,[TSS4]
        mov     [SEEN+2],ax
        mov     ax,[TSS2]
        mov     [SEEN+4],ax
        mov     al,[gdt+TSS+5]
        mov     [SEEN+6],al
        mov     al,[gdt+TASK+5]
        mov     [SEEN+7],al
        mov     al,[gdt+THIRD+5]
        mov     [SEEN+8],al
        iretd
.jumper:
        jmp     THIRD:0
.jumped:
        mov     al,[gdt+TASK+5]
        mov     [SEEN],al
        mov     al,[gdt+TSS+5]
        mov     [SEEN+1],al
        pushfd
        pop     eax
        shr     eax,14
        and     al,1
        mov     [SEEN+2],al
        mov     word [TSS4],TSS         ; back to the first by hand
        pushfd
        or      dword [esp],4000h
        popfd
        iretd

; ---- flags that travel ---------------------------------------------------------------------------------------------

flags:
        TASK_SETUP .task
        mov     dword [TSS2+24h],0C93h  ; OF DF SF AF CF
        std
        stc
        call    TASK:0
        pushfd
        cld
        pop     eax
        and     eax,4C01h
        IS      eax,401h,"the caller's flags come back, NT clear"
        IS      [SEEN],4C93h,"the task's flags from its TSS, with NT"
        mov     eax,[tss+24h]
        and     eax,4401h
        IS      eax,401h,"saved without NT"
        ; TS is set, and CR0.TS does not stop integer instructions.
        mov     eax,cr0
        and     eax,8
        IS      eax,8,"CR0.TS after a switch"
        clts
        ; NT set by POPF: IRET follows the link.
        TASK_SETUP .linked
        or      byte [gdt+TASK+5],2     ; as if it had called us
        mov     word [tss],TASK
        mov     dword [SEEN],0
        pushfd
        or      dword [esp],4000h
        popfd
        iretd
.after:
        IS      [SEEN],1,"IRET with NT set by hand goes where the link says"
        mov     word [tss],0
        ret
.task:
        pushfd
        pop     dword [SEEN]
        cld
        iretd
.linked:
        mov     dword [SEEN],1
        mov     al,[gdt+TSS+5]
        mov     [SEEN+4],al
        jmp     TSS:0

; ---- 16-bit TSS ----------------------------------------------------------------------------------------------------

setup16:
        DESC    TASK16,TSS3,2Bh,81h,0
        mov     edi,TSS3
        mov     ecx,11
        xor     eax,eax
        rep     stosd
        mov     word [TSS3+2],TASK_STACK-WORK
        mov     word [TSS3+0Eh],task16
        mov     word [TSS3+10h],2
        mov     word [TSS3+12h],1111h   ; AX CX DX BX SP BP SI DI
        mov     word [TSS3+14h],2222h
        mov     word [TSS3+16h],3333h
        mov     word [TSS3+18h],4444h
        mov     word [TSS3+1Ah],5000h
        mov     word [TSS3+1Ch],6666h
        mov     word [TSS3+1Eh],7777h
        mov     word [TSS3+20h],8888h
        mov     word [TSS3+22h],DATA16
        mov     word [TSS3+24h],CODE16
        mov     word [TSS3+26h],DATA16
        mov     word [TSS3+28h],DATA
        mov     dword [SEEN],0
        ret

sixteen:
        call    setup16
        mov     ax,DATA
        mov     fs,ax
        mov     byte [leave16],0
        jmp     TASK16:0
.back1:
        IS_WORD [SEEN],1111h,"JMP to a 16-bit TSS: AX"
        IS_WORD [SEEN+2],8888h,"DI"
        IS_WORD [SEEN+4],5000h,"SP"
        IS_WORD [SEEN+6],DATA16,"SS"
        IS_WORD [SEEN+8],0,"FS is null"
        IS      [tss+20h],.back1,"the 32-bit task is saved in its own format"
        IS_WORD [TSS3+12h],0AAAAh,"and the 16-bit one in its own"
        IS_WORD [TSS3+2Ah],0,"no more than that is written"
        mov     eax,fs
        IS      eax,DATA,"FS of the 32-bit task is back"
        call    setup16
        mov     dword [idt+71h*8],TASK16<<16
        mov     dword [idt+71h*8+4],8500h
        mov     byte [leave16],1
        int     71h
        IS_WORD [SEEN],1111h,"INT through a task gate to a 16-bit TSS"
        IS_WORD [TSS3],TSS,"its link"
        call    setup16
        mov     eax,[idt+13*8]
        mov     edx,[idt+13*8+4]
        mov     dword [idt+13*8],TASK16<<16
        mov     dword [idt+13*8+4],8500h
        mov     byte [leave16],2
        push    eax
        mov     ax,gdt_end-gdt
        mov     ebx,.after
.insn:  mov     fs,ax
.after: pop     eax
        mov     [idt+13*8],eax
        mov     [idt+13*8+4],edx
        IS_WORD [SEEN+4],4FFEh,"a fault pushes its error code there as a word"
        IS_WORD [SEEN+10],gdt_end-gdt,"the error code"
        call    setup16
        mov     word [gdt+TASK16],2Ah
        FAULTS  10,TASK16,"16-bit TSS with limit 2Ah: #TS", call TASK16:0
        mov     ax,DATA
        mov     fs,ax
        ret
        bits    16
task16:
        mov     [dword SEEN],ax
        mov     [dword SEEN+2],di
        mov     [dword SEEN+4],sp
        mov     [dword SEEN+6],ss
        mov     [dword SEEN+8],fs
        mov     ax,0AAAAh
        cmp     byte [dword leave16],1
        je      .iret
        ja      .error
        jmp     TSS:0
.error: pop     word [dword SEEN+10]
        mov     eax,[dword tss+34h]     ; EBX of the faulting task: where to go on
        mov     [dword tss+20h],eax
.iret:  iret
        bits    32
leave16:        db      0

; ---- V86 tasks -----------------------------------------------------------------------------------------------------

v86_task:
        mov     edi,TSS4
        call    clear_tss
        mov     dword [TSS4+20h],.code-1000h
        mov     dword [TSS4+24h],23002h ; VM, IOPL 3
        mov     dword [TSS4+38h],0FFEh
        mov     dword [TSS4+4Ch],100h   ; CS
        mov     dword [TSS4+50h],4000h  ; SS
        mov     dword [TSS4+54h],1234h  ; DS
        mov     dword [TSS4+48h],0FFFFh ; ES
        mov     dword [TSS4+58h],3333h
        mov     dword [TSS4+5Ch],4444h
        DESC    THIRD,TSS4,67h,89h,0
        GATE    72h,CODE,.monitor,0EEh
        call    THIRD:0
        IS      [SEEN],23002h|4000h,"a V86 task: its EFLAGS, NT set by CALL"
        IS_WORD [SEEN+4],1234h,"DS is a paragraph"
        IS_WORD [SEEN+8],0FFFFh,"ES"
        IS_WORD [SEEN+12],4444h,"GS"
        IS_WORD [SEEN+16],4000h,"SS"
        IS      [SEEN+20],0FFEh,"SP"
        IS_WORD [SEEN+24],100h,"CS"
        IS      [SEEN+28],TASK_STACK-200h-36,"its ring 0 stack is that of its own TSS"
        ret
        bits    16
.code:  int     72h
        bits    32
.monitor:
        mov     ax,DATA
        mov     ds,ax
        mov     es,ax
        mov     eax,[esp+8]
        mov     [SEEN],eax
        mov     eax,[esp+24]
        mov     [SEEN+4],eax
        mov     eax,[esp+20]
        mov     [SEEN+8],eax
        mov     eax,[esp+32]
        mov     [SEEN+12],eax
        mov     eax,[esp+16]
        mov     [SEEN+16],eax
        mov     eax,[esp+12]
        mov     [SEEN+20],eax
        mov     eax,[esp+4]
        mov     [SEEN+24],eax
        mov     [SEEN+28],esp
        pushfd                          ; NT was cleared by the interrupt; the link is still there
        or      dword [esp],4000h
        popfd
        iretd

; ---- debug registers -----------------------------------------------------------------------------------------------

; A switch clears DR7's local enables (SDM 17.2.4).
debug_bits:
        TASK_SETUP .task
        mov     eax,WORK+0F00h
        mov     dr0,eax
        mov     dr1,eax
        mov     eax,000D0307h           ; L0 G0 L1, LE GE; DR0: write, 4 bytes
        mov     dr7,eax
        call    TASK:0
        mov     eax,dr7
        IS      eax,000D0602h,"DR7 keeps its global bits only"
        xor     eax,eax
        mov     dr7,eax
        ret
.task:  iretd

; ---- page tables ---------------------------------------------------------------------------------------------------

; With paging a 32-bit switch loads CR3, a 16-bit one leaves it; without paging CR3 stays.
paging:
        mov     eax,DIR2
        mov     cr3,eax
        TASK_SETUP .nothing
        call    TASK:0
        mov     eax,cr3
        IS      eax,DIR2,"without paging a switch leaves CR3"
        mov     edi,DIR
        mov     ecx,1000h
        xor     eax,eax
        rep     stosd
        mov     dword [DIR],TABLE|7
        mov     dword [DIR2],TABLE2|7
        mov     edi,TABLE
        call    .fill
        mov     edi,TABLE2
        call    .fill
        mov     dword [TABLE2+50h*4],51007h     ; 50000h is 51000h in the other space
        mov     dword [50000h],11111111h
        mov     dword [51000h],22222222h
        mov     dword [tss+1Ch],DIR
        mov     eax,DIR
        mov     cr3,eax
        mov     eax,cr0
        or      eax,80000000h
        mov     cr0,eax
        jmp     .on
.on:
        mov     eax,[50000h]
        TASK_SETUP .task
        mov     dword [TSS2+1Ch],DIR2
        call    TASK:0
        IS      [SEEN],22222222h,"CR3 from the TSS: another address space"
        IS      [50000h],11111111h,"and back"
        mov     eax,cr3
        IS      eax,DIR,"CR3"
        call    setup16
        mov     byte [leave16],1
        call    TASK16:0
        mov     eax,cr3
        IS      eax,DIR,"a 16-bit TSS has none"
        ; A TSS in an absent page: #PF before anything has changed.
        TASK_SETUP .task
        mov     dword [TSS2+1Ch],DIR
        DESC    THIRD,60000h,67h,89h,0
        mov     dword [TABLE+60h*4],0
        mov     eax,cr3
        mov     cr3,eax
        FAULTS  14,0,"TSS in an absent page: #PF", call THIRD:0
        str     ax
        IS_WORD ax,TSS,"in the old task"
        IS_BYTE [gdt+THIRD+5],89h,"the new one is not busy"
        mov     eax,cr0
        and     eax,7FFFFFFFh
        mov     cr0,eax
        ret
.task:  mov     eax,[50000h]
        mov     [SEEN],eax
.nothing:
        iretd
.fill:
        mov     eax,7
        mov     ecx,1024
.next:  stosd
        add     eax,1000h
        loop    .next
        ret

        align   4
bad_vector:     dd      0
bad_error:      dd      0
bad_eip:        dd      0
bad_cs:         dd      0
bad_flags:      dd      0
bad_esp:        dd      0
bad_tr:         dw      0

        TEST_END
