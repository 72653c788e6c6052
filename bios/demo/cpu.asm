; Which processor is this? By the flags each generation added, then CPUID (Intel AP-485, "Intel Processor
; Identification"). Sets cpu_level, cpu_name and what CPUID says.

cpu_detect:
        pushf
        call    .level
        popf
        mov     [cpu_level],al
        cbw
        mov     bx,ax
        add     bx,bx
        mov     bx,[cpu_names+bx]
        mov     [cpu_name],bx
        cmp     al,CPU_CPUID
        jne     .fpu
        call    cpu_ask
.fpu:
        mov     word [cpu_speed],5A5Ah
        fninit                          ; without an 8087 nothing writes the status word
        fnstsw  [cpu_speed]
        mov     ax,[cpu_speed]
        test    al,al
        jnz     .done
        mov     byte [has_fpu],1
.done:
        ret

; AL = level.
.level:
        xor     ax,ax                   ; 8086 and 80186: bits 12-15 of FLAGS are stuck at 1
        push    ax
        popf
        pushf
        pop     ax
        and     ah,0F0h
        cmp     ah,0F0h
        je      .old
        mov     ax,7000h                ; 80286: bits 12-14 are stuck at 0 in real mode
        push    ax
        popf
        pushf
        pop     ax
        test    ah,70h
        mov     al,CPU_286
        jz      .out
        cpu     386
        mov     ebx,1<<18               ; 80386: AC cannot be set
        call    .toggles
        mov     al,CPU_386
        jz      .out
        mov     ebx,1<<21               ; ID can be set where CPUID exists
        call    .toggles
        mov     al,CPU_486
        jz      .out
        mov     al,CPU_CPUID
        cpu     8086
.out:
        ret
.old:
        mov     ax,1                    ; the 80186 takes shift counts modulo 32
        mov     cl,33
        shl     ax,cl
        test    ax,ax
        mov     al,CPU_186
        jnz     .out
        mov     al,CPU_8086
        ret

        cpu     586
; EBX = bit. ZF = it cannot be changed in EFLAGS. SP is made even: AC is on for a moment, and a misaligned push
; would be reported if CR0.AM were set.
.toggles:
        mov     dx,sp
        and     sp,~3
        pushfd
        pop     eax
        mov     ecx,eax
        xor     eax,ebx
        push    eax
        popfd
        pushfd
        pop     eax
        push    ecx
        popfd
        mov     sp,dx
        xor     eax,ecx
        test    eax,ebx
        ret

cpu_ask:
        xor     eax,eax
        cpuid
        mov     [cpu_id],ebx
        mov     [cpu_id+4],edx
        mov     [cpu_id+8],ecx
        mov     eax,1
        cpuid
        mov     [cpu_model],al          ; model and stepping
        mov     [cpu_family],ah
        and     byte [cpu_family],15
        mov     [cpu_features],edx
        mov     bl,[cpu_family]
        mov     word [cpu_name],cpu_name_486
        cmp     bl,5
        jb      .named
        mov     word [cpu_name],cpu_name_586
        je      .named
        mov     word [cpu_name],cpu_name_686
.named:
        ret

; Instructions a second: how often a loop of four runs between two ticks.
        cpu     8086
cpu_measure:
        xor     bx,bx
        xor     dx,dx
        call    .edge
        mov     ax,[ticks]
.count:
        add     bx,1
        adc     dx,0
        cmp     ax,[ticks]
        je      .count
        mov     ax,bx                   ; x 4 instructions x 72.8 ticks a second = x 291.3
        push    dx
        mov     cx,291
        mul     cx
        mov     [cpu_speed],ax
        mov     bx,dx
        pop     ax
        mul     cx
        add     ax,bx
        mov     [cpu_speed+2],ax
        ret
.edge:
        mov     ax,[ticks]
.same:
        hlt
        cmp     ax,[ticks]
        je      .same
        ret

cpu_names:      dw      cpu_name_8086,cpu_name_186,cpu_name_286,cpu_name_386,cpu_name_486,cpu_name_586
cpu_name_8086:  db      "8086",0
cpu_name_186:   db      "80186",0
cpu_name_286:   db      "80286",0
cpu_name_386:   db      "80386",0
cpu_name_486:   db      "80486",0
cpu_name_586:   db      "Pentium",0
cpu_name_686:   db      "P6",0
cpu_name:       dw      cpu_name_8086
