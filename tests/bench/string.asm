; REP string instructions of several sizes, forwards and backwards.
%include "pm.inc"
        pm
again:  mov esi, 200000h
        mov edi, 240001h
        mov ecx, 4096
        rep movsd
        mov esi, 200000h
        mov edi, 240003h
        mov ecx, 37
        rep movsb
        mov edi, 280000h
        mov ecx, 2000
        rep stosw
        mov esi, 200000h
        mov edi, 240001h
        mov ecx, 3000
        repe cmpsb
        mov edi, 280000h
        mov ecx, 1000
        mov al, 0FFh
        repne scasb
        std
        mov esi, 207FFCh
        mov edi, 247FFCh
        mov ecx, 1024
        rep movsd
        cld
        repeat32 again
