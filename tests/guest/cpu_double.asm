; Faults during the delivery of faults: which pairs become #DF, which are served one after the other, and #DF through a
; task gate (SDM volume 3, table 6-5; PRM 9.8.8).
; run: -cpu 386
; run: -cpu pentium

%include "cpu_test.inc"

TASK            equ     FREE
TSS2            equ     WORK
SEEN            equ     WORK+400h
DIR             equ     40000h
TABLE0          equ     41000h

%macro  ABSENT_GATE 1
        and     byte [idt+(%1)*8+5],7Fh
%endmacro
%macro  PRESENT_GATE 1
        or      byte [idt+(%1)*8+5],80h
%endmacro

tests:
        ABSENT_GATE 13
        mov     ax,gdt_end-gdt
        FAULTS  8,0,"#GP, then #NP: #DF", mov fs,ax
        PRESENT_GATE 13
        ABSENT_GATE 0
        xor     ecx,ecx
        FAULTS  8,0,"#DE, then #NP: #DF", div ecx
        PRESENT_GATE 0
        ABSENT_GATE 6
        FAULTS  11,6*8+3,"#UD is benign: #NP for its gate, EXT set", ud2
        PRESENT_GATE 6
        ABSENT_GATE 60h
        FAULTS  11,60h*8+2,"INT through an absent gate: EXT clear", int 60h
        PRESENT_GATE 60h
        mov     word [idt+61h*8+2],DATA
        FAULTS  13,DATA,"INT to a data segment", int 61h
        mov     word [idt+13*8+2],DATA
        mov     ax,gdt_end-gdt
        FAULTS  8,0,"#GP whose gate leads to data: #DF", mov fs,ax
        mov     word [idt+13*8+2],CODE
        call    page_faults
        jmp     task_gate

; An IDT whose gates 0-13 lie in an absent page: #PF during the delivery of #GP is served as #PF.
page_faults:
        mov     edi,DIR
        mov     ecx,2000h/4
        xor     eax,eax
        rep     stosd
        mov     dword [DIR],TABLE0|3
        mov     edi,TABLE0
        mov     eax,3
        mov     ecx,1024
.low:   stosd
        add     eax,1000h
        loop    .low
        mov     eax,DIR
        mov     cr3,eax
        mov     eax,cr0
        or      eax,80000000h
        mov     cr0,eax
        jmp     .on
.on:
        mov     esi,idt                 ; the IDT so that vectors 0-13 lie in an absent page
        mov     edi,51000h-14*8
        mov     ecx,800h/4
        rep     movsd
        mov     dword [idtr+2],51000h-14*8
        lidt    [idtr]
        mov     dword [TABLE0+50h*4],0
        mov     eax,cr3
        mov     cr3,eax
        mov     ax,gdt_end-gdt
        FAULTS  14,0,"#GP, then #PF: the #PF is served", mov fs,ax
        IS      [trap_cr2],51000h-8,"CR2 is the gate's address"
        FAULTS  14,0,"#DE, then #PF: the #PF is served", {aam 0}
        FAULTS  14,0,"#UD, then #PF: the #PF is served", ud2
        IS      [trap_cr2],51000h-64,"CR2"
        mov     dword [TABLE0+50h*4],50003h
        mov     eax,cr3
        mov     cr3,eax
        mov     dword [TABLE0+60h*4],0
        and     byte [51000h+5],7Fh     ; #PF's gate
        FAULTS  8,0,"#PF, then #NP: #DF", mov eax,[60000h]
        or      byte [51000h+5],80h
        mov     word [51000h+2],DATA
        FAULTS  8,0,"#PF whose gate leads to data: #DF", mov eax,[60000h]
        mov     word [51000h+2],CODE
        ; The stack of ring 0 in an absent page: #PF while #UD is delivered is served, on the stack of a task.
        and     byte [51000h-64+5],7Fh  ; #UD's gate
        FAULTS  11,6*8+3,"#UD, then #NP: the #NP is served", ud2
        or      byte [51000h-64+5],80h
        mov     eax,cr0
        and     eax,7FFFFFFFh
        mov     cr0,eax
        mov     dword [idtr+2],idt
        lidt    [idtr]
        ret

; #DF by task gate: error code 0 on the new stack, the old state in the old TSS.
task_gate:
        mov     edi,TSS2
        mov     ecx,26
        xor     eax,eax
        rep     stosd
        mov     dword [TSS2+20h],double_task
        mov     dword [TSS2+24h],2
        mov     dword [TSS2+38h],WORK+1000h
        mov     word [TSS2+48h],DATA
        mov     word [TSS2+4Ch],CODE
        mov     word [TSS2+50h],DATA
        mov     word [TSS2+54h],DATA
        DESC    TASK,TSS2,67h,89h,0
        DESC    FREE+8,0,0FFFFh,12h,4
        mov     dword [idt+8*8],TASK<<16
        mov     dword [idt+8*8+4],8500h
        mov     dword [SEEN],-1
        ABSENT_GATE 12
        mov     ebx,0BBBBBBBBh
        mov     ecx,esp
        mov     edx,.after
        push    eax
.insn:  mov     ss,[absent_selector]
.after:
        pop     eax
        PRESENT_GATE 12
        IS      [SEEN],0,"error code 0 on the task's stack"
        IS_WORD [SEEN+4],TSS,"link to the task that failed"
        IS      [SEEN+8],.insn,"its EIP"
        IS      [SEEN+12],0BBBBBBBBh,"its EBX"
        ret
double_task:
        pop     dword [SEEN]
        mov     eax,[TSS2]
        mov     [SEEN+4],eax
        mov     eax,[tss+20h]
        mov     [SEEN+8],eax
        mov     eax,[tss+34h]
        mov     [SEEN+12],eax
        mov     eax,[tss+30h]           ; its EDX: where to go on
        mov     [tss+20h],eax
        iretd

absent_selector:
        dw      FREE+8

        TEST_END
