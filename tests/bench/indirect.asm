; A bytecode interpreter: unpredictable indirect jumps and calls.
%include "pm.inc"
        pm
again:  mov esi, 10000h + code
        mov ebp, 4000
next:   imul edx, edx, 1103515245
        add edx, 12345
        mov eax, edx
        shr eax, 16
        and eax, 7
        jmp [10000h + ops + eax*4]
op0:    add ebx, eax
        jmp tail
op1:    sub ebx, edx
        jmp tail
op2:    call [10000h + subs]
        jmp tail
op3:    xor ebx, esi
        jmp tail
op4:    push ebx
        pop ecx
        jmp tail
op5:    call [10000h + subs + 4]
        jmp tail
op6:    mov [10000h + cell], ebx
        jmp tail
op7:    add ebx, [10000h + cell]
tail:   dec ebp
        jnz next
        repeat32 again
sub0:   lea ebx, [ebx+ebx*4]
        ret
sub1:   not ebx
        ret
align 4
ops:    dd 10000h + op0, 10000h + op1, 10000h + op2, 10000h + op3, 10000h + op4, 10000h + op5, 10000h + op6, 10000h + op7
subs:   dd 10000h + sub0, 10000h + sub1
cell:   dd 0
code:   db 0
