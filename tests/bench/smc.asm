; Patches the immediate of an instruction in its own loop, and now and then a whole instruction.
%include "bench.inc"
        bits 16
        org 0
        start_
        cli
        mov ax, cs
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0FFF0h
again:  mov cx, 500
.loop:  inc word [patch + 1]
        add bx, cx
        xor dx, bx
patch:  mov ax, 1234h
        add dx, ax
        mov si, dx
        shr si, 3
        loop again.loop
        xor byte [flip], 08h            ; 40h inc ax <-> 48h dec ax
flip:   inc ax
        repeat16 again
