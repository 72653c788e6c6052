; The 32-bit half of the excursion: paging on, an alias, a page fault that is mended and restarted, ring 3 that tries
; what it must not, and the way out. DS = SS = DATA32 (offsets as in real mode), ES = FLAT for everything else.

        cpu     386
        bits    32

PM_STACK0       equ     0F000h          ; ring 0 on entry from ring 3
USER_STACK      equ     0E000h

; One line of the log: what is done; the result follows.
%macro  STEP 2                          ; line, string
        mov     edi,0B8000h+CELL(PM_ROW+%1,3)
        mov     esi,%2
        call    pm_print
        mov     edi,0B8000h+CELL(PM_ROW+%1,48)
%endmacro

pm_entry:
        mov     ax,DATA32
        mov     ds,ax
        mov     ss,ax
        mov     ax,FLAT
        mov     es,ax
        movzx   esp,word [pm_stack]
        mov     ax,TSS_SEL
        ltr     ax
        STEP    0,text_pe
        mov     eax,cr0
        call    pm_result
        STEP    1,text_pg
        mov     eax,PAGE_DIR
        mov     cr3,eax
        mov     eax,cr0
        or      eax,80000000h
        mov     cr0,eax
        jmp     .paged
.paged:
        call    pm_result
        call    pm_alias
        call    pm_fault
        jmp     pm_ring3

; Two linear addresses for one page; what the processor noted in the table.
pm_alias:
        STEP    2,text_map
        mov     dword [es:PAGE_C],FRAME_A|P_PRESENT|P_WRITE
        mov     eax,[es:PAGE_C]
        call    pm_result
        STEP    3,text_write
        mov     dword [es:ALIAS+16],80868086h
        mov     eax,[es:FRAME_A+16]
        call    pm_result
        STEP    4,text_bits
        mov     eax,[es:PAGE_C]
        call    pm_result
        STEP    5,text_screen_alias
        mov     edi,ALIAS_TEXT+CELL(PM_ROW+5,48)
        mov     esi,text_by_alias
        mov     ah,BRIGHT
        call    pm_print_in
        jmp     pm_pause

; A read of a page that is not there: the handler fills the table and the instruction runs again.
pm_fault:
        STEP    6,text_absent
        mov     dword [es:FRAME_B],86h
        mov     dword [pm_resume],0
        mov     eax,[es:ABSENT]
        push    eax
        call    pm_fault_result
        mov     esi,text_restarted
        mov     ah,BRIGHT
        call    pm_print_in
        pop     eax
        call    pm_hex8
        mov     ah,GOOD
        call    pm_tick_mark
        jmp     pm_pause

; Ring 3: a write to the page directory, then CLI. Both handlers send it on to the next step.
pm_ring3:
        STEP    7,text_user
        mov     dword [pm_resume],pm_user_cli
        push    dword DATA32_USER
        push    dword USER_STACK
        push    dword 202h              ; IF, IOPL 0
        push    dword CODE32_USER
        push    dword pm_user
        iretd
pm_user:
        mov     ax,DATA32_USER
        mov     ds,ax
        mov     ax,FLAT_USER
        mov     es,ax
        mov     byte [es:PAGE_DIR],0
        hlt                             ; not reached: #GP if it were
pm_user_cli:
        int     LEAVE_INT               ; shows the page fault
        mov     dword [pm_resume],pm_user_end
        cli
        hlt
pm_user_end:
        int     LEAVE_INT+1

; ---- handlers ------------------------------------------------------------------------------------------------

; #PF: notes error code, CR2 and EIP. Without a place to resume, it maps a page and restarts the instruction.
pm_page_fault:
        push    ds
        push    eax
        mov     ax,DATA32
        mov     ds,ax
        mov     eax,[esp+8]
        mov     [pm_error],eax
        mov     eax,[esp+12]
        mov     [pm_eip],eax
        mov     eax,cr2
        mov     [pm_address],eax
        mov     eax,[pm_resume]
        test    eax,eax
        jz      .mend
        mov     [esp+12],eax
        jmp     .out
.mend:
        push    es
        mov     ax,FLAT
        mov     es,ax
        mov     dword [es:PAGE_E],FRAME_B|P_PRESENT|P_WRITE
        pop     es
.out:
        pop     eax
        pop     ds
        add     esp,4
        iretd

; #GP: the same, always to the place to resume.
pm_protection:
        push    ds
        push    eax
        mov     ax,DATA32
        mov     ds,ax
        mov     eax,[esp+8]
        mov     [pm_error],eax
        mov     eax,[esp+12]
        mov     [pm_eip],eax
        mov     eax,[pm_resume]
        mov     [esp+12],eax
        pop     eax
        pop     ds
        add     esp,4
        iretd

; The first call from ring 3: show the page fault. Ring 3's registers need not survive.
pm_show_fault:
        mov     ax,DATA32
        mov     ds,ax
        mov     ax,FLAT
        mov     es,ax
        mov     edi,0B8000h+CELL(PM_ROW+7,48)
        call    pm_fault_result
        mov     ah,GOOD
        call    pm_tick_mark
        call    pm_pause
        STEP    8,text_user_cli
        mov     ax,DATA32_USER
        mov     ds,ax
        iretd

; The second: show the protection fault and leave protected mode.
pm_show_protection:
        mov     ax,DATA32
        mov     ds,ax
        mov     ax,FLAT
        mov     es,ax
        mov     edi,0B8000h+CELL(PM_ROW+8,48)
        mov     esi,text_gp
        mov     ah,BRIGHT
        call    pm_print_in
        mov     eax,[pm_error]
        call    pm_hex4
        mov     ah,GOOD
        call    pm_tick_mark
        call    pm_pause
pm_leave:
        cli
        mov     eax,cr0
        and     eax,7FFFFFFFh
        mov     cr0,eax
        xor     eax,eax
        mov     cr3,eax
        jmp     CODE16:pm_leave16

; Anything else is a defect of the machine: say so and leave.
pm_unexpected:
        mov     ax,DATA32
        mov     ds,ax
        mov     ax,FLAT
        mov     es,ax
        mov     edi,0B8000h+CELL(PM_ROW+9,3)
        mov     esi,text_unexpected
        mov     ah,BAD
        call    pm_print_in
        jmp     pm_leave

; IRQ0: count, and keep the BIOS's clock and ours going.
pm_timer:
        push    eax
        push    ds
        mov     ax,FLAT
        mov     ds,ax
        inc     word [DEMO_BASE+ticks]
        inc     dword [DEMO_BASE+pm_tick]
        test    byte [DEMO_BASE+pm_tick],TICK_CHAIN-1
        jnz     .out
        inc     dword [46Ch]            ; BIOS ticks since midnight
.out:
        mov     al,20h
        out     20h,al
        mov     ax,DATA32
        mov     ds,ax
        call    pm_clock
        pop     ds
        pop     eax
        iretd

; As clock_tick in time.asm.
pm_clock:
        add     dword [clock_sum],TICK_DIVISOR
        cmp     dword [clock_sum],PIT_HZ
        jb      .out
        sub     dword [clock_sum],PIT_HZ
        push    ebx
        push    edi
        push    es
        mov     ebx,5
.digit:
        mov     al,[clock_digits+ebx]
        inc     eax
        cmp     al,[clock_limits+ebx]
        jb      .store
        mov     byte [clock_digits+ebx],0
        dec     ebx
        jns     .digit
.store:
        mov     [clock_digits+ebx],al
        cmp     word [clock_digits],0402h
        jne     .day
        mov     word [clock_digits],0
.day:
        mov     ax,FLAT
        mov     es,ax
        mov     edi,0B8000h+CELL(0,71)
        xor     ebx,ebx
.draw:
        mov     al,[clock_digits+ebx]
        add     al,'0'
        mov     [es:edi],al
        add     edi,2
        inc     ebx
        test    bl,1
        jnz     .draw
        add     edi,2                   ; the colon stands
        cmp     bl,6
        jb      .draw
        pop     es
        pop     edi
        pop     ebx
.out:
        ret

; ---- output --------------------------------------------------------------------------------------------------

; ESI = text, EDI = linear address of a cell.
pm_print:
        mov     ah,TEXT
pm_print_in:
        lodsb
        test    al,al
        jz      .out
        stosw
        jmp     pm_print_in
.out:
        ret

; EAX = number, AH in it is data: the attribute is fixed.
pm_hex4:
        shl     eax,16
        mov     ecx,4
        jmp     pm_hex
pm_hex8:
        mov     ecx,8
pm_hex:
        rol     eax,4
        push    eax
        and     al,15
        add     al,90h
        daa
        adc     al,40h
        daa
        mov     ah,BRIGHT
        stosw
        pop     eax
        loop    pm_hex
        ret

; EAX in hexadecimal, a tick mark, a rest.
pm_result:
        call    pm_hex8
        mov     ah,GOOD
        call    pm_tick_mark
pm_pause:
        push    eax
        mov     eax,[pm_tick]
        add     eax,TICKS(4)
        sti
.wait:
        hlt
        cmp     [pm_tick],eax
        jb      .wait
        cli
        pop     eax
        ret

pm_tick_mark:
        mov     al,' '
        stosw
        mov     al,0FBh
        stosw
        ret

; "#PF error 0000, CR2 ... " of the last page fault.
pm_fault_result:
        mov     esi,text_pf
        mov     ah,BRIGHT
        call    pm_print_in
        mov     eax,[pm_error]
        call    pm_hex4
        ret

        align   8,db 0
idt:
%macro  GATE 2                          ; handler, access byte (8Eh: 32-bit interrupt gate)
        dw      %1,CODE32
        db      0,%2
        dw      0
%endmacro
%rep 13
        GATE    pm_unexpected,8Eh
%endrep
        GATE    pm_protection,8Eh
        GATE    pm_page_fault,8Eh
%rep PIC_BASE-15
        GATE    pm_unexpected,8Eh
%endrep
        GATE    pm_timer,8Eh
%rep LEAVE_INT-PIC_BASE-1
        GATE    pm_unexpected,8Eh
%endrep
        GATE    pm_show_fault,0EEh
        GATE    pm_show_protection,0EEh
idt_end:

text_pe:        db      "GDT, CR0.PE = 1: 32-bit protected mode",0
text_pg:        db      "page tables built, CR0.PG = 1: paging",0
text_map:       db      "map linear C0000000h; its page-table entry",0
text_write:     db      "write there; found at physical 00044010h",0
text_bits:      db      "the entry again: accessed and dirty",0
text_screen_alias:
                db      "the text screen also appears at C0001000h",0
text_by_alias:  db      "written there ",0FBh,0
text_absent:    db      "read E0000000h: absent, mapped, run again",0
text_pf:        db      "#PF, error ",0
text_restarted: db      ": ",0
text_user:      db      "ring 3 writes to the page directory",0
text_user_cli:  db      "ring 3 turns interrupts off",0
text_gp:        db      "#GP, error ",0
text_unexpected:
                db      "An exception came that should not. Leaving protected mode.",0

        bits    16
        cpu     8086
