; Every numeric exception by every way: masked, as #MF, and as IRQ 13; by a waiting instruction, by FWAIT, and not by those
; that don't wait. Results and flags; the instruction that the pointers name; the exception that FLDCW brings to light.
; Then what EM, MP and TS do to ESC and WAIT.

%include "bios_test.inc"

        cpu 486

; A way of raising an exception: a subroutine, in it the instruction that does it, and the flags of the masked one.
%macro CASE 2                           ; label, flags
        dw %1, %1.at, %2
%endmacro

tests:
        mov word [10h * 4], on_mf
        mov word [10h * 4 + 2], 0
        mov word [75h * 4], on_irq13
        mov word [75h * 4 + 2], 0
        mov word [7 * 4], on_nm
        mov word [7 * 4 + 2], 0

        ; ---- six exceptions, three ways
        mov si, cases
.case:
        mov ax, [si + 4]
        mov [wanted], ax
        call masked
        call native
        call irq
        add si, 6
        cmp si, cases_end
        jb .case

        ; ---- an exception of old, unmasked later: FLDCW brings it to light, the next instruction pays
        call native_on
        fninit
        fld1
        fldz
        fdivp st1, st0
        mov word [hits], 0
        fldcw [all_unmasked]
        IS word [hits], 0, 'FLDCW itself does not fault'
.late:  fnop
        IS word [hits], 1, 'the instruction behind it does'
        IS word [where], .late, '... as a fault'

        ; ---- those that don't wait, with an error pending
        call pending
        fnstcw [word_]
        fnstsw [word_]
        fnstsw ax
        fnstenv [env]                   ; masks everything, so the error is gone
        IS word [hits], 0, 'FNSTCW, FNSTSW, FNSTENV do not wait'
        mov ax, [env + 2]
        and ax, 80FFh
        IS ax, 8084h, 'the stored status has ES and B'
        fwait
        IS word [hits], 0, 'FNSTENV masked the error'
        call pending
        fnsave [env]
        fwait
        IS word [hits], 0, 'FNSAVE does not wait, and initializes'
        call pending
        fnclex
        fwait
        IS word [hits], 0, 'FNCLEX'
        call pending
        fninit
        fwait
        IS word [hits], 0, 'FNINIT'

        ; ---- those that do
%macro WAITS 2+                         ; text, instruction
        call pending
%%at:   %2
        IS word [hits], 1, %1
        IS word [where], %%at, '... as a fault'
%endmacro
        WAITS 'FWAIT waits', fwait
        WAITS 'FLD waits', fld1
        WAITS 'FSTP to memory waits', fstp dword [env]
        WAITS 'FLDCW waits', fldcw [all_masked]
        WAITS 'FRSTOR waits', frstor [saved]
        WAITS 'FLDENV waits', fldenv [saved]
        WAITS 'FNOP waits', fnop
        WAITS 'FINCSTP waits', fincstp
        WAITS 'FFREE waits', ffree st0
        call native_off
        fninit

        ; ---- EM, MP, TS
        mov di, switches
.switch:
        mov eax, cr0
        and al, 0F1h                    ; without EM, MP, TS
        or al, [di]
        mov word [hits], 0
        mov cr0, eax
        fnop
        fnstsw ax
        fwait
        mov eax, cr0
        and al, 0F1h
        mov cr0, eax
        mov ax, [hits]
        sub al, [di + 1]
        IS ax, 0, '#NM of FNOP, FNSTSW and FWAIT, by EM, MP and TS'
        add di, 2
        cmp di, switches_end
        jb .switch
        fninit
        ret

; SI: the case, everything masked: the flags, and nothing happens.
masked:
        fninit
        mov word [hits], 0
        call [si]
        fnstsw ax
        and ax, 80FFh
        xor ax, [wanted]
        IS ax, 0, 'masked: the flags, not ES'
        fwait
        IS word [hits], 0, 'masked: no error'
        ret

; All unmasked, CR0.NE: #MF at the FWAIT behind it, once.
native:
        call native_on
        fninit
        fldcw [all_unmasked]
        mov word [hits], 0
        call [si]
        IS word [hits], 0, 'unmasked: not at the instruction itself'
        fnstsw ax
        and ax, 8080h
        IS ax, 8080h, 'unmasked: ES and B'
.wait:  fwait
        IS word [hits], 1, '#MF'
        IS word [where], .wait, '#MF is a fault of FWAIT'
        call pointers
        call native_off
        ret

; The same by FERR#, IRQ 13 and port F0h.
irq:
        fninit
        fldcw [all_unmasked]
        mov word [hits], 0
        call [si]
        fwait
        IS word [hits], 1, 'IRQ 13'
        call pointers
        fnstsw ax
        and ax, 80FFh
        IS ax, 0, 'IRQ 13: its handler cleared the error'
        ret

; What the handler saw: the exception, alone but for PE, and the instruction that raised it.
pointers:
        mov ax, [env + 2]
        and ax, 1Fh
        mov bx, [wanted]
        and bx, 1Fh
        jnz .one
        mov ax, [env + 2]               ; PE alone
        and ax, 3Fh
        mov bx, [wanted]
.one:
        xor ax, bx
        IS ax, 0, 'the exception that the handler sees'
        mov ax, [env + 6]
        sub ax, [si + 2]
        IS ax, 0, 'FIP names the instruction'
        ret

native_on:
        mov eax, cr0
        or al, 20h
        mov cr0, eax
        ret
native_off:
        mov eax, cr0
        and al, 0DFh
        mov cr0, eax
        ret

; An unmasked division by zero, not noticed yet.
pending:
        fninit
        fldcw [all_unmasked]
        fld1
        fldz
        fdivp st1, st0
        mov word [hits], 0
        ret

invalid:
        fld1
        fchs
.at:    fsqrt
        ret
denormal:
        fld tword [tiny]
.at:    fadd st0, st0
        ret
zero:
        fldz
        fld1
.at:    fdiv st0, st1
        ret
overflow:
        fld tword [huge]
.at:    fmul st0, st0
        ret
underflow:
        fld tword [small]
.at:    fdiv dword [three]
        ret
precision:
        fld1
.at:    fdiv dword [three]
        ret
stack:
.at:    fld st3                         ; empty
        ret
store:
        fld tword [huge]
.at:    fst qword [env]                 ; too large for a double
        ret

cases:
        CASE invalid, 1
        CASE denormal, 2
        CASE zero, 4
        CASE overflow, 8 | 20h
        CASE underflow, 10h | 20h
        CASE precision, 20h
        CASE stack, 41h
        CASE store, 8 | 20h
cases_end:

on_mf:
        push bp
        mov bp, sp
        push ax
        mov ax, [bp + 2]
        mov [cs:where], ax
        fnstenv [cs:env]
        fnclex
        fldcw [cs:all_masked]
        inc word [cs:hits]
        pop ax
        pop bp
        iret

on_irq13:
        push ax
        fnstenv [cs:env]
        mov al, 0
        out 0F0h, al
        fnclex
        mov al, 20h
        out 0A0h, al
        out 20h, al
        inc word [cs:hits]
        pop ax
        iret

; Steps over the instruction: two bytes, but FWAIT has one.
on_nm:
        push bp
        mov bp, sp
        push bx
        inc word [cs:hits]
        mov bx, [bp + 2]
        inc word [bp + 2]
        cmp byte [cs:bx], 9Bh
        je .one
        inc word [bp + 2]
.one:
        pop bx
        pop bp
        iret

; EM, MP, TS as in CR0, and how many of FNOP, FNSTSW and FWAIT give #NM
switches:
        db 0, 0
        db 2, 0
        db 4, 2
        db 6, 2
        db 8, 2
        db 0Ah, 3
        db 0Ch, 2
        db 0Eh, 3
switches_end:

align 4
all_unmasked: dw 0340h
all_masked: dw 037Fh
three:  dd 3.0
tiny:   dq 1
        dw 0
small:  dq 8000000000000000h
        dw 1
huge:   dq 8000000000000000h
        dw 7FFEh
wanted: dw 0
hits:   dw 0
where:  dw 0
word_:  dw 0
saved:  dw 037Fh, 0, 0FFFFh, 0, 0, 0, 0
        times 80 db 0
env:    times 120 db 0

TEST_END
