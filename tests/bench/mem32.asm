; Loads, stores and read-modify-write over 64 KiB, with a paged address space.
%include "pm.inc"
        pm
        paging
        mov dword [10000h + start32], 0 ; this page now holds data as well as code
again:  mov esi, 200000h
        mov edi, 210000h
        mov ecx, 4096
.loop:  mov eax, [esi]
        add eax, [esi+4]
        mov [edi], eax
        add [edi+8], ecx
        movzx edx, byte [esi+ecx]
        mov [edi+12], dl
        push eax
        add esi, 16
        pop ebx
        add edi, 16
        dec ecx
        jnz .loop
        repeat32 again
