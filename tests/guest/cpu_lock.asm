; LOCK: before which instructions it is legal (SDM volume 2, LOCK; PRM 17, LOCK). Each opcode of one byte and of two is tried
; with LOCK and a memory operand, then with a register, for each value of the ModR/M byte's reg field: all that are not legal
; are #UD. cpu_lock.expect lists the legal ones by their reg fields, as Bochs 2.7 prints it, too. Those that only later
; processors have are not tried.
; run: -cpu 386
; run: -cpu 486
; run: -cpu pentium

%include "cpu_test.inc"

CODE_AT         equ     WORK+100h

tests:
        mov     dword [opcode],0
.next:  mov     eax,[opcode]
        cmp     al,0Fh                  ; prefixes and the escape
        je      .skip
        cmp     al,26h
        je      .skip
        cmp     al,2Eh
        je      .skip
        cmp     al,36h
        je      .skip
        cmp     al,3Eh
        je      .skip
        cmp     al,0F1h                 ; INT1 with LOCK: nobody says
        je      .skip
        mov     ah,al
        and     ah,0FCh
        cmp     ah,64h
        je      .skip
        cmp     ah,0F0h
        je      .skip
        mov     byte [CODE_AT],0F0h
        mov     [CODE_AT+1],al
        mov     dword [modrm_at],CODE_AT+2
        mov     esi,text_one
        call    opcode_line
.skip:  inc     dword [opcode]
        cmp     dword [opcode],100h
        jb      .next
        mov     esi,escaped
.two:   lodsb
        test    al,al
        jz      .out
        movzx   eax,al
        mov     [opcode],eax
        mov     word [CODE_AT],0FF0h
        mov     [CODE_AT+2],al
        mov     dword [modrm_at],CODE_AT+3
        push    esi
        mov     esi,text_two
        call    opcode_line
        pop     esi
        jmp     .two
.out:   ; Memory is needed, whatever the instruction; and LOCK in front of other prefixes counts as well.
        FAULTS  6,NO_ERROR,"LOCK XCHG of registers",{db 0F0h,87h,0C3h}
        FAULTS  6,NO_ERROR,"LOCK ADD register,memory",{db 0F0h,03h,05h,0,0,2,0}
        FAULTS  6,NO_ERROR,"LOCK CMP",{db 0F0h,39h,05h,0,0,2,0}
        FAULTS  6,NO_ERROR,"LOCK MOV",{db 0F0h,89h,05h,0,0,2,0}
        RUNS    "LOCK behind other prefixes",{db 66h,3Eh,0F0h,01h,05h,0,0,2,0}
        RUNS    "LOCK before other prefixes",{db 0F0h,66h,3Eh,01h,05h,0,0,2,0}
        RUNS    "LOCK twice",{db 0F0h,0F0h,01h,05h,0,0,2,0}
        FAULTS  6,NO_ERROR,"LOCK NOP",{db 0F0h,90h}
        FAULTS  6,NO_ERROR,"LOCK REP MOVSB",{db 0F0h,0F3h,0A4h}
        FAULTS  6,NO_ERROR,"LOCK HLT",{db 0F0h,0F4h}
        RING_OPEN
        RING3
        FAULTS  6,NO_ERROR,"LOCK CLI in ring 3: #UD, not #GP",{db 0F0h,0FAh}
        ret

; Tries the opcode at CODE_AT with each reg field: prints ESI, the opcode and the fields where it is legal with memory and
; (then an R follows) with a register. No line if there is none.
opcode_line:
        mov     [kind],esi
        mov     dword [printed],0
        mov     dword [field],0
.field: mov     eax,[field]
        shl     eax,3
        or      al,05h                  ; [disp32]
        mov     edi,[modrm_at]
        stosb
        mov     eax,WORK
        stosd
        mov     eax,0F4F4F401h          ; an immediate, and what would follow
        stosd
        stosd
        call    try
        jc      .no
        call    heading
        mov     al,[field]
        add     al,'0'
        out     0E9h,al
.no:    mov     edi,[modrm_at]
        or      byte [edi],0C3h         ; EBX
        call    try
        jc      .none
        call    heading
        mov     al,'R'
        out     0E9h,al
.none:  inc     dword [field]
        cmp     dword [field],8
        jb      .field
        cmp     dword [printed],0
        je      .out
        mov     al,10
        out     0E9h,al
.out:   ret

heading:
        cmp     dword [printed],0
        jne     .out
        inc     dword [printed]
        mov     esi,[kind]
        call    puts
        mov     eax,[opcode]
        call    put_byte
        mov     al,' '
        out     0E9h,al
.out:   ret

; Runs what is at CODE_AT with TF set, so that it is over after one instruction. Carry: #UD.
try:
        mov     dword [trap_resume],.back
        mov     [trap_esp],esp
        mov     dword [trap_vector],-1
        mov     edi,WORK
        mov     dword [WORK],STACK0     ; XCHG loads ESP from here
        pushfd
        or      dword [esp],100h
        push    cs
        push    dword CODE_AT
        iretd
.back:
        mov     dword [trap_resume],0
        mov     ax,DATA
        mov     fs,ax
        mov     gs,ax
        xor     eax,eax
        mov     dr6,eax
        cld
        cmp     dword [trap_vector],6
        jne     .legal
        stc
        ret
.legal: clc
        ret

text_one:       db      "lock ",0
text_two:       db      "lock 0f ",0
; System instructions and registers, Jcc, SETcc, PUSH FS and so on to MOVSX. BT (A3, BA /4) is left out of the table above 0F
; BA: the 386 manual calls LOCK BT legal, all later ones do not, and no capture tells.
escaped:        db      1,2,3,6,20h,21h,22h,23h,80h,8Fh,90h,9Fh,0A0h,0A1h,0A4h,0A5h,0A8h,0A9h
                db      0ABh,0ACh,0ADh,0AFh,0B2h,0B3h,0B4h,0B5h,0B6h,0B7h,0BAh,0BBh,0BCh,0BDh
                db      0BEh,0BFh,0
        align   4
opcode:         dd      0
modrm_at:       dd      0
field:          dd      0
printed:        dd      0
kind:           dd      0

        TEST_END
