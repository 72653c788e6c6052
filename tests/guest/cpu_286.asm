; The 80286: flags, shift counts, MSW, 16-bit protected mode, and the only way back: a reset by the keyboard controller
; with shutdown code 0Ah in the CMOS (80286 Programmer's Reference, 10; IBM PC/AT Technical Reference, BIOS listing).
; run: -cpu 286

%include "vgabios.inc"
        cpu     286

CODE            equ     8
DATA            equ     10h
SMALL           equ     18h             ; 100h bytes at 20000h
ABSENT          equ     20h

tests:
        mov     ax,0F000h
        push    ax
        popf
        pushf
        pop     ax
        and     ax,0F000h
        EQ      ax,0,"bits 12-15 of FLAGS stay 0 in real mode"
        mov     bx,sp
        push    sp
        pop     ax
        EQ      ax,bx,"PUSH SP stores the old value"
        mov     ax,1
        mov     cl,33
        shl     ax,cl
        EQ      ax,2,"shift counts modulo 32"
        smsw    ax
        EQ      ax,0FFF0h,"MSW after reset"
        mov     word [6*4],on_invalid
        mov     word [6*4+2],0
        db      66h
        nop
after_invalid:
        EQ      byte [invalid],1,"66h is no instruction"
        ; Protected mode.
        mov     word [467h],real        ; where the BIOS goes after the reset
        mov     word [469h],0
        mov     al,8Fh
        out     70h,al
        mov     al,0Ah
        out     71h,al
        mov     [save_sp],sp
        cli
        lgdt    [gdtr]
        lidt    [idtr]
        smsw    ax
        or      al,1
        lmsw    ax
        jmp     CODE:protected

on_invalid:
        mov     byte [invalid],1
        push    bp
        mov     bp,sp
        mov     word [bp+2],after_invalid
        pop     bp
        iret

protected:
        mov     ax,DATA
        mov     ds,ax
        mov     ss,ax
        smsw    ax
        mov     [p_msw],ax
        mov     word [p_next],.after1
        mov     ax,SMALL
        mov     es,ax
        mov     al,[es:0FFh]
        mov     al,[es:100h]
.after1:
        mov     ax,[p_error]
        mov     [p_gp],ax
        mov     word [p_next],.after2
        mov     ax,ABSENT
        mov     es,ax
.after2:
        mov     ax,[p_error]
        mov     [p_np],ax
        pushf
        pop     ax
        and     ax,7000h
        mov     [p_flags],ax
        xor     ax,ax
        lmsw    ax                      ; cannot clear PE
        smsw    ax
        mov     [p_msw2],ax
        mov     al,0FEh
        out     64h,al
.halt:  hlt
        jmp     .halt

on_fault:
        pop     word [p_error]
        add     sp,2
        push    word [p_next]
        iret

real:
        cli
        xor     ax,ax
        mov     ds,ax
        mov     es,ax
        mov     ss,ax
        mov     sp,[save_sp]
        sti
        smsw    ax
        EQ      ax,0FFF0h,"real mode again, by reset"
        EQ      word [p_msw],0FFF1h,"PE was set"
        EQ      word [p_gp],0,"limit: #GP(0)"
        EQ      word [p_np],ABSENT,"absent: #NP(selector)"
        EQ      word [p_flags],0,"IOPL 0"
        EQ      word [p_msw2],0FFF1h,"LMSW cannot clear PE"
        ret

gdt:    dw      0,0,0,0
        dw      0FFFFh,0,9A00h,0
        dw      0FFFFh,0,9200h,0
        dw      0FFh,0,9202h,0
        dw      0FFFFh,0,1200h,0
gdtr:   dw      gdtr-gdt-1
        dw      gdt,0
idt:
%rep 16
        dw      on_fault,CODE,8600h,0
%endrep
idtr:   dw      idtr-idt-1
        dw      idt,0
invalid:        db      0
save_sp:        dw      0
p_msw:          dw      0
p_msw2:         dw      0
p_next:         dw      0
p_error:        dw      -1
p_gp:           dw      -1
p_np:           dw      -1
p_flags:        dw      -1

        TEST_END
