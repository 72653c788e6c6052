; Alignment check: #AC in ring 3 with CR0.AM and EFLAGS.AC, for which accesses, and before or after which other faults (SDM
; volume 3, 6.15, interrupt 17, table 6-7; i486 Programmer's Reference, 9.9.14).
; run: -cpu 486
; run: -cpu pentium

%include "cpu_test.inc"
%include "cpu_model.inc"

SMALL           equ     FREE|3          ; 100h bytes at WORK+1, DPL 3
DIR             equ     40000h
TABLE           equ     41000h
ABSENT          equ     60000h
LOCAL           equ     FREE+8

; Ring 3 with AC set; CR0.AM is set by `tests`.
%macro  CHECKED 0
        RING3
        pushfd
        or      dword [esp],40000h
        popfd
%endmacro
; EFLAGS.AC off, ring 0.
%macro  AT_EASE 0
        pushfd
        and     dword [esp],~40000h
        popfd
        RING0
%endmacro
%macro  CHECKS 2+                       ; name, instruction
        CHECKED
        FAULTS  17,0,%1,%2
%endmacro
%macro  ALLOWS 2+
        CHECKED
        TRY     %2
        AT_EASE
        pushad
        mov     eax,[trap_vector]
        mov     edx,-1
        cmp     eax,edx
        je      %%good
        stc
%%good: NAMED   %1
        popad
%endmacro

tests:
        call    model_find
        RING_OPEN
        DESC    SMALL,WORK+1,0FFh,0F2h,4
        mov     eax,cr0
        or      eax,40000h
        mov     cr0,eax
        mov     ecx,WORK+4
        mov     edx,WORK
        CHECKS  "word at an odd address", mov ax,[WORK+1]
        ALLOWS  "word at an even one", mov ax,[WORK+2]
        CHECKS  "dword at 2", mov eax,[WORK+2]
        CHECKS  "dword at 1", mov eax,[WORK+1]
        ALLOWS  "dword at 4", mov eax,[WORK+4]
        ALLOWS  "byte anywhere", mov al,[WORK+3]
        CHECKS  "write", mov [WORK+1],eax
        CHECKS  "read-modify-write", add dword [WORK+2],1
        CHECKS  "XCHG", xchg [WORK+1],ax
        CHECKS  "CALL by memory", call [WORK+1]
        CHECKS  "far pointer: its offset", les eax,[WORK+2]
        CHECKS  "BOUND", bound eax,[WORK+2]
        mov     esi,WORK+1
        mov     edi,WORK+5
        CHECKS  "LODSD", lodsd
        CHECKS  "STOSW", stosw
        mov     ecx,2
        CHECKS  "REP MOVSD", rep movsd
        IS      ecx,2,"nothing moved"
        mov     ecx,2
        ALLOWS  "REP MOVSB", rep movsb
        mov     eax,1
        CHECKS  "BT in memory", bt dword [WORK+2],eax
        mov     eax,32
        CHECKS  "bit offsets count: the dword behind", bt dword [WORK+2],eax
        CHECKED
        mov     esp,STACK3-102h
        FAULTS  17,0,"PUSH with a stack at 2", push eax
        CHECKED
        mov     esp,STACK3-102h
        FAULTS  17,0,"POP", pop eax
        CHECKED
        mov     esp,STACK3-101h
        FAULTS  17,0,"PUSH of a word at 1", push ax
        CHECKED
        mov     esp,STACK3-102h
        FAULTS  17,0,"CALL", call tests
        CHECKED
        mov     esp,STACK3-102h
        FAULTS  17,0,"RET", ret
        ; The linear address counts, not the offset.
        CHECKED
        mov     ax,SMALL
        mov     fs,ax
        FAULTS  17,0,"an even offset in a segment at an odd base", mov ax,[fs:0]
        CHECKED
        mov     ax,SMALL
        mov     fs,ax
        TRY     mov ax,[fs:1]
        AT_EASE
        IS      [trap_vector],-1,"an odd offset in it"
        ; Other faults come first: limits, and pages.
        CHECKED
        mov     ax,SMALL
        mov     fs,ax
        FAULTS  13,0,"beyond the limit: #GP", mov ax,[fs:0FFh]
        ; Ring 0 is never checked; nor is anything with AC or AM clear.
        pushfd
        or      dword [esp],40000h
        popfd
        RUNS    "ring 0 with AC", mov eax,[WORK+1]
        pushfd
        and     dword [esp],~40000h
        popfd
        RING3
        RUNS    "ring 3 without AC", mov eax,[WORK+1]
        RING0
        mov     eax,cr0
        and     eax,~40000h
        mov     cr0,eax
        ALLOWS  "AC without AM", mov eax,[WORK+1]
        mov     eax,cr0
        or      eax,40000h
        mov     cr0,eax
        ; The tables of the processor are not checked: a GDT at an odd address, a segment load out of it.
        mov     esi,gdt
        mov     edi,WORK+1001h
        mov     ecx,(gdt_end-gdt)/4
        rep     movsd
        mov     dword [gdtr+2],WORK+1001h
        lgdt    [gdtr]
        mov     ax,UDATA
        ALLOWS  "descriptors at odd addresses", mov es,ax
        mov     dword [gdtr+2],gdt
        lgdt    [gdtr]
        ; Interrupts out of ring 3: the frame on an odd inner stack is not checked, AC stays in the image.
        mov     dword [tss+4],STACK0-1
        CHECKS  "a fault onto an odd ring 0 stack", mov eax,[WORK+1]
        mov     dword [tss+4],STACK0
        mov     eax,[trap_flags]
        and     eax,40000h
        IS      eax,40000h,"AC is in the image"
        IS_BYTE [trap_cs],UCODE,"from ring 3"
        call    paging
        ; FPU operands.
        fninit
        CHECKS  "FLD of a double at 4", fld qword [WORK+4]
        CHECKS  "FLD of a single at 2", fld dword [WORK+2]
        CHECKS  "FLD of an extended at 4", fld tword [WORK+4]
        CHECKS  "FILD of a word at 1", fild word [WORK+1]
        ALLOWS  "FLD of a double at 8", fld qword [WORK+8]
        CHECKS  "FLDCW at 1", fldcw [WORK+1]
        CHECKS  "FNSTENV at 2", fnstenv [WORK+2]
        ALLOWS  "FNSTENV at 4", fnstenv [WORK+4]
        mov     eax,cr0
        and     eax,~40000h
        mov     cr0,eax
        ret

; A misaligned access to an absent page.
paging:
        mov     edi,DIR
        mov     ecx,400h
        xor     eax,eax
        rep     stosd
        mov     dword [DIR],TABLE|7
        mov     edi,TABLE
        mov     eax,7
        mov     ecx,1024
.next:  stosd
        add     eax,1000h
        loop    .next
        mov     dword [TABLE+(ABSENT>>12)*4],0
        mov     eax,DIR
        mov     cr3,eax
        mov     eax,cr0
        or      eax,80000000h
        mov     cr0,eax
        jmp     .on
.on:    CHECKED
        FAULTS  17,0,"misaligned, in an absent page: #AC", mov eax,[ABSENT+1]
        CHECKED
        FAULTS  17,0,"misaligned, across into one", mov eax,[ABSENT-2]
        cmp     byte [is_pentium],0
        je      .off
        CHECKED
        FAULTS  17,0,"CMPXCHG8B at 4, in an absent page: #AC", cmpxchg8b [ABSENT+4]
.off:
        mov     eax,cr0
        and     eax,7FFFFFFFh
        mov     cr0,eax
        ret

        TEST_END
