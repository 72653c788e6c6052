; Who may load what: descriptors of all 32 types, all four DPLs, present and absent, by selectors of all four RPLs, at all
; four privilege levels, by every instruction that looks at one (SDM volume 3, chapters 5.5 to 5.8 and 6.12.1; volume 2,
; MOV, CALL, JMP, RET, IRET, INT, LLDT, LTR, LAR, LSL, VERR, VERW; PRM 6.3). cpu_access.expect has the result, as Bochs 2.7
; prints it, too: a line for consecutive types that answer alike, four groups for DPL 0 to 3, in each a letter for RPL 0 to 3:
;
;   .  it is done         -  LAR and the like: ZF is 0
;   G N S T               #GP, #NP, #SS, #TS whose error code names the descriptor
;   g                     #GP(0)
;   #                     another error code: the target of a gate
; run: -cpu 386
; run: -cpu pentium

%include "cpu_test.inc"

SUBJECT         equ     FREE            ; the descriptor under test
RCODE           equ     FREE+8          ; flat code of DPL 0 to 3
RDATA           equ     FREE+28h        ; flat data of DPL 0 to 3
GATE3           equ     FREE+48h        ; call gate of DPL 3 to SUBJECT
VECTOR          equ     41h             ; INT through SUBJECT as a gate
VECTOR3         equ     42h             ; INT through a gate of DPL 3 to SUBJECT

; An instruction: its name, code that runs it with the selector in AX, and what prepares the attempt.
%macro  TRIES 3
        mov     dword [name],%%name
        mov     dword [attempt],%2
        mov     dword [prepare],%3
        call    privileges
        jmp     %%end
%%name: db      %1,0
%%end:
%endmacro

tests:
        RING_OPEN
%assign n 0
%rep 4
        DESC    RCODE+n*8,0,0FFFFFh,9Ah|n<<5,0Ch
        DESC    RDATA+n*8,0,0FFFFFh,92h|n<<5,0Ch
%assign n n+1
%endrep
        mov     dword [tss+0Ch],STACK0-400h
        mov     word [tss+10h],RDATA+8|1
        mov     dword [tss+14h],STACK0-800h
        mov     word [tss+18h],RDATA+10h|2
        TRIES   "mov ds",to_ds,as_segment
        TRIES   "mov es",to_es,as_segment
        TRIES   "mov fs",to_fs,as_segment
        TRIES   "mov gs",to_gs,as_segment
        TRIES   "mov ss",to_ss,as_segment
        TRIES   "jmp far",by_jmp,as_segment
        TRIES   "call far",by_call,as_segment
        TRIES   "retf",by_retf,as_segment
        TRIES   "iretd",by_iret,as_segment
        TRIES   "lldt",by_lldt,as_segment
        TRIES   "ltr",by_ltr,as_segment
        TRIES   "verr",by_verr,as_segment
        TRIES   "verw",by_verw,as_segment
        TRIES   "lar",by_lar,as_segment
        TRIES   "lsl",by_lsl,as_segment
        TRIES   "call gate to",by_gate,as_segment
        TRIES   "int gate",by_int,as_gate
        TRIES   "int to",by_int3,as_segment
        ret

; ---- attempts, at CPL [cpl]; success goes on to `done` -----------------------------------------------------------

to_ds:  mov     ds,ax
        jmp     done
to_es:  mov     es,ax
        jmp     done
to_fs:  mov     fs,ax
        jmp     done
to_gs:  mov     gs,ax
        jmp     done
to_ss:  mov     ss,ax
        jmp     done
by_jmp: mov     [pointer+4],ax
        jmp     far [pointer]
by_call:
        mov     [pointer+4],ax
        call    far [pointer]
by_retf:
        call    outer_stack
        push    eax
        push    dword done
        retf
by_iret:
        call    outer_stack
        push    dword 2
        push    eax
        push    dword done
        iretd
by_lldt:
        lldt    ax
        jmp     done
by_ltr: ltr     ax
        jmp     done
by_verr:
        verr    ax
        jmp     looked
by_verw:
        verw    ax
        jmp     looked
by_lar: lar     ebx,ax
        jmp     looked
by_lsl: lsl     ebx,ax
        jmp     looked
by_gate:
        call    GATE3|3:0
by_int: int     VECTOR
by_int3:
        int     VECTOR3
looked: setz    [zero]
done:   int     RING_INT

; SS and ESP for a return to the ring that the RPL of EAX names.
outer_stack:
        pop     ecx
        mov     edx,eax
        and     edx,3
        lea     ebx,[edx*8+RDATA]
        or      ebx,edx
        push    ebx
        push    dword STACK3
        jmp     ecx

; ---- one attempt -------------------------------------------------------------------------------------------------

; The descriptor of type [type], DPL [dpl], P [present]. Segments are flat: limit 0 where they expand down; a TSS is too
; small for a switch; call gates lead to `done` in ring 0.
build:
        mov     al,[dpl]
        shl     al,5
        or      al,[type]
        mov     ah,[present]
        shl     ah,7
        or      al,ah
        mov     [gdt+SUBJECT+5],al
        mov     dword [gdt+SUBJECT],0
        mov     byte [gdt+SUBJECT+4],0
        mov     word [gdt+SUBJECT+6],00C0h
        mov     al,[type]
        cmp     al,10h
        jb      .system
        and     al,0Ch
        cmp     al,04h
        je      .out
        mov     word [gdt+SUBJECT],0FFFFh
        mov     byte [gdt+SUBJECT+6],0CFh
.out:   ret
.system:
        mov     word [gdt+SUBJECT+6],0
        test    al,4
        jz      .out
        mov     word [gdt+SUBJECT],done
        mov     word [gdt+SUBJECT+2],RCODE
        ret

as_segment:
        call    build
        mov     eax,SUBJECT
        mov     [names],eax
        or      al,[rpl]
        CALL_GATE GATE3,SUBJECT,done,0,0ECh
        mov     [gdt+GATE3+2],ax
        GATE    VECTOR3,SUBJECT,done,0EEh
        mov     [idt+VECTOR3*8+2],ax
        ret

; The same descriptor as a gate of the IDT; RPL is that of its selector.
as_gate:
        call    build
        mov     dword [names],VECTOR*8+2
        mov     eax,[gdt+SUBJECT]
        mov     edx,[gdt+SUBJECT+4]
        mov     [idt+VECTOR*8],eax
        mov     [idt+VECTOR*8+4],edx
        mov     ax,RCODE
        or      al,[rpl]
        mov     [idt+VECTOR*8+2],ax
        ret

; AL = letter of the result.
try:
        call    [prepare]
        mov     ebp,eax
        mov     byte [zero],1
        mov     dword [trap_vector],-1
        mov     dword [trap_resume],.back
        mov     dword [ring0_resume],.back
        mov     [ring0_esp],esp
        mov     [trap_esp],esp
        movzx   edx,byte [cpl]
        test    edx,edx
        jz      .same
        lea     eax,[edx*8+RDATA]
        or      eax,edx
        push    eax
        push    dword STACK3-400h
.same:
        push    dword 2
        lea     eax,[edx*8+RCODE]
        or      eax,edx
        push    eax
        push    dword .there
        iretd
.there:
        mov     ax,UDATA
        mov     ds,ax
        mov     es,ax
        mov     eax,ebp
        jmp     [attempt]
.back:
        mov     dword [trap_resume],0
        xor     eax,eax
        lldt    ax
        and     byte [gdt+TSS+5],~2
        mov     ax,TSS
        ltr     ax
        mov     al,'.'
        cmp     dword [trap_vector],-1
        je      .good
        mov     eax,[trap_vector]
        mov     al,[letters+eax]
        mov     edx,[trap_error]
        cmp     edx,[names]
        je      .out
        or      al,20h
        test    edx,edx
        jz      .out
        mov     al,'#'
.out:   ret
.good:
        cmp     byte [zero],0
        jne     .out
        mov     al,'-'
        ret

; ---- all of them -------------------------------------------------------------------------------------------------

privileges:
        mov     byte [cpl],0
.next:
        mov     byte [present],1
        call    types
        mov     byte [present],0
        call    types
        inc     byte [cpl]
        cmp     byte [cpl],4
        jb      .next
        ret

types:
        mov     byte [type],0
        mov     byte [first],0
        call    answers
        call    keep
.next:
        inc     byte [type]
        cmp     byte [type],32
        je      show
        call    answers
        mov     esi,row
        mov     edi,kept
        mov     ecx,19
        repe    cmpsb
        je      .next
        call    show
        mov     al,[type]
        mov     [first],al
        call    keep
        jmp     .next
keep:
        mov     esi,row
        mov     edi,kept
        mov     ecx,19
        rep     movsb
        ret

answers:
        mov     edi,row
        mov     byte [dpl],0
.dpl:   mov     byte [rpl],0
.rpl:   push    edi
        call    try
        pop     edi
        stosb
        inc     byte [rpl]
        cmp     byte [rpl],4
        jb      .rpl
        mov     al,' '
        stosb
        inc     byte [dpl]
        cmp     byte [dpl],4
        jb      .dpl
        mov     byte [edi-1],0
        ret

; "mov ds cpl 0 absent 10-17 .... .... .... ...."
show:
        mov     esi,[name]
        call    puts
        mov     esi,text_cpl
        call    puts
        mov     al,[cpl]
        add     al,'0'
        out     0E9h,al
        mov     esi,text_absent
        cmp     byte [present],0
        je      .state
        mov     esi,text_present
.state: call    puts
        mov     al,[first]
        call    put_byte
        mov     al,'-'
        out     0E9h,al
        mov     al,[type]
        dec     al
        call    put_byte
        mov     al,' '
        out     0E9h,al
        mov     esi,kept
        call    puts
        mov     al,10
        out     0E9h,al
        ret

text_cpl:       db      " cpl ",0
text_present:   db      " present ",0
text_absent:    db      " absent ",0
letters:        db      "DBnPOVUMFxTNSGAxxxxx"   ; by vector
                times   256-($-letters) db "?"
        align   4
name:           dd      0
attempt:        dd      0
prepare:        dd      0
names:          dd      0               ; the error code that names the descriptor
pointer:        dd      done
                dw      0
type:           db      0
first:          db      0
dpl:            db      0
rpl:            db      0
cpl:            db      0
present:        db      0
zero:           db      0
row:            times   20 db 0
kept:           times   20 db 0

        TEST_END
