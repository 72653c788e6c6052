; The PS/2 mouse through INT 15h/C2h: what the host's mouse does comes to the handler, with packets of three bytes and,
; after the knock of the IntelliMouse, of four, whose last one is the wheel. The debugger moves the mouse at each OUT to
; ports E0h to E3h (bios_mouse.dbg).
; run: -cpu 8086 -x tests/guest/bios_mouse.dbg
; run: -cpu pentium -x tests/guest/bios_mouse.dbg
%include "bios_test.inc"

%macro MOUSE 2-3                        ; AL, BH, text
        mov ax, 0C200h + %1
        mov bh, %2
        int 15h
%if %0 = 3
        NO_CARRY %3
%endif
%endmacro

tests:
        MOUSE 5, 3, 'three bytes'
        call install
        out 0E0h, al
        call settle
        IS word [calls], 1, 'moved: one call'
        IS word [status], 0008h, 'moved: status'
        IS word [x], 5, 'moved: x'
        IS word [y], 3, 'moved: y is up'
        IS word [z], 0, 'moved: no z'
        out 0E1h, al
        call settle
        IS word [calls], 2, 'buttons: one call'
        IS word [status], 000Dh, 'buttons: left and middle'
        out 0E2h, al
        call settle
        IS word [z], 0, 'three bytes: no wheel'

        MOUSE 5, 4, 'four bytes'
        MOUSE 2, 6, 'knock: 200'
        MOUSE 2, 5, 'knock: 100'
        MOUSE 2, 4, 'knock: 80'
        MOUSE 4, 0, 'type'
        IS_BITS bx, 0FF00h, 0300h, 'it has a wheel'
        call install
        mov word [calls], 0
        out 0E2h, al
        call settle
        IS word [calls], 1, 'wheel: one call'
        IS word [x], 0, 'wheel: x'
        IS word [y], 0, 'wheel: y'
        IS word [z], 2, 'wheel: z'
        out 0E3h, al
        call settle
        IS word [calls], 2, 'both: one call'
        IS_BITS word [status], 0038h, 0038h, 'both: signs'
        IS word [x], 00F9h, 'both: x'
        IS word [y], 00FCh, 'both: y'
        IS word [z], 00FFh, 'both: z'
        MOUSE 0, 0, 'off'
        out 0E3h, al
        call settle
        IS word [calls], 2, 'off: no call'
        ret

install:
        push cs
        pop es
        mov bx, handler
        MOUSE 7, bh, 'handler'
        MOUSE 0, 1, 'on'
        ret

; Status, X, Y and Z as words, the last one pushed lowest.
handler:
        push bp
        mov bp, sp
        push ax
        push ds
        xor ax, ax
        mov ds, ax
        inc word [calls]
        mov ax, [bp + 12]
        mov [status], ax
        mov ax, [bp + 10]
        mov [x], ax
        mov ax, [bp + 8]
        mov [y], ax
        mov ax, [bp + 6]
        mov [z], ax
        pop ds
        pop ax
        pop bp
        retf

calls:  dw 0
status: dw 0
x:      dw 0
y:      dw 0
z:      dw 0

        times 1474560 - ($ - $$) db 0
