; What IOPL guards, at every privilege level and in V86 mode: CLI, STI, IF and IOPL by POPF and IRET, IN and OUT, with and
; without leave of the I/O bitmap (SDM volume 1, 18.5; volume 2, CLI, STI, POPF, IRET; volume 3, 20.2.7; PRM 8.3 and 15.3).
; cpu_iopl.expect has a line for each instruction and level, and in it what happens with IOPL 0 to 3, as Bochs 2.7 prints it,
; too: G for #GP(0), a dot if it is done, then IF (I if set) and IOPL. IF is 1 before, but for STI.
; run: -cpu 386
; run: -cpu 486
; run: -cpu pentium

%include "cpu_test.inc"
%include "cpu_iopl.inc"

%macro  TRIES 2-3 200h                  ; name, code, IF before
        mov     esi,%%name
        mov     dword [code32],%2
        mov     dword [code16],%2 %+ _16
        mov     dword [before],%3
        call    levels
        jmp     %%end
%%name: db      %1,0
%%end:
%endmacro

tests:
        LEVELS
        call    pic_open                ; all masked: IF is 1 at times
        TRIES   "cli",do_cli
        TRIES   "sti",do_sti,0
        TRIES   "popfd IF=0 IOPL=0",do_popfd_0
        TRIES   "popfd IF=0 IOPL=3",do_popfd_3
        TRIES   "popf IF=0 IOPL=3",do_popf_3
        TRIES   "iretd IF=0 IOPL=3",do_iretd
        TRIES   "iret IF=0 IOPL=3",do_iret
        TRIES   "pushfd",do_pushfd
        TRIES   "in, open",do_open
        TRIES   "in, shut",do_shut
        TRIES   "outsb, shut",do_outs
        TRIES   "in eax, half open",do_half
        ret

        CODES   do_cli,{cli},{cli}
        CODES   do_sti,{sti},{sti}
%macro  POP_D 1
        push    dword %1
        popfd
%endmacro
%macro  POP_W 1
        push    word %1
        popfw
%endmacro
%macro  IRET_D 0
        push    dword 3002h
        push    cs
        push    dword stop
        iretd
%endmacro
%macro  IRET_D_16 0
        push    dword 3002h
        push    dword 0
        push    dword %%there
        iretd
%%there:
%endmacro
%macro  IRET_W 0
        push    word 3002h
        o16 push cs
        push    word %%there
        iretw
%%there:
%endmacro
%macro  IRET_W_16 0
        push    word 3002h
        push    word 0
        push    word %%there
        iret
%%there:
%endmacro
%macro  OUT_STRING 0
        mov     edx,80h
        mov     esi,1000h
        outsb
%endmacro
        CODES   do_popfd_0,{POP_D 2},{POP_D 2}
        CODES   do_popfd_3,{POP_D 3002h},{POP_D 3002h}
        CODES   do_popf_3,{POP_W 3002h},{POP_W 3002h}
        CODES   do_iretd,{IRET_D},{IRET_D_16}
        CODES   do_iret,{IRET_W},{IRET_W_16}
        CODES   do_pushfd,{pushfd},{pushfd}
        CODES   do_open,{in al,0E9h},{in al,0E9h}
        CODES   do_shut,{in al,60h},{in al,60h}
        CODES   do_outs,{OUT_STRING},{OUT_STRING}
        CODES   do_half,{in eax,0E9h},{in eax,0E9h}

; A line for each level, ESI = name.
levels:
        mov     dword [level],0
.level: push    esi
        call    puts
        mov     esi,text_v86
        cmp     dword [level],V86
        je      .named
        mov     esi,text_ring
        mov     al,[level]
        add     al,'0'
        mov     [text_ring+7],al
.named: call    puts
        mov     dword [iopl],0
.iopl:  mov     eax,[iopl]
        shl     eax,12
        or      eax,[before]
        mov     [flags],eax
        call    try
        mov     ah,al
        mov     al,' '
        call    put_char
        mov     al,ah
        call    put_char
        test    byte [after+1],2
        mov     al,'I'
        jnz     .if
        mov     al,'i'
.if:    call    put_char
        mov     al,[after+1]
        shr     al,4
        and     al,3
        add     al,'0'
        call    put_char
        inc     dword [iopl]
        cmp     dword [iopl],4
        jb      .iopl
        mov     al,10
        call    put_char
        pop     esi
        inc     dword [level]
        cmp     dword [level],V86
        jbe     .level
        ret

text_v86:       db      ", v86   ",0
text_ring:      db      ", ring 0",0
        align   4
before:         dd      0
iopl:           dd      0

        TEST_END
