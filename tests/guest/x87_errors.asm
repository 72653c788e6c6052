; Numeric errors on a whole machine, in real mode: IRQ 13 through the latch at port F0h and the BIOS, IGNNE#
; inside the handler, and #MF with CR0.NE.

%include "bios_test.inc"

        cpu 486

tests:
        int 11h
        and ax, 2
        IS ax, 2, 'INT 11h knows of the coprocessor'
        fninit
        fnstcw [word_]
        IS word [word_], 037Fh, 'FNINIT'
        mov word [2 * 4], on_nmi
        mov word [2 * 4 + 2], 0

        ; the BIOS clears the latch and passes IRQ 13 on as an NMI
        fldcw [unmasked]
        fld1
        fldz
        fdivp st1, st0                  ; ZE: ST is left alone
        fld1                            ; waits for the interrupt; FNCLEX comes with it
        IS word [nmis], 1, 'IRQ 13 becomes INT 2'
        mov ax, [status]
        and ax, 80FFh
        IS ax, 8084h, 'the handler sees ES, B and ZE'
        fnstsw ax
        and ax, 0B8FFh
        IS ax, 2800h, 'afterwards three values are there and no error'

        ; the error comes while interrupts are off: FWAIT waits as long
        fninit
        fldcw [unmasked]
        fldz
        fld1
        cli
        fdiv st0, st1
        fnstsw [status]
        IS word [nmis], 1, 'not while IF is 0'
        sti
        fwait
        IS word [nmis], 2, 'but at FWAIT at the latest'

        ; a handler of one's own may use the coprocessor once it has written the port
        mov word [75h * 4], on_irq13
        mov word [75h * 4 + 2], 0
        fninit
        fldcw [unmasked]
        fld1
        fldz
        fdiv st1, st0                   ; 1/0 into ST(1)
        fwait
        IS word [irqs], 1, 'IRQ 13'
        IS word [inside], 7, 'FILD and FISTP run while IGNNE# is active'

        ; native errors: vector 16 instead
        mov ax, [10h * 4]
        mov [old], ax
        mov ax, [10h * 4 + 2]
        mov [old + 2], ax
        mov word [10h * 4], on_mf
        mov word [10h * 4 + 2], 0
        mov eax, cr0
        or al, 20h
        mov cr0, eax
        fninit
        fldcw [unmasked]
        fld1
        fchs
        fsqrt                           ; IE
        fnstsw ax                       ; does not wait
        and ax, 80FFh
        IS ax, 8081h, 'FNSTSW before the exception'
.next:
        fwait
        IS word [mfs], 1, '#MF'
        IS word [where], .next, '... is a fault at the waiting instruction'
        IS word [irqs], 1, 'and no IRQ 13'
        mov eax, cr0
        and al, 0DFh
        mov cr0, eax
        mov ax, [old]
        mov [10h * 4], ax
        mov ax, [old + 2]
        mov [10h * 4 + 2], ax
        fninit

        ; TS: #NM, and CLTS ends it
        mov word [7 * 4], on_nm
        mov word [7 * 4 + 2], 0
        mov eax, cr0
        or al, 8
        mov cr0, eax
        fld1
        IS word [nms], 1, '#NM while TS is set'
        fninit
        ret

on_nmi:
        fnstsw [cs:status]
        fnclex
        inc word [cs:nmis]
        iret

on_irq13:
        push ax
        mov al, 0
        out 0F0h, al
        mov word [cs:inside], 7
        fild word [cs:inside]           ; with the error still there
        mov word [cs:inside], 0
        fistp word [cs:inside]
        fnclex
        mov al, 20h
        out 0A0h, al
        out 20h, al
        inc word [cs:irqs]
        pop ax
        iret

on_mf:
        fnclex
        push bp
        mov bp, sp
        push ax
        mov ax, [bp + 2]
        mov [cs:where], ax
        pop ax
        pop bp
        inc word [cs:mfs]
        iret

on_nm:
        clts
        inc word [cs:nms]
        iret

unmasked: dw 0340h
word_:  dw 0
status: dw 0
nmis:   dw 0
irqs:   dw 0
mfs:    dw 0
nms:    dw 0
where:   dw 0
inside: dw 0
old:    dw 0, 0

TEST_END
