; The virtual interrupt flag of the Pentium: V86 mode with and without CR4.VME, ring 3 with and without CR4.PVI (SDM volume 3,
; 20.3 and 20.4; volume 2, CLI, STI, PUSHF, POPF, IRET, INT). cpu_vme.expect has a line for each instruction and IOPL, as Bochs
; 2.7 prints it, too. Its columns are the states before, IF VIF VIP in the heading (upper case: set), then: a dot if the
; instruction was done or a letter for its exception (G = #GP(0), g = #GP of a gate), IF VIF VIP afterwards, and bits 8 to 15
; of the word on top of the stack where a FLAGS image was pushed.
; run: -cpu pentium

%include "cpu_test.inc"
%include "cpu_iopl.inc"

OWN             equ     60h             ; the redirection bitmap sends INT 60h to the program,
TO_IDT          equ     61h             ; INT 61h to the IDT: DPL 3
SHUT            equ     62h             ; INT 62h as well: DPL 0

%macro  TRIES 2-3 0                     ; name, code, 1: show the image
        mov     dword [name],%%name
        mov     dword [code32],%2
        mov     dword [code16],%2 %+ _16
        mov     byte [show_image],%3
        call    privileges
        jmp     %%end
%%name: db      %1,0
%%end:
%endmacro

tests:
        LEVELS
        call    pic_open
        ; TSS: 32 bytes of redirection bitmap, then the I/O bitmap, of which the frame's is a part.
        mov     esi,tss+104
        mov     edi,tss+104+32
        mov     ecx,33
        std
        lea     esi,[esi+32]
        lea     edi,[edi+32]
        rep     movsb
        cld
        mov     edi,tss+104
        mov     ecx,32
        mov     al,0FFh
        rep     stosb
        and     byte [tss+104+OWN/8],~(1<<(OWN&7))
        mov     word [tss+102],104+32
        mov     word [gdt+TSS],104+32+32
        and     byte [gdt+TSS+5],~2
        mov     ax,TSS
        ltr     ax
        GATE    OWN,CODE,monitor,0EEh
        GATE    TO_IDT,CODE,monitor,0EEh
        mov     dword [OWN*4],own       ; in the real-mode table, segment 0
        mov     dword [TO_IDT*4],own
        mov     dword [SHUT*4],own
        mov     esi,heading
        call    puts
        mov     dword [level],V86
        mov     byte [cr4_bit],0
        mov     dword [mode],text_v86
        call    instructions
        mov     byte [cr4_bit],1
        mov     dword [mode],text_vme
        call    instructions
        mov     dword [level],3
        mov     byte [cr4_bit],0
        mov     dword [mode],text_ring3
        call    instructions
        mov     byte [cr4_bit],2
        mov     dword [mode],text_pvi
        call    instructions
        xor     eax,eax
        mov     cr4,eax
        ret

; INT that arrives in the IDT's handler: shown as exception P.
monitor:
        push    dword 0
        push    dword 15
        jmp     trap

instructions:
        TRIES   "cli",do_cli
        TRIES   "sti",do_sti
        TRIES   "pushf",do_pushf,1
        TRIES   "pushfd",do_pushfd,1
        TRIES   "popf 0",do_popf_0
        TRIES   "popf IF",do_popf_if
        TRIES   "popf TF",do_popf_tf
        TRIES   "popfd 0",do_popfd_0
        TRIES   "popfd IF",do_popfd_if
        TRIES   "iret 0",do_iret_0
        TRIES   "iret IF",do_iret_if
        TRIES   "iret TF",do_iret_tf
        TRIES   "iretd IF",do_iretd_if
        cmp     dword [level],V86
        jne     .out
        TRIES   "int, redirected",do_own,1
        TRIES   "int, not redirected",do_monitor
        TRIES   "int, shut",do_shut
        TRIES   "int3",do_int3
.out:   ret

%macro  POP_W 1
        push    word %1
        popfw
%endmacro
%macro  POP_D 1
        push    dword %1
        popfd
%endmacro
%macro  IRET_W 1
        push    word %1
        o16 push cs
        push    word %%there
        iretw
%%there:
%endmacro
%macro  IRET_D 1
        push    dword %1
        push    cs
        push    dword %%there
        iretd
%%there:
%endmacro
%macro  IRET_D_16 1
        push    dword 20000h|%1
        push    dword 0
        push    dword %%there
        iretd
%%there:
%endmacro
        CODES   do_cli,{cli},{cli}
        CODES   do_sti,{sti},{sti}
        CODES   do_pushf,{pushfw},{pushfw}
        CODES   do_pushfd,{pushfd},{pushfd}
        CODES   do_popf_0,{POP_W 2},{POP_W 2}
        CODES   do_popf_if,{POP_W 202h},{POP_W 202h}
        CODES   do_popf_tf,{POP_W 102h},{POP_W 102h}
        CODES   do_popfd_0,{POP_D 2},{POP_D 2}
        CODES   do_popfd_if,{POP_D 180202h},{POP_D 180202h}
        CODES   do_iret_0,{IRET_W 2},{IRET_W 2}
        CODES   do_iret_if,{IRET_W 202h},{IRET_W 202h}
        CODES   do_iret_tf,{IRET_W 102h},{IRET_W 102h}
        CODES   do_iretd_if,{IRET_D 202h},{IRET_D_16 202h}
        CODES   do_own,{nop},{int OWN}
        CODES   do_monitor,{nop},{int TO_IDT}
        CODES   do_shut,{nop},{int SHUT}
        CODES   do_int3,{nop},{int3}
        bits    16
own:    add     sp,4                    ; the image on top
        hlt
        bits    32

; Lines for IOPL 0, 2 and 3.
privileges:
        mov     dword [iopl],0
.iopl:  mov     esi,[mode]
        call    puts
        mov     al,[iopl]
        add     al,'0'
        call    put_char
        mov     al,' '
        call    put_char
        mov     esi,[name]
        call    puts
        mov     ecx,20
        mov     esi,[name]
.width: lodsb
        test    al,al
        jz      .pad
        dec     ecx
        jmp     .width
.pad:   mov     al,' '
        call    put_char
        loop    .pad
        mov     byte [state],0
.state: call    column
        inc     byte [state]
        cmp     byte [state],8
        jb      .state
        mov     al,10
        call    put_char
        add     dword [iopl],2
        cmp     dword [iopl],2
        je      .iopl
        dec     dword [iopl]
        cmp     dword [iopl],3
        je      .iopl
        ret

; [state]: bit 0 VIP, bit 1 VIF, bit 2 IF.
column:
        mov     eax,[iopl]
        shl     eax,12
        test    byte [state],4
        jz      .if
        or      ah,2
.if:    test    byte [state],2
        jz      .vif
        or      eax,80000h
.vif:   test    byte [state],1
        jz      .vip
        or      eax,100000h
.vip:   mov     [flags],eax
        movzx   eax,byte [cr4_bit]
        mov     cr4,eax
        call    try
        call    put_char
        mov     ah,'i'
        test    byte [after+1],2
        call    flag
        mov     ah,'v'
        test    byte [after+2],8
        call    flag
        mov     ah,'p'
        test    byte [after+2],10h
        call    flag
        cmp     byte [show_image],0
        je      .blank
        mov     al,[image+1]
        shr     al,4
        call    .digit
        mov     al,[image+1]
        and     al,15
        call    .digit
.blank: mov     al,' '
        jmp     put_char
.digit: cmp     al,10
        sbb     al,69h
        das
        jmp     put_char
flag:
        mov     al,ah
        jz      put_char
        sub     al,20h
        jmp     put_char

heading:        db      "                            ivp   ivP   iVp   iVP   Ivp   IvP   IVp   IVP",10,0
text_v86:       db      "V86 iopl ",0
text_vme:       db      "VME iopl ",0
text_ring3:     db      "ring3 iopl ",0
text_pvi:       db      "PVI iopl ",0
        align   4
name:           dd      0
mode:           dd      0
iopl:           dd      0
state:          db      0
cr4_bit:        db      0
show_image:     db      0

        TEST_END
