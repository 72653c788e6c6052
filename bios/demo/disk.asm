; The demo disk: a bootable 1.44 MB floppy that shows what the machine does. This file only lays out
; the image; each subject has a file of its own. The disk is also a good FAT12 volume with a README.TXT,
; so that a guest DOS can read it; the demo itself lies in the reserved sectors before the first FAT
; (Microsoft FAT specification 1.03, BPB_RsvdSecCnt).
;
; Everything runs in one 64 KiB segment, CS = DS = SS = DEMO_SEG. It is written for the 8086; parts that need
; more stand between `cpu` directives and run only after cpu_level has said so.
;
; Build: `make firmware-demo`, or nasm -f bin -Ibios/demo/ -o demo.img bios/demo/disk.asm

        cpu     8086
        bits    16

SECTOR          equ     512
TRACK           equ     18              ; sectors of a track, 3.5" HD
TRACKS          equ     4               ; the demo fills cylinders 0 and 1, both heads
RESERVED        equ     TRACK*TRACKS
FAT_SECTORS     equ     9
ROOT_ENTRIES    equ     224
ALL_SECTORS     equ     2880
DISK_DATE       equ     ((1996-1980)<<9)|(1<<5)|1
DISK_TIME       equ     (8<<11)|(6<<5)  ; 8:06

DEMO_SEG        equ     1000h           ; segment of code, data and stack
DRAW_SEG        equ     2000h           ; picture being drawn, mode 13h
BACK_SEG        equ     3000h           ; its background
PAGES           equ     40000h          ; page directory and tables, physical

section boot start=0 vstart=7C00h
%include "boot.asm"

section demo start=SECTOR vstart=0
%include "data.inc"
%include "main.asm"
%include "time.asm"
%include "text.asm"
%include "number.asm"
%include "cpu.asm"
%include "title.asm"
%include "colours.asm"
%include "maths.asm"
%include "glass.asm"
%include "draw.asm"
%include "planar.asm"
%include "report.asm"
%include "keyboard.asm"
%include "protect.asm"
%include "protect32.asm"
%include "final.asm"
        times   (RESERVED-1)*SECTOR-($-$$) db 0

; ---- the FAT12 volume: a label and README.TXT in cluster 2 ------------------------------------------------

section fat start=RESERVED*SECTOR vstart=0
%rep 2
        db      0F0h,0FFh,0FFh          ; media byte and end mark
        db      0FFh,00Fh,000h          ; cluster 2: last of its chain; cluster 3: free
        times   FAT_SECTORS*SECTOR-6 db 0
%endrep
        db      "GLASS86 DEM",8
        times   10 db 0
        dw      DISK_TIME,DISK_DATE,0
        dd      0
        db      "README  TXT",20h
        times   10 db 0
        dw      DISK_TIME,DISK_DATE,2
        dd      readme_end-readme
        times   ROOT_ENTRIES*32-64 db 0
readme:
        db      "The glass86 demo disk",13,10,13,10
        db      "Boot a PC from it: it shows text, graphics, the keyboard, the timer, protected",13,10
        db      "mode and the machine's own data sheet in under a minute, then turns the power",13,10
        db      "off. Any key opens a menu. The program lies in the reserved sectors in front",13,10
        db      "of the first FAT; its source is bios/demo in the glass86 tree. MIT licence.",13,10
readme_end:
        times   SECTOR-($-readme) db 0  ; one cluster
        times   (ALL_SECTORS-RESERVED)*SECTOR-($-$$) db 0
