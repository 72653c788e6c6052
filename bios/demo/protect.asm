; The way into protected mode with paging and back, from real mode's side: tables, mode switch, PIC. The 32-bit half
; is in protect32.asm. Segments CODE32 and DATA32 begin at DEMO_SEG, so labels are offsets in both modes; FLAT
; begins at 0. (Intel 80386 Programmer's Reference, chapters 5, 6, 9, 10.3 and 14.5.)
;
; Physical memory:
;   40000h  page directory
;   41000h  page table of 0 - 4 MB: 1 MB mapped as it is, the demo's own segment for ring 3 too
;   42000h  page table of C0000000h:  page 0 is 44000h, page 1 is the text screen
;   43000h  page table of E0000000h:  empty; the page-fault handler fills it
;   44000h  a page to write to
;   45000h  the page that the handler gives
;   46000h  TSS, for the stack of ring 0

DEMO_BASE       equ     DEMO_SEG*16
PAGE_DIR        equ     PAGES
PAGE_LOW        equ     PAGES+1000h
PAGE_C          equ     PAGES+2000h
PAGE_E          equ     PAGES+3000h
FRAME_A         equ     PAGES+4000h
FRAME_B         equ     PAGES+5000h
PM_TSS          equ     PAGES+6000h
ALIAS           equ     0C0000000h
ALIAS_TEXT      equ     0C0001000h
ABSENT          equ     0E0000000h

P_PRESENT       equ     1
P_WRITE         equ     2
P_USER          equ     4

CODE32          equ     08h
DATA32          equ     10h
FLAT            equ     18h
CODE16          equ     20h
DATA16          equ     28h
TSS_SEL         equ     30h
CODE32_USER     equ     38h|3
DATA32_USER     equ     40h|3
FLAT_USER       equ     48h|3

PIC_BASE        equ     20h             ; IRQ0-7 in protected mode, away from the exceptions
LEAVE_INT       equ     30h             ; ring 3 calls it to come back

protect_part:
        call    text_screen
        mov     si,text_protect
        mov     ah,TEXT
        call    print
        cpu     386
        call    tables_make
        call    pic_to_protected
        mov     [pm_stack],sp
        lgdt    [gdt_pointer]
        lidt    [idt_pointer]
        mov     eax,cr0
        or      al,1
        mov     cr0,eax
        jmp     dword CODE32:pm_entry

; Back from protect32.asm, in a 16-bit segment of protected mode with paging off.
pm_leave16:
        mov     ax,DATA16               ; real mode wants 64 KB limits
        mov     ds,ax
        mov     es,ax
        mov     fs,ax
        mov     gs,ax
        mov     ss,ax
        mov     eax,cr0
        and     al,~1
        mov     cr0,eax
        jmp     DEMO_SEG:.real
.real:
        mov     ax,cs
        mov     ds,ax
        mov     ss,ax
        mov     sp,[pm_stack]
        xor     ax,ax
        mov     fs,ax
        mov     gs,ax
        lidt    [ivt_pointer]
        call    pic_to_real
        sti
        cpu     8086
        mov     ax,0B800h
        mov     es,ax
        mov     di,CELL(PM_ROW+10,3)
        mov     si,text_real
        mov     ah,TEXT
        call    print
        jmp     hold

        cpu     386
tables_make:
        push    es
        mov     ax,PAGES>>4
        mov     es,ax
        xor     di,di
        mov     cx,7000h/4
        xor     eax,eax
        rep     stosd
        mov     dword [es:0],PAGE_LOW|P_PRESENT|P_WRITE|P_USER
        mov     dword [es:(ALIAS>>22)*4],PAGE_C|P_PRESENT|P_WRITE
        mov     dword [es:(ABSENT>>22)*4],PAGE_E|P_PRESENT|P_WRITE
        mov     di,PAGE_LOW-PAGES
        mov     eax,P_PRESENT|P_WRITE
        mov     cx,256
.low:
        stosd
        add     eax,1000h
        loop    .low
        mov     di,PAGE_LOW-PAGES+DEMO_BASE/1000h*4
        mov     cx,16
.user:
        or      byte [es:di],P_USER
        add     di,4
        loop    .user
        mov     dword [es:PAGE_C-PAGES+4],0B8000h|P_PRESENT|P_WRITE
        mov     di,PM_TSS-PAGES         ; SS0:ESP0, and no I/O bitmap within the limit
        mov     dword [es:di+4],PM_STACK0
        mov     word [es:di+8],DATA32
        mov     word [es:di+102],104
        pop     es
        ret

; IRQ0-7 to interrupts 20h-27h, everything masked but the timer (8259A: ICW1-ICW4, then OCW1).
pic_to_protected:
        cli
        in      al,21h
        mov     ah,al
        in      al,0A1h
        mov     [pm_masks],ax
        mov     bx,(PIC_BASE+8)<<8|PIC_BASE
        call    pic_vectors
        mov     al,0FEh
        out     21h,al
        mov     al,0FFh
        out     0A1h,al
        ret
pic_to_real:
        mov     bx,7008h
        call    pic_vectors
        mov     ax,[pm_masks]
        out     0A1h,al
        mov     al,ah
        out     21h,al
        ret
; BL, BH = first interrupts of master and slave.
pic_vectors:
        mov     al,11h
        out     20h,al
        out     0A0h,al
        mov     al,bl
        out     21h,al
        mov     al,bh
        out     0A1h,al
        mov     al,4
        out     21h,al
        mov     al,2
        out     0A1h,al
        mov     al,1
        out     21h,al
        out     0A1h,al
        ret
        cpu     8086

; base, limit, access byte, flags nibble (80386 PRM, figure 5-3).
%macro  DESCRIPTOR 4
        dw      (%2)&0FFFFh,(%1)&0FFFFh
        db      ((%1)>>16)&0FFh,%3,(%4)<<4|((%2)>>16),(%1)>>24
%endmacro

        align   8,db 0
gdt:
        dd      0,0
        DESCRIPTOR DEMO_BASE,0FFFFh,9Ah,4       ; CODE32
        DESCRIPTOR DEMO_BASE,0FFFFh,92h,4       ; DATA32
        DESCRIPTOR 0,0FFFFFh,92h,0Ch            ; FLAT
        DESCRIPTOR DEMO_BASE,0FFFFh,9Ah,0       ; CODE16
        DESCRIPTOR DEMO_BASE,0FFFFh,92h,0       ; DATA16
        DESCRIPTOR PM_TSS,103,89h,0             ; TSS_SEL
        DESCRIPTOR DEMO_BASE,0FFFFh,0FAh,4      ; CODE32_USER
        DESCRIPTOR DEMO_BASE,0FFFFh,0F2h,4      ; DATA32_USER
        DESCRIPTOR 0,0FFFFFh,0F2h,0Ch           ; FLAT_USER
gdt_end:
gdt_pointer:
        dw      gdt_end-gdt-1
        dd      DEMO_BASE+gdt
idt_pointer:
        dw      idt_end-idt-1
        dd      DEMO_BASE+idt
ivt_pointer:
        dw      3FFh
        dd      0

PM_ROW          equ     7               ; first line of the log

text_protect:
        db      AT(2,3),INK(HEAD),"Into protected mode, through page tables, and back",INK(TEXT)
        db      AT(4,3),INK(DIM),"step",AT(4,48),"result",INK(TEXT)
        db      AT(PM_ROW-2,3),"real mode, 16 bits, no protection"
        db      0
text_real:      db      "CR0.PG = 0, CR0.PE = 0: the way back",GAP(9),INK(BRIGHT),"real mode again ",INK(GOOD),0FBh,0
