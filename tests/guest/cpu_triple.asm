; Triple fault: no gate for #GP, none for #DF. The machine reports it and the run ends with status 86.
; status: 86
; expect: ok before

%include "cpu_test.inc"

tests:
        mov     esi,text
        call    puts
        and     byte [idt+13*8+5],7Fh
        and     byte [idt+8*8+5],7Fh
        xor     eax,eax
        mov     fs,ax
        mov     al,[fs:0]
        mov     esi,text
        call    puts
        ret
text:   db      "ok before",10,0

        TEST_END
