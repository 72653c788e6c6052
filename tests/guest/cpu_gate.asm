; Call gates, stack switch with parameters, far returns to outer rings, interrupts from ring 3 (SDM volume 3, chapters
; 5.8 and 6.12; PRM 6.3.4).
; run: -cpu 386
; run: -cpu pentium

%include "cpu_test.inc"

G32             equ     FREE            ; to `inner`, two parameters, DPL 3
G16             equ     FREE+8
G_DPL0          equ     FREE+10h
G_ABSENT        equ     FREE+18h
G_NULL          equ     FREE+20h
G_DATA          equ     FREE+28h
G_CODE_ABSENT   equ     FREE+30h
CODE_ABSENT     equ     FREE+38h
CONFORMING      equ     FREE+40h
G_CONFORMING    equ     FREE+48h
G_SAME          equ     FREE+50h

tests:
        RING_OPEN
        CALL_GATE G32,CODE,inner,2,0ECh
        CALL_GATE G16,CODE,inner16,2,0E4h
        CALL_GATE G_DPL0,CODE,inner,0,8Ch
        CALL_GATE G_ABSENT,CODE,inner,0,6Ch
        CALL_GATE G_NULL,0,inner,0,0ECh
        CALL_GATE G_DATA,DATA,inner,0,0ECh
        CALL_GATE G_CODE_ABSENT,CODE_ABSENT,inner,0,0ECh
        DESC    CODE_ABSENT,0,0FFFFFh,1Ah,0Ch
        DESC    CONFORMING,0,0FFFFFh,9Eh,0Ch
        CALL_GATE G_CONFORMING,CONFORMING,level,0,0ECh
        CALL_GATE G_SAME,CODE,level,2,8Ch
        call    same_ring
        call    to_inner
        call    to_inner16
        call    refused
        call    returns
        jmp     interrupts

; EAX = CS of the caller's target, EBX = ESP there.
level:
        mov     eax,cs
        mov     ebx,esp
        retf

same_ring:
        mov     ecx,esp
        call    G_SAME:12345678h        ; the offset in the instruction is ignored
        IS      eax,CODE,"gate within ring 0"
        sub     ecx,ebx
        IS      ecx,8,"no parameters are copied without a stack switch"
        call    CONFORMING:level
        IS      eax,CONFORMING,"conforming code from ring 0"
        ret

inner:
        mov     [WORK],ss
        mov     [WORK+4],esp
        mov     [WORK+8],cs
        mov     esi,esp
        mov     edi,WORK+10h
        mov     ecx,6
        push    ds
        mov     ax,DATA
        mov     ds,ax
        mov     es,ax
        rep     movsd
        mov     fs,ax                   ; DPL 0: the return to ring 3 must clear it
        mov     ax,UDATA
        mov     gs,ax                   ; DPL 3: it stays
        pop     ds
        mov     ax,UDATA
        mov     es,ax
        retf    8

to_inner:
        RING3
        push    dword 11111111h
        push    dword 22222222h
        mov     ebx,esp
        call    G32|3:0
.back:
        mov     edx,esp
        mov     ebp,cs
        RING0
        IS_WORD [WORK],DATA,"SS0 from the TSS"
        IS      [WORK+4],STACK0-24,"ESP0 from the TSS, six values pushed"
        IS_WORD [WORK+8],CODE,"CS has RPL = DPL of the code"
        IS      [WORK+10h],.back,"return EIP"
        IS_WORD [WORK+14h],UCODE,"return CS"
        IS      [WORK+18h],22222222h,"last parameter"
        IS      [WORK+1Ch],11111111h,"first parameter"
        IS      [WORK+20h],ebx,"caller's ESP"
        IS_WORD [WORK+24h],UDATA,"caller's SS"
        add     ebx,8
        IS      edx,ebx,"RETF 8 releases both stacks"
        IS      ebp,UCODE,"back in ring 3"
        mov     eax,fs
        IS      eax,0,"RETF outwards clears FS of DPL 0"
        mov     eax,gs
        IS      eax,UDATA,"and leaves GS of DPL 3"
        mov     ax,DATA
        mov     fs,ax
        mov     gs,ax
        ret

inner16:
        mov     [WORK+4],esp
        mov     eax,[esp]
        mov     [WORK+10h],eax
        mov     eax,[esp+4]
        mov     [WORK+14h],eax
        mov     eax,[esp+8]
        mov     [WORK+18h],eax
        o16     retf 4

to_inner16:
        RING3
        push    word 3333h
        push    word 4444h
        mov     ebx,esp
        call    G16|3:0
.back:
        mov     edx,esp
        RING0
        IS      [WORK+4],STACK0-12,"16-bit gate pushes words"
        mov     ecx,.back+(UCODE<<16)
        IS      [WORK+10h],ecx,"IP and CS"
        IS      [WORK+14h],33334444h,"parameters"
        push    bx
        pop     word [scratch]
        IS_WORD [WORK+18h],[scratch],"SP"
        IS_WORD [WORK+1Ah],UDATA,"SS"
        ret

refused:
        RING3
        FAULTS  13,G_DPL0,"gate with DPL 0 from ring 3", call G_DPL0:0
        RING3
        FAULTS  11,G_ABSENT,"absent gate: #NP", call G_ABSENT:0
        RING3
        FAULTS  13,0,"gate with a null selector", call G_NULL:0
        RING3
        FAULTS  13,DATA,"gate to data", call G_DATA:0
        RING3
        FAULTS  11,CODE_ABSENT,"gate to absent code", call G_CODE_ABSENT:0
        RING3
        FAULTS  13,CODE,"JMP through a gate does not change rings", jmp G32:0
        RING3
        FAULTS  13,CODE,"direct call of ring 0", call CODE:inner
        RING3
        FAULTS  13,TSS,"call of a busy TSS of DPL 0", call TSS:0
        RING3
        call    G_CONFORMING|3:0
        mov     ecx,eax
        RING0
        IS      ecx,CONFORMING|3,"conforming code runs at the caller's ring"
        ret

returns:
        push    dword 0
        push    dword level
        FAULTS  13,0,"RETF to null", retf
        add     esp,8
        push    dword DATA
        push    dword level
        FAULTS  13,DATA,"RETF to data", retf
        add     esp,8
        push    dword DATA              ; SS of DPL 0 for ring 3
        push    dword STACK3
        push    dword UCODE
        push    dword level
        FAULTS  13,DATA,"RETF outwards with a wrong SS", retf
        add     esp,16
        RING3
        push    dword CODE
        push    dword level
        FAULTS  13,CODE,"RETF inwards", retf
        RING3
        pushfd
        push    dword CODE
        push    dword level
        FAULTS  13,CODE,"IRET inwards", iretd
        ret

; Interrupt and trap gate from ring 3.
int_handler:
        pushfd
        pop     dword [ss:WORK]
        mov     [ss:WORK+4],esp
        push    eax
        mov     eax,[esp+4]
        mov     [ss:WORK+10h],eax
        mov     eax,[esp+8]
        mov     [ss:WORK+14h],eax
        mov     eax,[esp+12]
        mov     [ss:WORK+18h],eax
        mov     eax,[esp+16]
        mov     [ss:WORK+1Ch],eax
        mov     eax,[esp+20]
        mov     [ss:WORK+20h],eax
        pop     eax
        iretd

interrupts:
        GATE    60h,CODE,int_handler,0EEh
        GATE    61h,CODE,int_handler,0EFh
        GATE    62h,UCODE,int_handler,0EEh
        GATE    63h,DATA,int_handler,0EEh
        GATE    64h,0,int_handler,0EEh
        GATE    65h,CODE,int_handler,6Eh
        push    dword 202h              ; IF is on in ring 3; the PICs are masked
        popfd
        RING3
        mov     ebx,esp
        int     60h
.back:
        mov     edx,esp
        RING0
        cli
        IS      [WORK+4],STACK0-20,"INT from ring 3 pushes five values"
        IS      [WORK+10h],.back,"EIP"
        IS_WORD [WORK+14h],UCODE,"CS"
        IS_WORD [WORK+18h],202h,"EFLAGS"
        IS      [WORK+1Ch],ebx,"ESP"
        IS_WORD [WORK+20h],UDATA,"SS"
        IS      edx,ebx,"IRET brings ESP back"
        and     dword [WORK],200h
        IS      [WORK],0,"an interrupt gate clears IF"
        push    dword 202h
        popfd
        RING3
        int     61h
        RING0
        cli
        and     dword [WORK],200h
        IS      [WORK],200h,"a trap gate leaves IF"
        FAULTS  13,UCODE&~3,"gate to less privileged code", int 62h
        FAULTS  13,DATA,"gate to data", int 63h
        FAULTS  13,0,"gate to null", int 64h
        FAULTS  11,65h*8+2,"absent gate", int 65h
        mov     word [idtr],60h*8-1
        lidt    [idtr]
        FAULTS  13,60h*8+2,"beyond the IDT's limit", int 60h
        mov     word [idtr],7FFh
        lidt    [idtr]
        ret

        TEST_END
