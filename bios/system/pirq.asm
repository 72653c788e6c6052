; PCI interrupts: which pin of which device asks at which PIRQ of the PIIX3, for systems to read (PCI IRQ Routing
; Table Specification 1.0, Microsoft 1996; the PCI BIOS's functions 0Eh and 0Fh in pci_services.inc), and what POST makes
; of it. devices/pc_pci.c is the wiring. Power management is wired to IRQ 9 by itself and stands in no table.

PIRQ_ROUTE      equ 60h                 ; registers of the ISA bridge, which are also the links' names: PIRQ A
PIRQ_BRIDGE     equ 0008h               ; device 1, function 0
PIRQ_IRQS       equ 0DEF8h              ; inputs of the 8259s that the PIIX3 can route to: 3-7, 9-12, 14, 15
PIRQ_ELCR       equ 4D0h                ; which of them are level-triggered

; A slot: device, links of its pins A-D with what they can be routed to, number of the slot (0: on the board).
%macro PIRQ_SLOT 6
        db 0, %1 << 3
        db %2
        dw PIRQ_IRQS
        db %3
        dw PIRQ_IRQS
        db %4
        dw PIRQ_IRQS
        db %5
        dw PIRQ_IRQS
        db %6, 0
%endmacro
%define PIRQ_LINKS      (60h + 61h + 62h + 63h + 4 * ((PIRQ_IRQS & 0FFh) + (PIRQ_IRQS >> 8)))
%define PIRQ_SUM        ('$' + 'P' + 'I' + 'R' + 1 + PIRQ_SIZE + PIRQ_BRIDGE + 86h + 80h + 2Eh + 12h + (2 << 3) + PIRQ_LINKS)

        align 16, db 0
pirq_table:
        db '$PIR'
        dw 0100h                        ; version
        dw PIRQ_SIZE
        db 0, PIRQ_BRIDGE               ; the router
        dw 0                            ; no IRQ is PCI's alone
        dw 8086h, 122Eh                 ; it is programmed as a PIIX is
        times 4 + 11 db 0
        db -PIRQ_SUM & 0FFh
pirq_slots:
        PIRQ_SLOT 2, 61h, 62h, 63h, 60h, 0      ; VGA
pirq_end:
PIRQ_SLOTS_SIZE equ pirq_end - pirq_slots
PIRQ_SIZE       equ pirq_end - pirq_table

; Where POST routes PIRQ A-D. The VGA's is B, and IRQ 9 is where programs look for its retrace without PCI.
pirq_default:
        db 11, 9, 10, 11

        cpu 386
; Function BX: if it has an interrupt pin that is routed, the route is set and said in its interrupt line.
pirq_assign:
        mov di, 3Dh
        mov al, 08h
        call pci_real
        or cl, cl
        jz .out
        movzx di, bl
        shr di, 3
        add di, 2                       ; device - 1 + pin - 1, plus 4
        xor ch, ch
        add di, cx
        and di, 3
        mov ch, [cs:pirq_default + di]
        add cl, 09h                     ; INTA is 0Ah
        mov al, 0Fh
        call pci_real
        jc .out
        mov cl, ch
        mov di, 3Ch
        mov al, 0Bh
        call pci_real
.out:
        ret
        cpu 8086
