; Which processor is it? The ways programs find out: bits 12 to 15 of FLAGS, EFLAGS.AC and ID (Intel AP-485), PUSH SP, shift
; counts, the MSW, MUL's flags (NEC V20), flags after 5 / 2 (Cyrix) and 5555h / 2 (NexGen), CPUID.
; run: -cpu 8086
; run: -cpu 286
; run: -cpu 386
; run: -cpu 486
; run: -cpu pentium
; run: -cpu pentium-mmx
; run: -cpu 686
; expect -cpu 8086: FLAGS 8086, PUSH SP 8086, shift 8086, MUL Intel
; expect -cpu 286: FLAGS 286, PUSH SP 286, shift 286, MSW FFF0, 5/2 Intel, 5555/2 Intel
; expect -cpu 386: FLAGS 386, PUSH SP 286, shift 286, 5/2 Intel, 5555/2 Intel, AC no, ID no
; expect -cpu 486: FLAGS 386, PUSH SP 286, shift 286, 5/2 Intel, 5555/2 Intel, AC yes, ID no
; expect -cpu pentium: FLAGS 386, PUSH SP 286, shift 286, 5/2 Intel, 5555/2 Intel, AC yes, ID yes, GenuineIntel 05
; expect -cpu pentium-mmx: FLAGS 386, PUSH SP 286, shift 286, 5/2 Intel, 5555/2 Intel, AC yes, ID yes, GenuineIntel 05
; expect -cpu 686: FLAGS 386, PUSH SP 286, shift 286, 5/2 Intel, 5555/2 Intel, AC yes, ID yes, GenuineIntel 06

%include "vgabios.inc"

%macro  SAY 1
        call    say
        db      %1,0
%endmacro

tests:
        call    identify
        SAY     10
        jmp     leave_machine

identify:
        SAY     "FLAGS "
        pushf
        pop     bx
        mov     ax,0FFFh                ; an 8086 cannot clear bits 12 to 15
        and     ax,bx
        push    ax
        popf
        pushf
        pop     ax
        and     ax,0F000h
        cmp     ax,0F000h
        mov     byte [model],0
        je      .is8086
        or      bx,0F000h               ; a 286 cannot set them
        push    bx
        popf
        pushf
        pop     ax
        and     ax,0F000h
        jz      .is286
        mov     byte [model],3
        SAY     "386"
        jmp     .push
.is286: mov     byte [model],2
        SAY     "286"
        jmp     .push
.is8086:
        SAY     "8086"
.push:  SAY     ", PUSH SP "
        mov     bx,sp
        push    sp
        pop     ax
        cmp     ax,bx
        je      .old
        SAY     "8086"
        jmp     .shift
.old:   SAY     "286"
.shift: SAY     ", shift "
        mov     ax,1
        mov     cl,33
        shl     ax,cl
        test    ax,ax
        jnz     .masked
        SAY     "8086"
        jmp     .mul
.masked:
        SAY     "286"
.mul:   cmp     byte [model],0
        jne     .msw
        SAY     ", MUL "
        xor     al,al                   ; a V20 leaves ZF, an 8086 clears it
        mov     al,40h
        mul     al
        jz      .nec
        SAY     "Intel"
        ret
.nec:   SAY     "NEC"
        ret
.msw:
        cpu     286
        cmp     byte [model],2
        jne     .div
        SAY     ", MSW "
        smsw    ax
        mov     bx,ax
        mov     cx,4
.nibble:
        rol     bx,4
        mov     al,bl
        and     al,15
        cmp     al,10
        sbb     al,69h
        das
        out     0E9h,al
        loop    .nibble
.div:   SAY     ", 5/2 "
        xor     ax,ax
        sahf
        mov     ax,5
        mov     bx,2
        div     bl
        lahf
        cmp     ah,2
        je      .cyrix
        SAY     "Intel"
        jmp     .div2
.cyrix: SAY     "Cyrix"
.div2:  SAY     ", 5555/2 "
        mov     ax,5555h
        xor     dx,dx
        mov     cx,2
        div     cx
        jz      .nexgen
        SAY     "Intel"
        jmp     .ac
.nexgen:
        SAY     "NexGen"
.ac:    cmp     byte [model],3
        jne     .out
        cpu     586
        SAY     ", AC "
        mov     ecx,40000h
        call    flag
        jz      .no_ac
        SAY     "yes"
        jmp     .id
.no_ac: SAY     "no"
.id:    SAY     ", ID "
        mov     ecx,200000h
        call    flag
        jz      .no_id
        SAY     "yes, "
        xor     eax,eax
        cpuid
        mov     [vendor],ebx
        mov     [vendor+4],edx
        mov     [vendor+8],ecx
        mov     si,vendor
        call    put_text
        SAY     " 0"
        mov     eax,1
        cpuid
        mov     al,ah
        and     al,15
        add     al,'0'
        out     0E9h,al
.out:   ret
.no_id: SAY     "no"
        ret

; Z = 0: the flag of EFLAGS in ECX can be changed.
flag:
        pushfd
        pop     eax
        mov     ebx,eax
        xor     eax,ecx
        push    eax
        popfd
        pushfd
        pop     eax
        push    ebx
        popfd
        xor     eax,ebx
        test    eax,ecx
        ret

; The text behind the call; registers and flags stay.
say:
        cpu     8086
        pushf
        push    bp
        mov     bp,sp
        push    ax
        push    si
        mov     si,[bp+4]
        call    put_text
        mov     [bp+4],si
        pop     si
        pop     ax
        pop     bp
        popf
        ret

model:          db      0
vendor:         times   13 db 0

        TEST_END
