; Calls and returns: recursion, methods through tables of pointers, callbacks in registers, a switch of 64 cases, and
; code spread over pages.
%include "pm.inc"
        pm
again:  mov ebp, 12
        mov eax, 11
        call fib
        mov ecx, 500
.obj:   imul edi, edi, 1664525
        add edi, 1013904223
        mov eax, edi
        shr eax, 28
        and eax, 7
        mov esi, [10000h + objects + eax*4]
        mov edx, [esi]
        call [edx]                      ; method 0
        mov edx, [esi]
        call [edx+4]
        mov eax, edi
        shr eax, 20
        and eax, 63
        jmp [10000h + cases + eax*4]
done:   mov edx, callback
        add edx, 10000h
        call apply
        dec ecx
        jnz again.obj
        repeat32 again
fib:    cmp eax, 2
        jb .leaf
        push eax
        dec eax
        call fib
        xchg eax, [esp]
        sub eax, 2
        call fib
        pop edx
        add eax, edx
        ret
.leaf:  ret
apply:  push ebp
        mov ebp, esp
        push ecx
        mov ecx, 2
.next:  call edx
        dec ecx
        jnz .next
        pop ecx
        leave
        ret
callback:
        add ebx, ecx
        ret
%assign k 0
%rep 64
case%+k: add ebx, k * 17 + 1
        xor ebx, edi
        jmp done
    %if k % 8 = 7
        times 700 db 0CCh
    %endif
%assign k k + 1
%endrep
%assign k 0
%rep 8
m%+k%+a: mov eax, [esi+4]
        add [esi+8], eax
        ret
m%+k%+b: push ebx
        mov ebx, [esi+8]
        rol ebx, k
        mov [esi+4], ebx
        pop ebx
        ret
        times 300 db 0CCh
%assign k k + 1
%endrep
align 128
cases:
%assign k 0
%rep 64
        dd 10000h + case%+k
%assign k k + 1
%endrep
%assign k 0
%rep 8
v%+k:   dd 10000h + m%+k%+a, 10000h + m%+k%+b
o%+k:   dd 10000h + v%+k, k, k * k
%assign k k + 1
%endrep
objects: dd 10000h + o0, 10000h + o1, 10000h + o2, 10000h + o3, 10000h + o4, 10000h + o5, 10000h + o6, 10000h + o7
