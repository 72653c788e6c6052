; ACPI (Advanced Configuration and Power Interface Specification 1.0b, 1999, chapters 5 and 6): what a system needs
; to find the power management of the PIIX4 (devices/piix4pm.c) and to switch off by it. The tables are constant and lie
; in the ROM; their root pointer is put into the EBDA only where that chip is, so elsewhere there are none.
; The firmware control structure, which the system writes to, lies in the EBDA, too.

; Sums need numbers that the preprocessor knows; the lines behind prove them.
%define ACPI_EBDA       9FC00h          ; of a machine with 640 KiB
%define ACPI_FACS       9FEC0h
%define ACPI_PM         0B000h
%define ACPI_MEMORY     0E0000000h
%macro SAME 2
        times -((%1) - (%2)) * ((%1) - (%2)) db 0
%endmacro
        SAME ACPI_FACS, ACPI_EBDA + E_FACS
        SAME ACPI_PM, PCI_PM
        SAME ACPI_MEMORY, PCI_MEMORY

; Bytes, words, dwords and text whose sum is kept, so that a table can have its checksum.
%macro AB 1-*
%rep %0
        db (%1) & 0FFh
%assign acpi_sum acpi_sum + ((%1) & 0FFh)
%rotate 1
%endrep
%endmacro
%macro AW 1-*
%rep %0
        AB %1, (%1) >> 8
%rotate 1
%endrep
%endmacro
%macro AD 1-*
%rep %0
        AW %1, (%1) >> 16
%rotate 1
%endrep
%endmacro
%macro AT 1
%strlen at_len %1
%assign at_n 1
%rep at_len
%substr at_c %1 at_n
        AB at_c
%assign at_n at_n + 1
%endrep
%endmacro
; A table's header: signature, length, sum of all its bytes.
%macro ACPI_HEADER 3
%assign acpi_sum 0
        AT %1
        AD %2
        AB 1                            ; revision
        db -(%3) & 0FFh
        AT 'GLASS8'
        AT 'GLASS86 '
        AD 1
        AT 'G86 '
        AD 1
%endmacro

; After pci_init. ES = EBDA.
acpi_init:
        cmp byte [es:E_PCI], 0
        je .out
        mov ax, es
        cmp ax, ACPI_EBDA >> 4
        jne .out
        push si
        push di
        push cx
        push ds
        push cs
        pop ds
        mov si, rsdp
        mov di, E_RSDP
        mov cx, RSDP_LEN
        rep movsb
        mov si, facs
        mov di, E_FACS
        mov cx, FACS_LEN
        rep movsb
        pop ds
        pop cx
        pop di
        pop si
.out:
        ret

        align 16, db 0                  ; on a paragraph it would be found here, PCI or not
        db 0
rsdp:
%assign acpi_sum 0
        AT 'RSD PTR '
        db -(RSDP_SUM + LO(rsdt) + HI(rsdt) + 0Fh) & 0FFh
        AT 'GLASS8'
        AB 0
        dd 0F0000h + (rsdt - $$)
RSDP_SUM        equ acpi_sum
RSDP_LEN        equ $ - rsdp

; The rest of it is zero, as the EBDA is: hardware signature, waking vector, global lock, flags.
facs:
        db 'FACS'
        dd 64
FACS_LEN        equ $ - facs

rsdt:
        ACPI_HEADER 'RSDT', 40, RSDT_SUM + LO(fadt) + HI(fadt) + 0Fh
        dd 0F0000h + (fadt - $$)
RSDT_SUM        equ acpi_sum

fadt:
        ACPI_HEADER 'FACP', 116, FADT_SUM + LO(dsdt) + HI(dsdt) + 0Fh
        AD ACPI_FACS
        dd 0F0000h + (dsdt - $$)
        AB 0, 0                         ; two 8259s
        AW 9                            ; the interrupt
        AD 0B2h                         ; and where it is switched on and off
        AB 0F1h, 0F0h, 0, 0
        AD ACPI_PM, 0, ACPI_PM + 4, 0   ; events, control
        AD 0, ACPI_PM + 8               ; timer
        AD 0AFE0h, 0                    ; general events
        AB 4, 2, 0, 4, 4, 0, 0, 0       ; lengths
        AW 0FFFFh, 0FFFFh               ; C2 and C3 are not there
        AW 0, 0
        AB 0, 0, 0, 0, 32h              ; the century's register in CMOS
        AB 0, 0, 0
        AD 000000E5h                    ; WBINVD, C1, no sleep button, no RTC status, RTC wakes from S4
FADT_SUM        equ acpi_sum

; What there is, in ACPI machine language (chapter 15). Packages count themselves in their lengths, which have the
; two-byte form: 40h + the low four bits, the other bits.
%define PACKAGE(n)      AB 40h | ((n) & 15), (n) >> 4

%define BRIDGE          110             ; bytes of resources
%define KEYBOARD        21
%define MOUSE           5
%define CLOCK           13
; A package: two bytes of length, name, what is in it. A device has two bytes of opcode before it.
%define SIZE_NAMES(n)   (10 + 10 + (n)) ; _HID, and _CRS with n bytes of resources
%define SIZE_DEVICE(n)  (2 + 4 + SIZE_NAMES(n))
%define SIZE_REGION     (11 + 2 + 27)   ; of configuration space, and its fields
%define SIZE_LINK       (2 + 4 + 10 + 7 + 29 + 25 + 19 + 58 + 25)
%define SIZE_ISA        (2 + 4 + 10 + SIZE_REGION + 4 * (2 + SIZE_LINK) + 6 + SIZE_DEVICE(KEYBOARD) + SIZE_DEVICE(MOUSE) + \
                         SIZE_DEVICE(CLOCK))
%define SIZE_ROUTE      (2 + 1 + 5 + 2 + 19 + 1)
%define SIZE_PRT        (2 + 1 + 1 + 2 + 1 + 5 + 2 + 1 + 2 + 4 * (1 + SIZE_ROUTE))
%define SIZE_PCI0       (2 + 4 + SIZE_NAMES(BRIDGE) + 6 + 2 + SIZE_ISA + 6 + SIZE_PRT)
%define SIZE_SB         (2 + 5 + 2 + SIZE_PCI0)
%define SIZE_DSDT       (36 + 12 + 1 + SIZE_SB)

%macro ACPI_NAME 1
        AB 08h
        AT %1
%endmacro
%macro ACPI_OPEN 2                      ; device: name, length of its package
        AB 5Bh, 82h
        PACKAGE(%2)
        AT %1
%endmacro
; The number behind PNP in _HID; _CRS up to its `bytes` of resources, which follow.
%macro ACPI_NAMES 2
        ACPI_NAME '_HID'
        AB 0Ch, 41h, 0D0h, (%1) >> 8, %1
        ACPI_NAME '_CRS'
        AB 11h
        PACKAGE(2 + 2 + (%2))
        AB 0Ah, %2
%endmacro
%macro ACPI_IO 2                        ; first port, count
        AB 47h, 1
        AW %1, %1
        AB 1, %2
%endmacro
%macro ACPI_IRQ 1
        AB 22h, (1 << %1) & 0FFh, (1 << %1) >> 8
%endmacro
; What the bridge passes on: 0 memory, 1 ports, 2 bus numbers; flags; first, last, count.
%macro ACPI_WORDS 5
        AB 88h, 13, 0, %1, 0Ch, %2
        AW 0, %3, %4, 0, %5
%endmacro
%macro ACPI_DWORDS 5
        AB 87h, 23, 0, %1, 0Ch, %2
        AD 0, %3, %4, 0, %5
%endmacro
%macro ACPI_END 0
        AB 79h, 0
%endmacro

; PCI interrupts: the route registers of the ISA bridge as fields, a link device for each, and which pin of the VGA is on
; which link (pirq.asm has the same for older systems).
%macro ACPI_METHOD 3                    ; name, flags, bytes of code
        AB 14h
        PACKAGE(2 + 4 + 1 + (%3))
        AT %1
        AB %2
%endmacro
%macro ACPI_REGION 0                    ; OperationRegion (PIRC, PCI_Config, 0x60, 4), Field (PIRC, ByteAcc, ...)
        AB 5Bh, 80h
        AT 'PIRC'
        AB 02h, 0Ah, PIRQ_ROUTE, 0Ah, 4
        AB 5Bh, 81h
        PACKAGE(27)
        AT 'PIRC'
        AB 01h
        AT 'PRQA'
        AB 8
        AT 'PRQB'
        AB 8
        AT 'PRQC'
        AB 8
        AT 'PRQD'
        AB 8
%endmacro
%macro ACPI_IRQS 1-*                    ; level, low, shared: extended interrupt descriptor
        AB 89h, 2 + 4 * %0, 0, 0Dh, %0
%rep %0
        AD %1
%rotate 1
%endrep
        ACPI_END
%endmacro
%macro ACPI_LINK 3                      ; name, number, field
        ACPI_OPEN %1, SIZE_LINK
        ACPI_NAME '_HID'
        AB 0Ch, 41h, 0D0h, 0Ch, 0Fh     ; PNP0C0F
        ACPI_NAME '_UID'
        AB 0Ah, %2
        ACPI_NAME '_PRS'
        AB 11h
        PACKAGE(2 + 2 + 19)
        AB 0Ah, 19
        ACPI_IRQS 9, 10, 11
        ACPI_METHOD '_STA', 0, 17       ; If (And (field, 0x80)) {Return (9)} Return (11)
        AB 0A0h
        PACKAGE(13)
        AB 7Bh
        AT %3
        AB 0Ah, 80h, 0, 0A4h, 0Ah, 09h, 0A4h, 0Ah, 0Bh
        ACPI_METHOD '_DIS', 0, 11       ; Or (field, 0x80, field)
        AB 7Dh
        AT %3
        AB 0Ah, 80h
        AT %3
        ACPI_METHOD '_CRS', 8, 50       ; Name (BUF0, ...), CreateDWordField (BUF0, 5, IRQW),
        ACPI_NAME 'BUF0'
        AB 11h
        PACKAGE(2 + 2 + 11)
        AB 0Ah, 11
        ACPI_IRQS 0
        AB 8Ah
        AT 'BUF0'
        AB 0Ah, 5
        AT 'IRQW'
        AB 70h, 7Bh                     ; Store (And (field, 15), IRQW), Return (BUF0)
        AT %3
        AB 0Ah, 0Fh, 0
        AT 'IRQW'
        AB 0A4h
        AT 'BUF0'
        ACPI_METHOD '_SRS', 9, 17       ; CreateDWordField (Arg0, 5, IRQW), Store (IRQW, field)
        AB 8Ah, 68h, 0Ah, 5
        AT 'IRQW'
        AB 70h
        AT 'IRQW'
        AT %3
%endmacro
%macro ACPI_ROUTE 3                     ; device, pin, link
        AB 12h
        PACKAGE(SIZE_ROUTE)
        AB 4, 0Ch
        AD (%1) << 16 | 0FFFFh
        AB 0Ah, %2, 5Ch, 2Fh, 4
        AT '_SB_PCI0ISA_'
        AT %3
        AB 0
%endmacro

dsdt:
        ACPI_HEADER 'DSDT', SIZE_DSDT, DSDT_SUM
        ACPI_NAME '_S5_'                ; off is sleep type 0
        AB 12h, 6, 4, 0, 0, 0, 0
        AB 10h
        PACKAGE(SIZE_SB)
        AT '\_SB_'
        ACPI_OPEN 'PCI0', SIZE_PCI0
        ACPI_NAMES 0A03h, BRIDGE
        ACPI_WORDS 2, 0, 0, 0FFh, 100h
        ACPI_IO 0CF8h, 8
        ACPI_WORDS 1, 3, 0, 0CF7h, 0CF8h
        ACPI_WORDS 1, 3, 0D00h, 0FFFFh, 0F300h
        ACPI_DWORDS 0, 3, 0A0000h, 0BFFFFh, 20000h
        ACPI_DWORDS 0, 1, ACPI_MEMORY, 0FEBFFFFFh, 1EC00000h
        ACPI_END
        ACPI_NAME '_ADR'
        AB 0
        ACPI_OPEN 'ISA_', SIZE_ISA
        ACPI_NAME '_ADR'
        AB 0Ch
        AD 10000h
        ACPI_REGION
        ACPI_LINK 'LNKA', 0, 'PRQA'
        ACPI_LINK 'LNKB', 1, 'PRQB'
        ACPI_LINK 'LNKC', 2, 'PRQC'
        ACPI_LINK 'LNKD', 3, 'PRQD'
        ACPI_OPEN 'KBD_', SIZE_DEVICE(KEYBOARD)
        ACPI_NAMES 0303h, KEYBOARD
        ACPI_IO 60h, 1
        ACPI_IO 64h, 1
        ACPI_IRQ 1
        ACPI_END
        ACPI_OPEN 'MOU_', SIZE_DEVICE(MOUSE)
        ACPI_NAMES 0F13h, MOUSE
        ACPI_IRQ 12
        ACPI_END
        ACPI_OPEN 'RTC_', SIZE_DEVICE(CLOCK)
        ACPI_NAMES 0B00h, CLOCK
        ACPI_IO 70h, 2
        ACPI_IRQ 8
        ACPI_END
        ACPI_NAME '_PRT'
        AB 12h
        PACKAGE(SIZE_PRT)
        AB 5
        AB 12h                          ; power management: IRQ 9, whatever is routed
        PACKAGE(2 + 1 + 5 + 2 + 1 + 2)
        AB 4, 0Ch
        AD 1FFFFh
        AB 0Ah, 0, 0, 0Ah, 9
        ACPI_ROUTE 2, 0, 'LNKB'
        ACPI_ROUTE 2, 1, 'LNKC'
        ACPI_ROUTE 2, 2, 'LNKD'
        ACPI_ROUTE 2, 3, 'LNKA'
        SAME $ - dsdt, SIZE_DSDT
DSDT_SUM        equ acpi_sum
