; What the 686 has and the Pentium has not: conditional moves, long no-operations, SYSENTER and SYSEXIT, its
; model-specific registers, CPUID, global pages (SDM volume 2; volume 3, 5.8.7 and 12.11; volume 4, P6 family).
; run: -cpu 686

%include "cpu_test.inc"

        cpu     686

SMALL           equ     FREE            ; data that ends at FFFh
NOWHERE         equ     2000h           ; behind its end
KERNEL_ESP      equ     STACK0-64

%macro  SET_MSR 3                       ; number, high half, low half
        mov     ecx,%1
        mov     edx,%2
        mov     eax,%3
        wrmsr
%endmacro

tests:
        RING_OPEN
        DESC    SMALL,0,0FFFh,92h,4
        mov     ax,SMALL
        mov     fs,ax
        call    identity
        call    moves
        call    hints
        call    registers
        call    refused_values
        call    no_call
        call    state_image
        jmp     fast_call

identity:
        mov     eax,0
        cpuid
        IS      eax,2,"highest leaf"
        mov     eax,1
        cpuid
        IS      eax,652h,"signature"
        and     edx,18AF9BFh            ; all but APIC, PAE, PAT
        IS      edx,180F9BFh,"features"
        mov     eax,2
        cpuid
        IS_BYTE al,1,"leaf 2 tells all in one call"
        mov     esi,eax
        mov     eax,7
        cpuid
        IS      eax,esi,"a leaf above the highest answers as the highest"
        ret

moves:
        mov     eax,11111111h
        mov     ebx,22222222h
        cmp     eax,ebx
        cmovb   ecx,ebx
        IS      ecx,ebx,"CMOVB moves"
        mov     ecx,eax
        cmp     eax,ebx
        cmovnb  ecx,ebx
        IS      ecx,eax,"CMOVNB leaves"
        mov     dword [WORK],87654321h
        mov     ecx,eax
        cmp     eax,ebx
        cmovl   cx,[WORK]
        IS      ecx,11114321h,"16-bit form from memory"
        cmp     eax,ebx
        FAULTS  13,0,"memory is read even if nothing moves", cmovnb ecx,[fs:NOWHERE]
        ret

hints:
        FAULTS  13,0,"a limit stops a load", mov al,[fs:NOWHERE]
        RUNS    "a long NOP looks at no limit", {db 64h,0Fh,1Fh,5,0,20h,0,0}
        RUNS    "nor does a prefetch", {db 64h,0Fh,18h,0Dh,0,20h,0,0}
        RUNS    "0F 19 to 0F 1E", {db 0Fh,19h,0C0h,0Fh,1Ah,0C1h,0Fh,1Bh,0C2h,0Fh,1Ch,0C3h,0Fh,1Dh,0C4h,0Fh,1Eh,0C5h}
        FAULTS  6,NO_ERROR,"LOCK in front of a NOP", {db 0F0h,0Fh,1Fh,0}
        FAULTS  6,NO_ERROR,"UD2", {db 0Fh,0Bh}
        ret

registers:
        mov     ecx,0FEh
        rdmsr
        IS      eax,508h,"MTRRCAP: eight ranges, fixed ones, write combining"
        SET_MSR 2FFh,0,0C06h
        SET_MSR 200h,0Fh,0E0000001h
        SET_MSR 20Fh,0Fh,0F0000800h
        SET_MSR 26Fh,5050505h,6060606h
        SET_MSR 269h,0,0
        mov     ecx,2FFh
        rdmsr
        IS      eax,0C06h,"MTRR default type"
        mov     ecx,200h
        rdmsr
        IS      edx,0Fh,"range base, high half"
        IS      eax,0E0000001h,"range base, low half"
        mov     ecx,20Fh
        rdmsr
        IS      eax,0F0000800h,"the last range's mask"
        mov     ecx,26Fh
        rdmsr
        IS      edx,5050505h,"the last fixed range"
        mov     ecx,179h
        rdmsr
        IS      eax,5,"five machine check banks"
        SET_MSR 400h,-1,-1
        SET_MSR 401h,0,0
        mov     ecx,400h
        rdmsr
        IS      edx,-1,"MC0_CTL"
        ret

refused_values:
        mov     ecx,2FFh
        mov     edx,0
        mov     eax,2
        FAULTS  13,0,"no memory type 2", wrmsr
        mov     eax,1006h
        FAULTS  13,0,"reserved bit of the default type", wrmsr
        mov     ecx,200h
        mov     edx,10h
        mov     eax,0
        FAULTS  13,0,"address of more than 36 bits", wrmsr
        mov     ecx,250h
        mov     edx,7000000h
        FAULTS  13,0,"no fixed range of type 7", wrmsr
        mov     ecx,401h
        mov     edx,0
        mov     eax,1
        FAULTS  13,0,"a bank's status can only be cleared", wrmsr
        mov     ecx,0FEh
        FAULTS  13,0,"MTRRCAP is for reading", wrmsr
        mov     ecx,277h
        FAULTS  13,0,"there is no PAT", rdmsr
        mov     ecx,11h
        FAULTS  13,0,"nor the Pentium's CESR", rdmsr
        RING3
        FAULTS  13,0,"RDMSR in ring 3", rdmsr
        ret

no_call:
        SET_MSR 174h,0,3
        FAULTS  13,0,"SYSENTER with a null selector", sysenter
        FAULTS  13,0,"SYSEXIT with a null selector", sysexit
        SET_MSR 174h,0,CODE
        RING3
        FAULTS  13,0,"SYSEXIT in ring 3", sysexit
        ret

; FXSAVE and FXRSTOR of a processor without SSE.
IMAGE           equ     WORK+1000h
FILL            equ     0A5A5A5A5h

state_image:
        mov     eax,cr4
        or      eax,200h
        mov     cr4,eax
        mov     ecx,cr4
        IS      ecx,eax,"CR4.OSFXSR can be set"
        and     eax,~200h
        mov     cr4,eax
        mov     edi,IMAGE
        mov     ecx,512/4
        mov     eax,FILL
        rep     stosd
        fninit
        fldpi
        fld1
.save:  fxsave  [IMAGE]
        IS      [IMAGE],3000037Fh,"control and status word"
        IS      [IMAGE+4],1E800C0h,"a bit for each register that is not empty; FOP"
        IS      [IMAGE+24],FILL,"MXCSR is not there, so not written"
        IS      [IMAGE+28],FILL,"nor its mask"
        IS      [IMAGE+36],80000000h,"ST0, significand"
        IS      [IMAGE+40],3FFFh,"ST0, exponent; zeros behind it"
        IS      [IMAGE+48],2168C235h,"ST1"
        IS      [IMAGE+160],FILL,"XMM0 is not there"
        IS      [IMAGE+508],FILL,"nor the last bytes"
        fnstsw  ax
        IS_WORD ax,3000h,"unlike FNSAVE, FXSAVE leaves the state"
        mov     eax,7
        movd    mm3,eax
        fxsave  [IMAGE+200h]
        IS_BYTE [IMAGE+204h],0FFh,"after MMX all are valid"
        IS      [IMAGE+200h+32+3*16],7,"MM3 lies where ST3 does"
        IS      [IMAGE+200h+40+3*16],0FFFFh,"with ones above"
        fninit
        fxrstor [IMAGE]
        fnstsw  ax
        IS_WORD ax,3000h,"TOP comes back"
        fxam
        fnstsw  ax
        IS_WORD ax,3400h,"and the registers"
        fxsave  [IMAGE+200h]
        IS_BYTE [IMAGE+204h],0C0h,"and which are empty"
        fxrstor [IMAGE]
        mov     word [IMAGE],37Eh       ; invalid operation unmasked, and pending
        mov     word [IMAGE+2],1
        RUNS    "FXRSTOR raises nothing", fxrstor [IMAGE]
        fnstsw  ax
        IS_WORD ax,8081h,"but the error is pending"
        RUNS    "FXSAVE does not look at it", fxsave [IMAGE]
        fnclex
        FAULTS  13,0,"an image at 8 of 16", fxsave [IMAGE+8]
        FAULTS  13,0,"the same for FXRSTOR", fxrstor [IMAGE+4]
        mov     ax,SMALL                ; ring 3 has lost it
        mov     fs,ax
        FAULTS  13,0,"an image behind the limit", fxsave [fs:1000h-512+16]
        RUNS    "up to the limit", fxrstor [fs:1000h-512]
        mov     eax,cr0
        or      eax,8
        mov     cr0,eax
        FAULTS  7,NO_ERROR,"FXSAVE with CR0.TS", fxsave [IMAGE]
        clts
        mov     eax,cr0
        or      eax,4
        mov     cr0,eax
        FAULTS  7,NO_ERROR,"FXRSTOR with CR0.EM", fxrstor [IMAGE]
        and     eax,~4
        mov     cr0,eax
        FAULTS  6,NO_ERROR,"LOCK FXSAVE", {db 0F0h,0Fh,0AEh,00h}
        FAULTS  6,NO_ERROR,"a register is no place for it", {db 0Fh,0AEh,0C0h}
        fninit
        ret

fast_call:
        call    pic_open
        SET_MSR 174h,0,CODE|3           ; its RPL does not matter
        SET_MSR 175h,0,KERNEL_ESP
        SET_MSR 176h,0,.kernel
        sti
        RING3
        mov     ebp,STACK3-100h
        sysenter
        NAMED   "not reached"
.kernel:
        mov     [ss:WORK],esp
        mov     [ss:WORK+4],cs
        mov     [ss:WORK+8],ss
        pushfd
        pop     dword [ss:WORK+0Ch]
        mov     [ss:WORK+14h],ds
        smsw    ax
        lmsw    ax                      ; ring 0 may
        mov     ecx,ebp
        mov     edx,.user
        stc
        sysexit
.user:
        setc    bl
        mov     esi,cs
        mov     edi,ss
        mov     ebp,esp
        RING0
        cli
        IS      [WORK],KERNEL_ESP,"ESP from SYSENTER_ESP"
        IS_WORD [WORK+4],CODE,"CS with RPL 0"
        IS_WORD [WORK+8],CODE+8,"SS is the next one"
        mov     eax,[WORK+0Ch]
        and     eax,20200h
        IS      eax,0,"interrupts off"
        IS_WORD [WORK+14h],UDATA,"DS stays"
        IS      esi,CODE+16|3,"SYSEXIT: CS two further, RPL 3"
        IS      edi,CODE+24|3,"and SS three"
        IS      ebp,STACK3-100h,"ESP from ECX"
        IS_BYTE bl,1,"flags stay"
        ret

        TEST_END
