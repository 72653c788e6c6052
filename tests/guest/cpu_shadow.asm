; Where an interrupt that is already pending comes in: the shadows of STI and MOV SS, STI CLI, POPF, IRET, HLT (SDM
; volume 2, STI; volume 3, 6.8.3; PRM 9.2.4). IRQ0 is made pending by the 8254 in mode 0, while IF = 0.
; run: -cpu 386
; run: -cpu pentium

%include "cpu_test.inc"

; IRQ0 waits; count = 0.
pending:
        mov     dword [count],0
        mov     al,30h
        out     43h,al
        mov     al,20
        out     40h,al
        mov     al,0
        out     40h,al
        mov     al,0Ah                  ; OCW3: read IRR
        out     20h,al
.wait:
        in      al,20h
        test    al,1
        jz      .wait
        ret

on_timer:
        push    eax
        inc     dword [count]
        mov     eax,[esp+4]
        mov     [seen_eip],eax
        mov     al,20h
        out     20h,al
        pop     eax
        iretd

tests:
        call    pic_open
        GATE    20h,CODE,on_timer,8Eh
        mov     al,0FEh
        out     21h,al
        call    pending
        sti
.s1:    nop
.s2:    nop
        cli
        IS      [count],1,"STI"
        IS      [seen_eip],.s2,"behind the instruction after STI"
        call    pending
        sti
        cli
        nop
        IS      [count],0,"STI CLI opens no gap"
        sti
.c1:    cli
        nop
        IS      [count],0,"and again"
        call    pending
        pushfd
        or      dword [esp],200h
        popfd
.p1:    nop
        cli
        IS      [count],1,"POPF"
        IS      [seen_eip],.p1,"has no shadow"
        call    pending
        pushfd
        or      dword [esp],200h
        push    cs
        push    dword .i1
        iretd
.i1:    nop
        cli
        IS      [count],1,"IRET"
        IS      [seen_eip],.i1,"has no shadow"
        call    pending
        mov     ax,ss
        sti
.m0:    nop                             ; shadow of STI
.m1:    mov     ss,ax
.m2:    nop
        cli
        IS      [seen_eip],.m1,"before MOV SS"
        call    pending
        mov     ax,ss
        pushfd
        or      dword [esp],200h
        cli
        popfd                           ; the interrupt comes here
        cli
        call    pending
        sti
        hlt
.h1:    cli
        IS      [count],1,"STI HLT"
        IS      [seen_eip],.h1,"HLT has begun: EIP is behind it"
        ; A shadow of MOV SS holds off an interrupt that IF already lets in: it arrives after the next instruction.
        mov     dword [count],0
        mov     al,30h
        out     43h,al
        mov     al,20h
        out     40h,al
        mov     al,0
        out     40h,al
        mov     dx,ss
        sti
        mov     ecx,100000
.loop:
.l1:    mov     ss,dx
.l2:    nop
        dec     ecx
        cmp     dword [count],0
        jne     .came
        test    ecx,ecx
        jnz     .loop
.came:  cli
        IS      [count],1,"in a loop of MOV SS"
        mov     eax,[seen_eip]
        sub     eax,.l2
        setz    al
        IS_BYTE al,0,"never between MOV SS and the next instruction"
        ; Masked in the PIC: nothing.
        mov     al,0FFh
        out     21h,al
        call    pending
        sti
        nop
        nop
        cli
        IS      [count],0,"masked"
        mov     al,0FEh
        out     21h,al
        sti
        nop
        nop
        cli
        IS      [count],1,"unmasked: it was remembered"
        mov     al,0FFh
        out     21h,al
        ret

count:          dd      0
seen_eip:       dd      0

        TEST_END
