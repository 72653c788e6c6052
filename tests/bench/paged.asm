; A paged 32-bit program: a linked list over 1 MiB, a hash table, stack frames, copies by words, shifts of 64 bits, and a
; new page directory base for each pass.
%include "pm.inc"
        pm
        paging
        cld
        xor eax, eax                    ; 4,096 nodes of 16 bytes, 256 bytes apart, in an order that jumps about
        mov ecx, 4096
.make:  mov edx, eax
        imul edx, edx, 1103
        inc edx
        and edx, 4095
        mov esi, eax
        shl esi, 8
        add esi, 200000h
        mov edi, edx
        shl edi, 8
        add edi, 200000h
        mov [esi], edi
        mov [esi+4], eax
        mov eax, edx
        dec ecx
        jnz .make
        mov dword [10000h + start32], 0
again:  mov eax, cr3
        mov cr3, eax
        mov esi, 200000h
        mov ecx, 2000
.walk:  mov eax, [esi+4]
        push eax
        call hash
        add esp, 4
        inc dword [300000h + eax*4]
        add ebx, [300000h + eax*4]
        test bl, 1
        jz .even
        shld ebx, eax, 3
        mov [esi+8], ebx
.even:  mov esi, [esi]
        dec ecx
        jnz .walk
        mov esi, 300000h
        mov edi, 310000h
        mov ecx, 1024
.copy:  mov eax, [esi]
        mov edx, [esi+4]
        mov [edi], edx
        mov [edi+4], eax
        cmp eax, edx
        jbe .less
        inc dword [320000h]
.less:  add esi, 8
        add edi, 8
        dec ecx
        jnz .copy
        repeat32 again
hash:   push ebp
        mov ebp, esp
        push ebx
        mov eax, [ebp+8]
        mov ebx, eax
        shr ebx, 7
        xor eax, ebx
        imul eax, eax, 40503
        movzx ebx, ax
        bt ebx, 3
        sbb edx, edx
        lea eax, [ebx+edx]
        and eax, 3FFFh
        pop ebx
        pop ebp
        ret
