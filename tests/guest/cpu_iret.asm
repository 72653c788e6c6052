; IRET in all its forms: 16 and 32 bits, in real mode, within a ring, to outer rings, to V86 mode, in V86 mode; what it
; restores, what it must not, and what makes it fault (SDM volume 2, IRET; volume 3, 6.12 and 20.2; PRM 17, IRET). Bochs 2.7
; agrees but for an absent SS, which it reports as #NP; Bochs 3.0 and the manual have #SS. That EIP loses its upper half on
; the way to V86 mode, where the manual has #GP(0), is what Bochs and QEMU do.
; run: -cpu 386
; run: -cpu 486
; run: -cpu pentium

%include "cpu_test.inc"
%include "cpu_model.inc"

CODE_ABSENT     equ     FREE
CONFORMING      equ     FREE+8          ; DPL 0
CONFORMING3     equ     FREE+10h        ; DPL 3
SHORT_CODE      equ     FREE+18h        ; limit 0FFFh
STACK_ABSENT    equ     FREE+20h        ; DPL 3
CODE1           equ     FREE+28h|1
DATA1           equ     FREE+30h|1
STACK16         equ     FREE+38h|3      ; 16-bit stack of DPL 3
DPL0_DATA       equ     FREE+40h
DPL1_DATA       equ     FREE+48h

; The handler of INT 50h: keeps the frame and registers, goes on at [next].
on_int:
        mov     [ss:seen_esp],esp
        push    ds
        push    eax
        mov     ax,UDATA
        mov     ds,ax
        pop     dword [seen_eax]
        pop     dword [seen_ds]
        pop     dword [seen_eip]
        pop     dword [seen_cs]
        pop     dword [seen_flags]
        mov     eax,[esp]
        mov     [seen_sp],eax
        mov     eax,[esp+4]
        mov     [seen_ss],eax
        mov     [seen_es],es
        mov     [seen_fs],fs
        mov     [seen_gs],gs
        mov     ax,DATA
        mov     ds,ax
        mov     es,ax
        mov     ss,ax
        mov     esp,[ring0_esp]
        jmp     [next]

; The image is on the stack: runs IRET (its first operand), and comes back by INT 50h from where it leads.
%macro  RETURNS 1
        mov     [ring0_esp],esp
        mov     dword [next],%%back
        %1
%%back: mov     esp,[saved_esp]
%endmacro

tests:
        call    model_find
        RING_OPEN
        GATE    50h,CODE,on_int,0EEh
        DESC    CODE_ABSENT,0,0FFFFFh,7Ah,0Ch
        DESC    CONFORMING,0,0FFFFFh,9Eh,0Ch
        DESC    CONFORMING3,0,0FFFFFh,0FEh,0Ch
        DESC    SHORT_CODE,0,0FFFh,9Ah,4
        DESC    STACK_ABSENT,0,0FFFFFh,72h,0Ch
        DESC    CODE1,0,0FFFFFh,0BAh,0Ch
        DESC    DATA1,0,0FFFFFh,0B2h,0Ch
        DESC    STACK16,0,0FFFFh,0F2h,0
        DESC    DPL0_DATA,0,0FFFFFh,92h,0Ch
        DESC    DPL1_DATA,0,0FFFFFh,0B2h,0Ch
        mov     dword [tss+0Ch],STACK0-400h
        mov     word [tss+10h],DATA1
        mov     [saved_esp],esp
        call    same
        call    outer
        call    refused
        call    to_v86
        call    in_v86
        jmp     real_mode

; ---- within a ring -------------------------------------------------------------------------------------------------

; Flags after an IRET within ring 0 of this width: image, name, what they are.
%macro  SAME_RING 4                     ; 32 or 16, image, expected (without IF's neighbours), name
%if %1 = 32
        push    dword %2
        push    cs
        push    dword %%there
        iretd
%else
        push    word %2
        o16 push cs
        push    word %%there
        iretw
%endif
%%there:
        pushfd
        pop     eax
        push    dword 2
        popfd
        cld
        IS      eax,%3,%4
%endmacro

same:
        mov     ebx,esp
        SAME_RING 32,3ED7h&~100h,3ED7h&~100h,"IRETD in ring 0: all flags but TF"
        SAME_RING 32,4002h,4002h,"NT by IRETD"
        SAME_RING 32,2,2,"none"
        SAME_RING 16,3CD7h,3CD7h,"IRET of 16 bits"
        push    dword 40002h
        popfd
        mov     eax,40002h
        cmp     byte [is_486],0
        jne     .ac
        mov     eax,2
.ac:    mov     [scratch],eax
        SAME_RING 16,2,[scratch],"which leaves the upper half: AC"
        SAME_RING 32,2,2,"IRETD clears AC"
        cmp     byte [is_486],0
        je      .no_ac
        SAME_RING 32,40002h,40002h,"and sets it"
.no_ac:
        mov     eax,2
        cmp     byte [is_pentium],0
        je      .no_vif
        mov     eax,180002h
.no_vif:
        mov     [scratch],eax
        SAME_RING 32,180002h,[scratch],"VIF and VIP by IRETD in ring 0, where there are any"
        SAME_RING 32,0FFC0802Ah,2,"reserved bits"
        mov     eax,esp
        IS      eax,ebx,"ESP"
        ; Conforming code of the same ring.
        push    dword 2
        push    dword CONFORMING
        push    dword .conforming
        iretd
.conforming:
        mov     eax,cs
        jmp     CODE:.flat
.flat:  IS      eax,CONFORMING,"to conforming code"
        ret

; ---- to outer rings ------------------------------------------------------------------------------------------------

%macro  IMAGE 5                         ; SS, ESP, EFLAGS, CS, EIP
        push    dword %1
        push    dword %2
        push    dword %3
        push    dword %4
        push    dword %5
%endmacro

outer:
        mov     [saved_esp],esp
        mov     ax,DPL0_DATA
        mov     fs,ax
        mov     ax,DPL1_DATA|1
        mov     gs,ax
        mov     ax,CONFORMING
        mov     es,ax
        mov     ax,UDATA
        mov     ds,ax
        IMAGE   UDATA,STACK3,3202h,UCODE,.ring3
        RETURNS iretd
        IS_WORD [seen_cs],UCODE,"to ring 3: CS"
        IS_WORD [seen_ss],UDATA,"SS"
        IS      [seen_sp],STACK3,"ESP"
        IS      [seen_flags],3202h,"IF and IOPL from ring 0"
        IS_WORD [seen_fs],0,"FS of DPL 0 is cleared"
        IS_WORD [seen_gs],0,"GS of DPL 1 is cleared"
        IS_WORD [seen_es],CONFORMING,"ES, conforming code of DPL 0, stays"
        IS_WORD [seen_ds],UDATA,"DS of DPL 3 stays"
        cli
        mov     ax,DPL0_DATA
        mov     fs,ax
        mov     ax,DPL1_DATA|1
        mov     gs,ax
        IMAGE   DATA1,STACK3,2,CODE1,.ring1
        RETURNS iretd
        IS_WORD [seen_cs],CODE1,"to ring 1: CS"
        IS_WORD [seen_fs],0,"FS of DPL 0 is cleared"
        IS_WORD [seen_gs],DPL1_DATA|1,"GS of DPL 1 stays"
        ; From ring 1 to ring 3: neither IOPL nor, with IOPL 0, IF.
        IMAGE   DATA1,STACK3,2,CODE1,.ring1b
        RETURNS iretd
        IS_WORD [seen_cs],UCODE,"from ring 1 to ring 3"
        IS      [seen_flags],2,"IF and IOPL are not for ring 1"
        ; A 16-bit frame to a 16-bit stack.
        mov     esp,[saved_esp]
        push    word STACK16
        push    word 5A00h
        push    word 2
        push    word UCODE
        push    word .ring3
        RETURNS iretw
        IS_WORD [seen_ss],STACK16,"16-bit image to ring 3: SS"
        movzx   eax,word [seen_sp]
        IS      eax,5A00h,"SP"
        mov     ax,DATA
        mov     fs,ax
        mov     gs,ax
        mov     es,ax
        ret
.ring3: int     50h
.ring1: int     50h
.ring1b:
        IMAGE   UDATA,STACK3,3202h,UCODE,.ring3
        iretd

; ---- what faults ---------------------------------------------------------------------------------------------------

%macro  REFUSED 8                       ; vector, error, name, SS, ESP, EFLAGS, CS, EIP
        IMAGE   %4,%5,%6,%7,%8
        FAULTS  %1,%2,%3,iretd
        add     esp,20
%endmacro

refused:
        REFUSED 13,0,"CS null",UDATA,STACK3,2,0,outer
        REFUSED 13,0,"CS null with RPL 3",UDATA,STACK3,2,3,outer
        REFUSED 13,DATA,"CS is data",UDATA,STACK3,2,DATA,outer
        REFUSED 13,TSS,"CS is a TSS",UDATA,STACK3,2,TSS,outer
        REFUSED 13,gdt_end-gdt,"CS beyond the GDT",UDATA,STACK3,2,gdt_end-gdt,outer
        REFUSED 13,CODE,"code of DPL 0 with RPL 3",UDATA,STACK3,2,CODE|3,outer
        REFUSED 13,UCODE&~3,"code of DPL 3 with RPL 0",UDATA,STACK3,2,UCODE&~3,outer
        REFUSED 13,CONFORMING3,"conforming code of DPL 3 with RPL 0",UDATA,STACK3,2,CONFORMING3,outer
        REFUSED 11,CODE_ABSENT,"CS absent",UDATA,STACK3,2,CODE_ABSENT|3,outer
        REFUSED 13,0,"SS null",0,STACK3,2,UCODE,outer
        REFUSED 13,DATA,"SS of DPL 0",DATA,STACK3,2,UCODE,outer
        REFUSED 13,UDATA&~3,"SS with RPL 0",UDATA&~3,STACK3,2,UCODE,outer
        REFUSED 13,UCODE&~3,"SS is code",UCODE,STACK3,2,UCODE,outer
        REFUSED 12,STACK_ABSENT,"SS absent",STACK_ABSENT|3,STACK3,2,UCODE,outer
        REFUSED 13,0,"EIP beyond the limit",UDATA,STACK3,2,SHORT_CODE,1000h
        RING3
        push    dword 2
        push    dword CODE
        push    dword outer
        FAULTS  13,CODE,"ring 3 to ring 0", iretd
        ; VM in the image means nothing in ring 3.
        mov     [saved_esp],esp
        RING3
        mov     [ring0_esp],esp
        push    dword 20002h
        push    dword UCODE
        push    dword .ring3
        iretd
.ring3: pushfd
        pop     edx
        RING0
        mov     esp,[saved_esp]
        and     edx,20000h
        IS      edx,0,"VM is not for ring 3 to set"
        ret

; ---- to V86 mode and in it -----------------------------------------------------------------------------------------

%macro  V86_IMAGE 3                     ; EFLAGS, CS, IP
        push    dword 0FFFF5555h        ; GS FS DS ES: upper halves are ignored
        push    dword 0FFFF4444h
        push    dword 0FFFF0000h
        push    dword 0FFFF3333h
        push    dword 0FFFF0000h        ; SS
        push    dword 00015A00h
        push    dword %1
        push    dword 0FFFF0000h|(%2)
        push    dword %3
%endmacro

to_v86:
        mov     [saved_esp],esp
        V86_IMAGE 23202h,0,.code
        RETURNS iretd
        cli
        IS      [seen_flags],23202h,"to V86 mode: EFLAGS with VM, IF, IOPL"
        IS_WORD [seen_cs],0,"CS"
        IS_WORD [seen_ds],0,"in the handler DS is null"
        IS_WORD [seen_gs],0,"and GS"
        IS      [seen_sp],15A00h,"ESP, all of it"
        mov     esp,[saved_esp]
        V86_IMAGE 23002h,CODE,0FFFF0000h+.code-CODE*16
        RETURNS iretd
        IS_WORD [seen_cs],CODE,"a CS that would be a selector is a paragraph"
        IS      [seen_eip],.after-CODE*16,"IP: the upper half of EIP is ignored"
        ret
        bits    16
.code:  int     50h
.after:
        bits    32

; With IOPL 3 IRET and IRETD work in V86 mode: IOPL and VM stay, IF changes.
in_v86:
        mov     [saved_esp],esp
        V86_IMAGE 23002h,0,.word
        RETURNS iretd
        cli
        IS      [seen_flags],23206h,"IRET of 16 bits in V86 mode: IF and PF; IOPL and VM stay"
        IS      [seen_eip],.there+2,"where it leads"
        IS_WORD [seen_sp],5A00h,"SP"
        mov     esp,[saved_esp]
        V86_IMAGE 23202h,0,.dword
        RETURNS iretd
        cli
        IS      [seen_flags],23002h,"IRETD in V86 mode: IF off"
        mov     esp,[saved_esp]
        ; NT means nothing there.
        V86_IMAGE 27002h,0,.nested
        RETURNS iretd
        IS      [seen_eip],.there+2,"NT does not make IRET a task switch in V86 mode"
        push    dword 2
        popfd
        ret
        bits    16
.word:  push    word 0206h
        push    word 0
        push    word .there
        iretw
.dword: push    dword 2
        push    dword 0
        push    dword .there
        iretd
.nested:
        push    word 2
        push    word 0
        push    word .there
        iretw
.there: int     50h
        bits    32

; ---- real mode -----------------------------------------------------------------------------------------------------

real_mode:
        mov     [saved_esp],esp
        sidt    [idt_kept]
        mov     ax,DATA16
        mov     ds,ax
        mov     es,ax
        mov     ss,ax
        mov     sp,5000h
        jmp     CODE16:.code16
        bits    16
.code16:
        mov     eax,cr0
        and     al,~1
        mov     cr0,eax
        jmp     0:.real
.real:  xor     ax,ax
        mov     ds,ax
        mov     es,ax
        mov     ss,ax
        ; IRETD: EIP below 64 KB, all flags but VM, VIF, VIP.
        mov     [r_sp],sp
        push    dword 001A3002h
        push    dword 0
        push    dword .there
        iretd
.there: pushfd
        pop     dword [r_flags]
        mov     ax,[r_sp]
        sub     ax,sp
        mov     [r_sp],ax
        ; IRET: 16 bits.
        push    word 7ED7h&~300h
        push    word 0
        push    word .word
        iretw
.word:  pushfd
        pop     dword [r_flags16]
        push    dword 2
        popfd
        mov     word [r_shadow],0
        mov     eax,cr0
        or      al,1
        mov     cr0,eax
        jmp     dword CODE:.back
        bits    32
.back:
        mov     ax,DATA
        mov     ds,ax
        mov     es,ax
        mov     ss,ax
        mov     esp,[saved_esp]
        mov     eax,[r_flags]
        IS      eax,3002h,"IRETD in real mode: IOPL, but not VM, VIF, VIP"
        IS_WORD [r_sp],0,"SP"
        IS      [r_flags16],7CD7h,"IRET in real mode: all 16 bits, IOPL and NT too"
        ret

        align   4
next:           dd      0
saved_esp:      dd      0
seen_esp:       dd      0
seen_eax:       dd      0
seen_ds:        dd      0
seen_eip:       dd      0
seen_cs:        dd      0
seen_flags:     dd      0
seen_sp:        dd      0
seen_ss:        dd      0
seen_es:        dd      0
seen_fs:        dd      0
seen_gs:        dd      0
idt_kept:       dw      0,0,0
r_sp:           dw      0
r_shadow:       dw      0
r_flags:        dd      0
r_flags16:      dd      0

        TEST_END
