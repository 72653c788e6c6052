; Loading segment registers and the limits and rights behind them (SDM volume 3, chapters 5.3-5.8; PRM 6.3).
; run: -cpu 386
; run: -cpu pentium

%include "cpu_test.inc"

ABSENT          equ     FREE            ; data, not present
READ_ONLY       equ     FREE+8
EXEC_ONLY       equ     FREE+10h
SMALL           equ     FREE+18h        ; 100h bytes at WORK
DOWN            equ     FREE+20h        ; expand-down, 1000h-FFFFh, 16 bits
DOWN_BIG        equ     FREE+28h        ; expand-down, 1000h-FFFFFFFFh
CONFORMING      equ     FREE+30h
PAGES           equ     FREE+38h        ; G = 1, limit 0: 4 KB
FRESH           equ     FREE+40h        ; data, not accessed yet
BAD_TSS         equ     FREE+48h
CODE_ABSENT     equ     FREE+50h
STACK16         equ     FREE+58h        ; 16-bit stack, 100h bytes

; An instruction that must raise #SS(0) on the small stack with this ESP.
%macro  ON_STACK 3+
        mov     dword [trap_resume],%%after
        mov     [trap_esp],esp
        mov     dword [trap_insn],%%insn
        xor     esi,esi
        mov     ax,STACK16
        mov     ss,ax
        mov     esp,%1
%%insn: %3
%%after:
        mov     dword [trap_resume],0
        mov     ebx,12
        xor     ecx,ecx
        call    trap_check
        NAMED   %2
%endmacro

tests:
        RING_OPEN
        DESC    ABSENT,WORK,0FFFFh,12h,0
        DESC    READ_ONLY,WORK,0FFFFh,90h,4
        DESC    EXEC_ONLY,WORK,0FFFFh,98h,4
        DESC    SMALL,WORK,0FFh,92h,4
        DESC    DOWN,WORK,0FFFh,96h,0
        DESC    DOWN_BIG,WORK,0FFFh,96h,4
        DESC    CONFORMING,0,0FFFFFh,9Eh,0Ch
        DESC    PAGES,WORK,0,92h,0Ch
        DESC    FRESH,WORK,0FFFFh,92h,4
        DESC    BAD_TSS,WORK,103,89h,0
        DESC    CODE_ABSENT,0,0FFFFh,1Ah,4
        DESC    STACK16,WORK,0FFh,92h,0
        call    loads
        call    stack_loads
        call    rights
        call    limits
        call    stack_limits
        call    jumps
        call    inspect
        jmp     privilege

loads:
        xor     eax,eax
        RUNS    "null into DS", mov fs,ax
        FAULTS  13,0,"use of a null FS", mov al,[fs:0]
        mov     al,3
        RUNS    "null with RPL 3 into ES", mov fs,ax
        mov     ax,gdt_end-gdt
        FAULTS  13,gdt_end-gdt,"beyond the GDT", mov fs,ax
        mov     ax,0Ch
        FAULTS  13,0Ch,"LDT selector with a null LDT", mov fs,ax
        mov     ax,ABSENT
        FAULTS  11,ABSENT,"absent data segment: #NP", mov fs,ax
        mov     ax,ABSENT|3
        FAULTS  13,ABSENT,"privilege is checked before presence", mov fs,ax
        mov     ax,EXEC_ONLY
        FAULTS  13,EXEC_ONLY,"execute-only code into FS", mov fs,ax
        mov     ax,CODE
        RUNS    "readable code into FS", mov fs,ax
        mov     ax,BAD_TSS
        FAULTS  13,BAD_TSS,"a TSS into FS", mov fs,ax
        mov     ax,DATA|3
        FAULTS  13,DATA,"RPL 3 on DPL 0", mov fs,ax
        mov     ax,CONFORMING|3
        RUNS    "conforming code has no DPL check", mov fs,ax
        ; The accessed bit is written at the load (SDM 3, 3.4.5.1).
        IS_BYTE [gdt+FRESH+5],92h,"accessed bit clear before"
        mov     ax,FRESH
        mov     fs,ax
        IS_BYTE [gdt+FRESH+5],93h,"accessed bit set by the load"
        ; A failed load leaves register and cache alone.
        mov     byte [WORK],5Ah
        mov     ax,ABSENT
        FAULTS  11,ABSENT,"failed load", mov fs,ax
        IS_BYTE [fs:0],5Ah,"the old segment still works"
        mov     eax,0DEAD0000h+DATA
        mov     fs,ax
        ret

stack_loads:
        xor     eax,eax
        FAULTS  13,0,"null into SS", mov ss,ax
        mov     ax,CODE
        FAULTS  13,CODE,"code into SS", mov ss,ax
        mov     ax,READ_ONLY
        FAULTS  13,READ_ONLY,"read-only data into SS", mov ss,ax
        mov     ax,DATA|3
        FAULTS  13,DATA,"SS with RPL above CPL", mov ss,ax
        mov     ax,UDATA
        FAULTS  13,UDATA&~3,"SS with DPL above CPL", mov ss,ax
        DESC    ABSENT,WORK,0FFFFh,12h,0
        mov     ax,ABSENT
        FAULTS  12,ABSENT,"absent stack segment: #SS", mov ss,ax
        mov     ecx,[esp]
        push    dword ABSENT
        FAULTS  12,ABSENT,"POP SS", pop ss
        pop     eax
        IS      eax,ABSENT,"POP SS that faults leaves ESP alone"
        ret

rights:
        mov     ax,READ_ONLY
        mov     fs,ax
        RUNS    "read of read-only data", mov al,[fs:0]
        FAULTS  13,0,"write to read-only data", mov [fs:0],al
        FAULTS  13,0,"locked write to read-only data", lock inc byte [fs:0]
        FAULTS  13,0,"write to code", mov [cs:WORK],al
        mov     ax,CODE
        mov     fs,ax
        RUNS    "read of code", mov al,[fs:WORK]
        FAULTS  13,0,"write through a code selector", mov [fs:WORK],al
        ret

limits:
        mov     ax,SMALL
        mov     fs,ax
        RUNS    "last byte", mov al,[fs:0FFh]
        FAULTS  13,0,"byte behind it", mov al,[fs:100h]
        RUNS    "last word", mov ax,[fs:0FEh]
        FAULTS  13,0,"word across the limit", mov ax,[fs:0FFh]
        RUNS    "last dword", mov eax,[fs:0FCh]
        FAULTS  13,0,"dword across the limit", mov [fs:0FDh],eax
        FAULTS  13,0,"dword across 4 GB", mov eax,[fs:0FFFFFFFEh]
        mov     ax,DOWN
        mov     fs,ax
        FAULTS  13,0,"expand-down: its limit is outside", mov al,[fs:0FFFh]
        RUNS    "expand-down: first byte", mov al,[fs:1000h]
        RUNS    "expand-down: FFFFh with B = 0", mov al,[fs:0FFFFh]
        FAULTS  13,0,"expand-down: 10000h with B = 0", mov al,[fs:10000h]
        FAULTS  13,0,"expand-down: word across the lower end", mov ax,[fs:0FFFh]
        FAULTS  13,0,"expand-down: word across FFFFh", mov ax,[fs:0FFFFh]
        mov     ax,DOWN_BIG
        mov     fs,ax
        RUNS    "expand-down: 10000h with B = 1", mov al,[fs:10000h]
        FAULTS  13,0,"expand-down: below with B = 1", mov eax,[fs:0FFCh]
        mov     ax,PAGES
        mov     fs,ax
        RUNS    "G = 1: limit 0 is 4 KB", mov al,[fs:0FFFh]
        FAULTS  13,0,"G = 1: byte behind 4 KB", mov al,[fs:1000h]
        mov     ax,DATA
        mov     fs,ax
        ret

stack_limits:
        mov     ebx,esp
        mov     cx,ss
        mov     ax,STACK16
        mov     ss,ax
        mov     esp,100h
        mov     esp,0FFFF0100h
        push    eax
        mov     edx,esp
        mov     ss,cx
        mov     esp,ebx
        IS      edx,0FFFF00FCh,"a 16-bit stack leaves ESP's upper half alone"
        mov     ebp,100h
        ON_STACK 80h,"[BP] beyond the limit: #SS(0)", mov al,[bp]
        ON_STACK 80h,"[BP+SI] beyond the limit: #SS(0)", mov byte [bp+si],0
        ON_STACK 0FEh,"POP across the limit: #SS(0)", pop eax
        ON_STACK 0FEh,"RET across the limit: #SS(0)", ret
        ret

jumps:
        FAULTS  13,0,"far jump to a null selector", jmp 0:1234h
        FAULTS  13,DATA,"far jump to data", jmp DATA:1234h
        FAULTS  11,CODE_ABSENT,"far jump to absent code", jmp CODE_ABSENT:1234h
        FAULTS  13,gdt_end-gdt,"far call beyond the GDT", call gdt_end-gdt:1234h
        FAULTS  13,UCODE&~3,"far jump to DPL 3", jmp UCODE&~3:1234h
        FAULTS  13,0,"far jump beyond the limit", jmp CODE16:10000h
        ret

; LAR, LSL, VERR, VERW, ARPL (SDM volume 2).
inspect:
        mov     ecx,DATA
        lar     eax,ecx
        jz      .lar
        xor     eax,eax
.lar:   and     eax,0F0FF00h            ; bits 16-19 are undefined
        IS      eax,0C09300h,"LAR"
        lsl     eax,ecx
        IS      eax,0FFFFFFFFh,"LSL scales by G"
        mov     ecx,SMALL
        lsl     eax,ecx
        IS      eax,0FFh,"LSL"
        mov     eax,12345678h
        xor     ecx,ecx
        lar     eax,ecx
        setz    bl
        IS      eax,12345678h,"LAR of null leaves the destination"
        IS_BYTE bl,0,"LAR of null: ZF = 0"
        mov     ecx,READ_ONLY
        verr    cx
        setz    bl
        verw    cx
        setz    bh
        IS_WORD bx,1,"VERR and VERW of read-only data"
        mov     ecx,EXEC_ONLY
        verr    cx
        setz    bl
        IS_BYTE bl,0,"VERR of execute-only code"
        mov     ax,DATA
        mov     cx,3
        arpl    ax,cx
        setz    bl
        IS_WORD ax,DATA|3,"ARPL raises RPL"
        IS_BYTE bl,1,"ARPL: ZF = 1"
        arpl    ax,cx
        setz    bl
        IS_BYTE bl,0,"ARPL without change: ZF = 0"
        ret

; At CPL 3: what data it may load, and privileged instructions.
privilege:
        RING3
        mov     ax,DATA
        FAULTS  13,DATA,"ring 3 loads DPL 0", mov fs,ax
        mov     ax,CONFORMING
        RUNS    "ring 3 loads conforming code", mov fs,ax
        RING3
        FAULTS  13,0,"CLI in ring 3 with IOPL 0", cli
        RING3
        FAULTS  13,0,"HLT in ring 3", hlt
        RING3
        FAULTS  13,0,"MOV from CR0 in ring 3", mov eax,cr0
        RING3
        FAULTS  13,0,"LGDT in ring 3", lgdt [gdtr]
        RING3
        FAULTS  13,0,"LMSW in ring 3", lmsw ax
        RING3
        FAULTS  13,0,"CLTS in ring 3", clts
        RING3
        FAULTS  13,0,"IN in ring 3, denied by the bitmap", in al,60h
        RING3
        RUNS    "SMSW in ring 3", smsw ax
        RUNS    "SGDT in ring 3", sgdt [WORK]
        FAULTS  13,82h,"INT 10h through a DPL 0 gate", int 10h
        RING3
        FAULTS  13,13*8+2,"INT 13 in ring 3", int 13
        RING3
        pushfd
        or      dword [esp],3200h       ; POPF at CPL 3 changes neither IOPL nor IF here
        popfd
        pushfd
        pop     eax
        and     eax,3200h
        IS      eax,0,"POPF in ring 3 leaves IOPL and IF"
        RING0
        ret

        TEST_END
