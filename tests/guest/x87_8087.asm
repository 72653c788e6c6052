; The 8087 on the board of a PC: its interrupt is an NMI, behind a mask of its own (FENI, FDISI) and that of the board.
; run: -cpu 8086

%include "bios_test.inc"

tests:
        mov word [2 * 4], on_nmi
        mov word [2 * 4 + 2], 0
        fninit
        fnstcw [control]
        IS word [control], 03FFh, 'FNINIT leaves interrupts disabled'
        fninit
        mov word [control], 03FBh       ; ZE unmasked
        fldcw [control]
        call divide
        IS word [nmis], 0, 'FDISI: no interrupt'
        cli
        fneni
        nop
        IS word [nmis], 1, 'FENI: an NMI, whatever IF says'
        sti
        call divide
        IS word [nmis], 2, 'the next error'
        mov al, 8Fh                     ; port 70h bit 7
        out 70h, al
        call divide
        IS word [nmis], 2, 'masked on the board'
        mov al, 0Fh
        out 70h, al
        nop
        IS word [nmis], 3, 'and let through'
        in al, 71h
        in al, 0A1h
        test al, 20h
        mov al, 0Ah
        out 0A0h, al
        in al, 0A0h                     ; requests of the second 8259
        and ax, 20h
        IS ax, 0, 'no IRQ 13'
        fdisi
        call divide
        IS word [nmis], 3, 'FDISI again'
        fclex
        ret

divide:
        fldz
        fld1
        fdiv st0, st1
        fstp st0
        fstp st0
        nop
        ret

on_nmi: fnclex
        inc word [cs:nmis]
        iret

control: dw 0
nmis:   dw 0

TEST_END
