; glass86 system BIOS: 64 KiB at F0000h. This file only lays out the image; each subject has a file
; of its own. Written for the 8086: newer instructions stand between `cpu` directives and run only
; after cpu_type has said so. References: IBM PC/AT Technical Reference (1985), IBM PS/2 and PC
; BIOS Interface Technical Reference (1991), and the data sheets of the chips.
;
; Build: `make firmware`, or nasm -f bin -Ibios/system/ -Ibios/ -o bios.bin bios/system/bios.asm

        cpu 8086
        bits 16
        org 0

%include "macros.inc"
%include "data.inc"

; ---- F000:0000, anything -----------------------------------------------------------------------
        db 'glass86 system BIOS', 0

%include "post.asm"
%include "cpu.asm"
%include "chips.asm"
%include "screen.asm"
%include "irq.asm"
%include "int09.asm"
%include "fdc.asm"
%include "int13_floppy.asm"
%include "ata.asm"
%include "geometry.asm"
%include "int13_disk.asm"
%include "edd.asm"
%include "cdrom.asm"
%include "int13_cd.asm"
%include "eltorito.asm"
%include "int14.asm"
%include "int15.asm"
%include "int15_memory.asm"
%include "int15_mouse.asm"
%include "int15_apm.asm"
%include "int16.asm"
%include "int17.asm"
%include "int19.asm"
%include "setup.asm"
%include "int1a.asm"
%include "pci.asm"
%include "pirq.asm"
%include "pnp.asm"
%include "tables.asm"
%include "acpi.asm"

; ---- F000:E000, entry points at fixed addresses ------------------------------------------------
; Programs of the PC and XT jump and call straight to these (PC BIOS listings, 1981-1986).

ENTRY 0E000h
        db 'glass86 BIOS 1.0.0 - system BIOS for an AT-class PC', 0

ENTRY 0E05Bh
        jmp post_entry

ENTRY 0E2C3h
int02_entry:
        jmp int02

ENTRY 0E3FEh
int13_entry:
        jmp int13

ENTRY 0E401h                            ; fixed disk parameter tables of the AT: type 1 is enough
        dw 306                          ; cylinders
        db 4                            ; heads
        dw 0
        dw 128                          ; write precompensation
        db 0, 0, 0, 0, 0
        dw 305                          ; landing zone
        db 17, 0

ENTRY 0E6F2h
int19_entry:
        jmp int19

ENTRY 0E6F5h
system_table:                           ; INT 15h/C0h
        dw 8                            ; bytes that follow
        db 0FCh                         ; model: AT
        db 01h                          ; submodel
        db 00h                          ; BIOS revision
        db 74h                          ; second 8259, RTC, keyboard intercept, EBDA
        db 40h                          ; INT 16h/09h
        db 00h, 00h, 00h

ENTRY 0E739h
int14_entry:
        jmp int14

ENTRY 0E82Eh
int16_entry:
        jmp int16

ENTRY 0E987h
int09_entry:
        jmp int09

ENTRY 0EC59h
int40_entry:
        jmp int40

ENTRY 0EF57h
int0e_entry:
        jmp int0e

ENTRY 0EFC7h
dpt_default:
        db 0AFh, 02h, 25h, 2, 18, 1Bh, 0FFh, 6Ch, 0F6h, 0Fh, 8

ENTRY 0EFD2h
int17_entry:
        jmp int17

ENTRY 0F045h                            ; INT 10h functions 0-0Fh, as the PC lists its routines;
        times 16 dw int10_entry         ; ours all lead to a return: the video BIOS has the real ones

ENTRY 0F065h
int10_entry:                            ; until the video BIOS takes over
        iret

ENTRY 0F0A4h
video_params:                           ; INT 1Dh: 6845 settings for 40x25, 80x25, graphics, MDA
        db 38h, 28h, 2Dh, 0Ah, 1Fh, 06h, 19h, 1Ch, 02h, 07h, 06h, 07h, 0, 0, 0, 0
        db 71h, 50h, 5Ah, 0Ah, 1Fh, 06h, 19h, 1Ch, 02h, 07h, 06h, 07h, 0, 0, 0, 0
        db 38h, 28h, 2Dh, 0Ah, 7Fh, 06h, 64h, 70h, 02h, 01h, 06h, 07h, 0, 0, 0, 0
        db 61h, 50h, 52h, 0Fh, 19h, 06h, 19h, 19h, 02h, 0Dh, 0Bh, 0Ch, 0, 0, 0, 0
        dw 2048, 4096, 16384, 16384     ; regen lengths
        db 40, 40, 80, 80, 40, 40, 80, 80 ; columns per mode 0-7
        db 2Ch, 28h, 2Dh, 29h, 2Ah, 2Eh, 1Eh, 29h ; mode register per mode

ENTRY 0F841h
int12_entry:
        sti
        push ds
        SETSEG ds, ax, SEG_BDA
        mov ax, [B_MEMKB]
        pop ds
        iret

ENTRY 0F84Dh
int11_entry:
        sti
        push ds
        SETSEG ds, ax, SEG_BDA
        mov ax, [B_EQUIP]
        pop ds
        iret

ENTRY 0F859h
int15_entry:
        jmp int15

ENTRY 0FA6Eh
font_8x8:                               ; characters 0-127, for programs that draw their own text
%include "fonts/font8x8lo.inc"

ENTRY 0FE6Eh
int1a_entry:
        jmp int1a

ENTRY 0FEA5h
int08_entry:
        jmp int08

ENTRY 0FEF3h                            ; offsets of the handlers of INT 08h-1Fh
        dw int08_entry, int09_entry, int0a, int_irq, int_irq, int_irq, int0e_entry, int_irq
        dw int10_entry, int11_entry, int12_entry, int13_entry, int14_entry, int15_entry
        dw int16_entry, int17_entry, int18, int19_entry, int1a_entry, iret_entry, iret_entry
        dw video_params, dpt_default, 0

ENTRY 0FF53h
iret_entry:
        iret

ENTRY 0FF54h
int05_entry:
        jmp int05

; ---- F000:FFF0, the processor starts here ------------------------------------------------------
ENTRY 0FFF0h
reset_vector:
        jmp SEG_BIOS:0E05Bh
        db '11/21/26'                   ; FFF5
        db 0
        db 0FCh                         ; FFFE: model
        db 0
