; Virtual 8086 mode: what IOPL guards, what always faults, limits, and the frame of an interrupt (SDM volume 3, chapter
; 20; PRM 15).
; run: -cpu 386
; run: -cpu pentium

%include "cpu_test.inc"

; Runs one instruction in V86 mode, segments 0, SP 5C00h, with this IOPL; a HLT behind it brings it back by #GP(0).
%macro  V86 2+
        mov     dword [trap_vector],-1
        mov     dword [trap_insn],%%insn
        mov     dword [trap_end],%%next
        mov     dword [trap_resume],%%after
        mov     [ring0_esp],esp
        push    dword 0                 ; GS, FS, DS, ES
        push    dword 0
        push    dword 0
        push    dword 0
        push    dword 0                 ; SS, ESP
        push    dword [v86_sp]
        push    dword 20002h|(%1)<<12
        push    dword 0
        push    dword %%insn
        iretd
        bits    16
%%insn: %2
%%next: hlt
        bits    32
%%after:
        mov     dword [trap_resume],0
%endmacro
%macro  V86_FAULTS 5+                   ; IOPL, vector, error, name, instruction
        V86     %1,%5
        pushad
        mov     ebx,%2
        mov     ecx,%3
        call    trap_check
        NAMED   %4
        popad
%endmacro
%macro  V86_RUNS 3+                     ; IOPL, name, instruction
        V86     %1,%3
        pushad
        mov     eax,[trap_end]
        mov     [trap_insn],eax
        mov     ebx,13
        mov     ecx,0
        call    trap_check
        NAMED   %2
        popad
%endmacro

tests:
        V86_RUNS 0,"NOP", nop
        test    byte [trap_flags+2],2
        setnz   al
        IS_BYTE al,1,"VM in the pushed flags"
        V86_FAULTS 0,13,0,"HLT always faults", hlt
        V86_FAULTS 3,13,0,"HLT with IOPL 3", hlt
        V86_FAULTS 0,13,0,"CLI with IOPL 0", cli
        V86_FAULTS 2,13,0,"STI with IOPL 2", sti
        V86_FAULTS 0,13,0,"PUSHF with IOPL 0", pushf
        V86_FAULTS 0,13,0,"POPF with IOPL 0", popf
        V86_FAULTS 0,13,0,"INT with IOPL 0", int 21h
        V86_FAULTS 0,13,0,"IRET with IOPL 0", iret
        V86_RUNS 3,"CLI with IOPL 3", cli
        V86_RUNS 3,"PUSHF with IOPL 3", pushf
        V86_FAULTS 3,13,21h*8+2,"INT with IOPL 3: the gate's DPL counts", int 21h
        V86_FAULTS 0,13,3*8+2,"INT3 asks the gate, not IOPL", int3
        V86_FAULTS 3,13,0,"IN from a port that the bitmap denies", in al,60h
        mov     eax,0E9h
        V86_RUNS 0,"OUT where it allows, IOPL 0", in al,0E9h
        V86_FAULTS 0,13,0,"word across into a denied port", in ax,0E9h
        V86_FAULTS 3,13,0,"port beyond the bitmap", in al,dx
        V86_FAULTS 3,13,0,"LGDT", lgdt [gdtr]
        V86_FAULTS 3,13,0,"LMSW", lmsw ax
        V86_FAULTS 3,13,0,"MOV from CR0", mov eax,cr0
        V86_FAULTS 3,13,0,"MOV to DR7", mov dr7,eax
        V86_FAULTS 3,13,0,"CLTS", clts
        V86_RUNS 0,"SMSW", smsw ax
        V86_FAULTS 3,6,-1,"LLDT is no instruction here", lldt ax
        V86_FAULTS 3,6,-1,"STR", str ax
        V86_FAULTS 3,6,-1,"LAR", lar ax,cx
        V86_FAULTS 3,6,-1,"VERR", verr ax
        V86_FAULTS 3,6,-1,"ARPL", arpl ax,cx
        mov     eax,0FFFFh
        V86_FAULTS 0,13,0,"word at FFFFh", mov ax,[0FFFFh]
        V86_FAULTS 0,13,0,"offset above FFFFh", mov al,[dword 10000h]
        mov     dword [v86_sp],1
        V86_FAULTS 0,12,0,"push at SP = 1: #SS(0)", push ax
        mov     dword [v86_sp],5C00h
        V86_RUNS 0,"any value is a segment", pop es
        call    bitmap
        jmp     frame

; With the port allowed, and the segment registers of the interrupted program.
bitmap:
        and     byte [tss+104+60h/8],~1
        V86_RUNS 0,"IN with its bit cleared", in al,64h-4
        or      byte [tss+104+60h/8],1
        ret

; INT 50h through a 32-bit gate of DPL 3: nine values, data segments cleared (SDM 20.3.1.1).
frame:
        GATE    50h,CODE,frame_handler,0EEh
        mov     [ring0_esp],esp
        mov     dword [trap_resume],frame_after
        push    dword 4444h             ; GS
        push    dword 3333h             ; FS
        push    dword 2222h             ; DS
        push    dword 1111h             ; ES
        push    dword 500h              ; SS
        push    dword 0C00h
        push    dword 23002h
        push    dword 100h              ; CS
        push    dword v86_code-1000h
        iretd
        bits    16
v86_code:
        int     50h
v86_next:
        push    cs
        pop     es
        hlt
        bits    32
frame_after:
        mov     dword [trap_resume],0
        IS      [WORK],v86_next-1000h,"IP"
        IS_WORD [WORK+4],100h,"CS"
        IS      [WORK+8],23002h,"EFLAGS with VM"
        IS      [WORK+12],0C00h,"ESP"
        IS_WORD [WORK+16],500h,"SS"
        IS_WORD [WORK+20],1111h,"ES"
        IS_WORD [WORK+24],2222h,"DS"
        IS_WORD [WORK+28],3333h,"FS"
        IS_WORD [WORK+32],4444h,"GS"
        IS      [WORK+36],0,"data segments are null in the handler"
        IS      [WORK+40],STACK0-36,"ESP0"
        IS_WORD [WORK+44],DATA,"SS0"
        IS      [trap_eip],v86_next+2-1000h,"back in V86 mode"
        ret
frame_handler:
        push    eax
        xor     eax,eax
        mov     ax,ds
        mov     [ss:WORK+36],ax
        mov     ax,es
        or      [ss:WORK+36],ax
        mov     ax,fs
        or      [ss:WORK+36],ax
        mov     ax,gs
        or      [ss:WORK+36],ax
        mov     word [ss:WORK+38],0
        pop     eax
        mov     [ss:WORK+40],esp
        mov     [ss:WORK+44],ss
        pushad
        mov     ax,DATA
        mov     ds,ax
        mov     es,ax
        lea     esi,[esp+32]
        mov     edi,WORK
        mov     ecx,9
        rep     movsd
        popad
        iretd

v86_sp:         dd      5C00h
trap_end:       dd      0

        TEST_END
