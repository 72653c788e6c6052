; Writes small routines into a buffer and runs them a few times each, as sprite compilers and Forths do; patches a jump
; target, a displacement and an opcode in running code.
%include "pm.inc"
        pm
        cld
again:  mov ebp, 40
.build: mov edi, 10000h + buffer
        mov ecx, 12
.emit:  imul edx, edx, 1103515245
        add edx, 12345
        mov eax, edx
        shr eax, 30
        mov ebx, [10000h + templates + eax*4]
        mov [edi], ebx                  ; an instruction of two bytes, its immediate follows
        mov eax, edx
        shr eax, 7
        mov [edi+2], eax
        add edi, 6
        dec ecx
        jnz .emit
        mov byte [edi], 0C3h
        mov ecx, 20
.run:   mov ebx, edx
        call near [10000h + entry]
        mov [10000h + where + 2], ecx   ; displacement: which byte of the table
        and dword [10000h + where + 2], 15
        add dword [10000h + where + 2], 10000h + entry
where:  add esi, [10000h + entry]
        xor byte [10000h + flip], 08h   ; inc esi <-> dec esi
flip:   inc esi
        xor byte [10000h + skip + 1], 1 ; jump over one byte or none
skip:   jmp short .next
        nop
.next:  dec ecx
        jnz again.run
        dec ebp
        jnz again.build
        repeat32 again
align 128
templates: dw 0C381h, 0, 0F381h, 0, 0EB81h, 0, 0C381h, 0      ; add, xor, sub, add ebx, imm32
entry:  dd 10000h + buffer, 0, 0, 0, 0, 0
align 256
buffer: times 256 db 0
