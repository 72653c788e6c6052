; Register arithmetic with dependent flags and short branches, 32-bit flat.
%include "pm.inc"
        pm
again:  mov ecx, 1000
.loop:  add eax, ecx
        xor edx, eax
        rol edx, 5
        lea ebx, [eax+edx*2+3]
        sub esi, ebx
        adc edi, 0
        cmp esi, edi
        jb .less
        inc eax
.less:  and edx, 0FFFFFFh
        imul ebp, ebx, 17
        or esi, 1
        test ebp, 40h
        jz .even
        not edx
.even:  dec ecx
        jnz .loop
        repeat32 again
