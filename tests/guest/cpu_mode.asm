; In and out of protected mode: CR0 and LMSW, what the descriptor caches keep, real-mode faults and interrupts, A20 (SDM
; volume 3, chapters 9.9 and 20.1; PRM 10 and 14).
; run: -cpu 386
; run: -cpu 486
; run: -cpu pentium

%include "cpu_test.inc"

tests:
        smsw    ax
        test    al,1
        setnz   al
        IS_BYTE al,1,"SMSW: PE"
        xor     ax,ax
        lmsw    ax
        smsw    ax
        and     eax,1
        IS      eax,1,"LMSW cannot clear PE"
        mov     ax,0Fh
        lmsw    ax
        mov     eax,cr0
        and     eax,0Fh
        IS      eax,0Fh,"LMSW sets PE, MP, EM, TS"
        FAULTS  7,NO_ERROR,"FPU instruction with EM: #NM", fninit
        clts
        mov     eax,cr0
        and     eax,8
        IS      eax,0,"CLTS"
        mov     eax,cr0
        and     al,~0Eh
        mov     cr0,eax
        mov     eax,cr0
        and     eax,7FFFFFFEh
        or      eax,80000000h
        FAULTS  13,0,"PG without PE", mov cr0,eax
        mov     dword [110000h],77777777h
        mov     word [100500h],0
        call    visit                   ; FS stays flat
        IS      [r_flat],77777777h,"real mode keeps FS's 4 GB limit"
        IS_WORD [r_cs],CODE16,"CS is only loaded by the far jump"
        IS_WORD [r_cs+2],0,"then it is 0"
        IS_WORD [r_gp],13,"word at FFFFh with 64 KB limits: INT 13"
        IS_WORD [r_gp_ip],gp_insn,"its IP"
        IS_WORD [r_gp_sp],6,"three words pushed, no error code"
        IS_WORD [r_ud],6,"LLDT: INT 6"
        IS_WORD [r_int],1,"INT by the table at 0"
        IS_WORD [r_int_if],0,"with IF cleared"
        IS_WORD [r_a20_off],1,"A20 off: FFFF:0510 is 0000:0500"
        IS_WORD [r_a20_on],0,"A20 on: it is not"
        IS_WORD [100500h],2222h,"but 100500h"
        IS_WORD [r_a20_32],1,"A20 off: bit 20 of every address"
        ret

; Real mode and back; registers are lost.
visit:
        mov     [v_esp],esp
        sidt    [v_idt]
        mov     ax,DATA
        mov     fs,ax
        mov     ax,DATA16
        mov     ds,ax
        mov     es,ax
        mov     ss,ax
        lidt    [v_ivt]
        jmp     CODE16:.code16
        bits    16
.code16:
        mov     eax,cr0
        and     al,~1
        mov     cr0,eax
        mov     [r_cs],cs
        jmp     0:.real
.real:
        mov     [r_cs+2],cs
        xor     ax,ax
        mov     ds,ax
        mov     es,ax
        mov     ss,ax
        mov     sp,5000h
        call    real
        mov     eax,cr0
        or      al,1
        mov     cr0,eax
        jmp     dword CODE:.back
        bits    32
.back:
        mov     ax,DATA
        mov     ds,ax
        mov     es,ax
        mov     ss,ax
        mov     esp,[v_esp]
        lidt    [v_idt]
        ret
        bits    16
real:
        mov     eax,[fs:dword 110000h]
        mov     [r_flat],eax
        mov     dword [13*4],on_gp
        mov     dword [6*4],on_ud
        mov     dword [70h*4],on_int
        mov     [v_sp],sp
gp_insn:
        mov     ax,[0FFFFh]
gp_after:
        mov     byte [v_ud],1
        lldt    ax
        nop
ud_after:
        sti
        int     70h
        cli
        ; A20 by port 92h.
        mov     ax,0FFFFh
        mov     es,ax
        in      al,92h
        and     al,0FCh
        out     92h,al
        mov     word [500h],1111h
        cmp     word [es:510h],1111h
        sete    [r_a20_off]
        mov     word [es:510h],3333h
        cmp     word [fs:dword 500h],3333h
        jne     .no32
        cmp     word [fs:dword 100500h],3333h
        sete    [r_a20_32]
.no32:
        in      al,92h
        or      al,2
        and     al,0FEh
        out     92h,al
        mov     word [500h],1111h
        mov     word [es:510h],2222h
        cmp     word [500h],2222h
        sete    [r_a20_on]
        ret
on_gp:
        mov     word [r_gp],13
        push    bp
        mov     bp,sp
        push    ax
        mov     ax,[bp+2]
        mov     [r_gp_ip],ax
        mov     word [bp+2],gp_after
        lea     ax,[bp+2]
        sub     ax,[v_sp]
        neg     ax
        mov     [r_gp_sp],ax
        pop     ax
        pop     bp
        iret
on_ud:
        mov     word [r_ud],6
        push    bp
        mov     bp,sp
        mov     word [bp+2],ud_after
        pop     bp
        iret
on_int:
        mov     word [r_int],1
        pushf
        pop     ax
        and     ax,200h
        mov     [r_int_if],ax
        iret
        bits    32

v_esp:          dd      0
v_idt:          dw      0,0,0
v_ivt:          dw      3FFh
                dd      0
v_sp:           dw      0
v_ud:           db      0
        align   4
r_flat:         dd      0
r_cs:           dw      -1,-1
r_gp:           dw      0
r_gp_ip:        dw      0
r_gp_sp:        dw      0
r_ud:           dw      0
r_int:          dw      0
r_int_if:       dw      -1
r_a20_off:      dw      0
r_a20_on:       dw      0
r_a20_32:       dw      0

        TEST_END
