; Decoding: a megabyte of code is written anew, and executed once, in each pass.
%include "pm.inc"
        pm
        cld
again:  mov esi, 10000h + template
        mov edi, 200000h
        mov edx, 0F0000h / 64
.copy:  mov esi, 10000h + template
        mov ecx, 16
        rep movsd
        dec edx
        jnz .copy
        mov byte [edi], 0C3h
        mov edx, 200000h
        call edx
        repeat32 again
align 128
template:
        add eax, ebx
        mov [esp-16], eax
        lea ecx, [eax+ebx*4+1000]
        cmp ecx, [esp-16]
        jb .less
        inc ebx
.less:  xor eax, 12345678h
        movzx edi, al
        shl edi, 3
        push edi
        and ebx, 0FFFFFFh
        pop esi
        test esi, esi
        jz .zero
        sub eax, esi
.zero:  mov ebp, [esp-16]
        or ebp, 1
    times 64 - ($ - template) nop
