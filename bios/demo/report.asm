; What the machine says about itself: the processor by its flags and CPUID, its speed by the timer, memory by
; INT 12h and INT 15h (E820h, E801h, 88h), drives and ports by the BIOS.

%macro  LABEL 3                         ; row, column, string
        mov     di,CELL(%1,%2)
        mov     si,%3
        mov     ah,TEXT
        call    print
        mov     ah,BRIGHT
%endmacro

report_part:
        call    text_screen
        mov     si,text_report
        mov     ah,TEXT
        call    print
        call    report_cpu
        call    report_memory
        call    report_board
        call    report_map
        call    cpu_measure
        call    report_speed
        jmp     hold

report_cpu:
        mov     di,CELL(4,18)
        mov     si,[cpu_name]
        mov     ah,BRIGHT
        call    print
        cmp     byte [cpu_level],CPU_CPUID
        jne     .silent
        mov     si,text_comma
        call    print
        mov     si,cpu_id
        call    print
        mov     si,text_family
        mov     ah,TEXT
        call    print
        mov     bl,[cpu_family]
        xor     bh,bh
        call    .number
        mov     si,text_model
        call    print
        mov     bl,[cpu_model]
        mov     cl,4
        shr     bl,cl
        call    .number
        mov     si,text_stepping
        call    print
        mov     bl,[cpu_model]
        and     bl,15
        call    .number
        call    report_features
        jmp     .fpu
.silent:
        mov     di,CELL(5,18)
        mov     si,text_no_cpuid
        mov     ah,DIM
        call    print
.fpu:
        mov     di,CELL(7,18)
        mov     si,text_no
        cmp     byte [has_fpu],0
        je      .none
        mov     si,text_yes
.none:
        mov     ah,BRIGHT
        jmp     print
.number:
        xor     bh,bh
        xor     dx,dx
        push    si
        mov     ah,BRIGHT
        call    put_decimal
        mov     ah,TEXT
        pop     si
        ret

; The bits of CPUID that have a name here (AP-485, table of feature flags).
report_features:
        mov     di,CELL(5,18)
        mov     si,features
        mov     cx,FEATURES
.next:
        lodsb                           ; bit
        mov     dx,cx
        mov     cl,al
        and     cl,15
        mov     bx,1
        shl     bx,cl
        mov     cx,dx
        test    al,10h
        mov     ah,BRIGHT
        jnz     .high
        test    [cpu_features],bx
        jmp     .have
.high:
        test    [cpu_features+2],bx
.have:
        jnz     .name
        mov     ah,DIM
.name:
        call    print
        inc     di
        inc     di
        loop    .next
        ret

report_speed:
        mov     di,CELL(6,18)
        mov     bx,[cpu_speed]
        mov     dx,[cpu_speed+2]
        mov     ax,dx
        xor     dx,dx
        mov     cx,10000
        div     cx
        xchg    ax,bx
        div     cx
        xchg    ax,bx
        xor     dx,dx                   ; AX:BX = hundredths of millions a second
        mov     cx,100
        div     cx
        xchg    ax,bx
        div     cx
        push    dx
        xchg    ax,bx
        mov     dx,ax
        mov     ah,BRIGHT
        call    put_decimal
        mov     al,'.'
        stosw
        pop     bx
        cmp     bl,10
        jae     .two
        mov     al,'0'
        stosw
.two:
        xor     dx,dx
        call    put_decimal
        mov     si,text_mips
        mov     ah,TEXT
        jmp     print

report_memory:
        mov     di,CELL(9,18)
        int     12h
        xchg    ax,bx
        xor     dx,dx
        mov     ah,BRIGHT
        call    put_decimal
        mov     si,text_kb_base
        mov     ah,TEXT
        call    print
        cmp     byte [cpu_level],CPU_286
        jb      .out
        mov     si,text_comma
        call    print
        call    extended_kb
        mov     ah,BRIGHT
        call    put_decimal
        mov     si,text_kb_extended
        mov     ah,TEXT
        jmp     print
.out:
        ret

; DX:BX = KB above 1 MB: E801h knows more than 64 MB, 88h is older.
extended_kb:
        push    di
        xor     cx,cx
        xor     dx,dx
        mov     ax,0E801h
        int     15h
        jc      .old
        jcxz    .in_ax
        mov     ax,cx
        mov     bx,dx
.in_ax:
        mov     cx,64                   ; AX KB below 16 MB, BX blocks of 64 KB above
        push    ax
        mov     ax,bx
        mul     cx
        pop     bx
        add     bx,ax
        adc     dx,0
        pop     di
        ret
.old:
        mov     ah,88h
        int     15h
        jnc     .known
        xor     ax,ax
.known:
        mov     bx,ax
        xor     dx,dx
        pop     di
        ret

report_board:
        int     11h
        mov     bp,ax
        mov     di,CELL(10,18)
        xor     bx,bx
        test    al,1
        jz      .floppies
        mov     cl,6
        shr     al,cl
        inc     ax
        mov     bl,al
        and     bl,7
.floppies:
        mov     si,text_floppies
        call    .count
        push    ds
        xor     ax,ax
        mov     ds,ax
        mov     bl,[475h]               ; hard disks, BIOS data area
        pop     ds
        mov     si,text_disks
        call    .count
        mov     di,CELL(11,18)
        mov     bx,bp
        mov     cl,9
        shr     bx,cl
        and     bx,7
        mov     si,text_serial
        call    .count
        mov     bx,bp
        mov     cl,14
        shr     bx,cl
        mov     si,text_parallel
        call    .count
        mov     si,text_vga
        cmp     byte [has_vga],0
        jne     .video
        mov     si,text_no_vga
.video:
        mov     ah,BRIGHT
        jmp     print
; BX = number, SI = what.
.count:
        xor     bh,bh
        xor     dx,dx
        mov     ah,BRIGHT
        push    si
        call    put_decimal
        pop     si
        mov     ah,TEXT
        jmp     print

; The E820h map (ACPI 6, chapter 15), one line a range. Needs 32-bit registers.
report_map:
        cmp     byte [cpu_level],CPU_386
        jb      .none
        mov     bp,14                   ; row
        xor     cx,cx
        cpu     386
        xor     ebx,ebx
.range:
        push    es
        push    ds
        pop     es
        mov     eax,0E820h
        mov     edx,'PAMS'
        mov     ecx,20
        mov     di,e820
        int     15h
        pop     es
        jc      .out
        cmp     eax,'PAMS'
        jne     .out
        push    ebx
        call    .line
        pop     ebx
        inc     bp
        test    ebx,ebx
        jz      .out
        cmp     bp,23
        jb      .range
.out:
        cmp     bp,14
        je      .none
        ret
.line:
        imul    di,bp,160
        add     di,36
        mov     ah,BRIGHT
        mov     bx,[e820]
        mov     dx,[e820+2]
        call    put_hex32
        mov     si,text_to
        mov     ah,TEXT
        call    print
        mov     ebx,[e820]
        add     ebx,[e820+8]
        dec     ebx
        mov     edx,ebx
        shr     edx,16
        mov     ah,BRIGHT
        call    put_hex32
        mov     bx,[e820+16]
        cmp     bx,5
        jbe     .known
        mov     bx,2
.known:
        add     bx,bx
        mov     si,[e820_names+bx]
        mov     ah,TEXT
        call    print
        mov     ebx,[e820+8]
        shr     ebx,10
        mov     edx,ebx
        shr     edx,16
        imul    di,bp,160
        add     di,100
        mov     ah,TEXT
        call    put_decimal
        mov     si,text_kb
        jmp     print
        cpu     8086
.none:
        LABEL   14,18,text_no_map
        ret

features:
        db      0,"FPU",0, 1,"VME",0, 3,"PSE",0, 4,"TSC",0, 5,"MSR",0, 6,"PAE",0, 8,"CX8",0, 9,"APIC",0
        db      13,"PGE",0, 15,"CMOV",0, 23,"MMX",0, 25,"SSE",0
FEATURES        equ     12

text_report:
        db      AT(2,3),INK(HEAD),"This machine, as its firmware and its flags tell",INK(TEXT)
        db      AT(4,5),"Processor",AT(5,5),"Features",AT(6,5),"Speed",AT(7,5),"Coprocessor"
        db      AT(9,5),"Memory",AT(10,5),"Drives",AT(11,5),"Ports"
        db      AT(13,5),"Memory map",INK(DIM),GAP(3),"INT 15h, E820h",INK(TEXT)
        db      AT(6,18),"measuring ...",0
text_comma:     db      ", ",0
text_family:    db      ", family ",0
text_model:     db      ", model ",0
text_stepping:  db      ", stepping ",0
text_no_cpuid:  db      "this processor has no CPUID to name them",0
text_no:        db      "none",0
text_yes:       db      "present",0
text_mips:      db      " million instructions a second of guest time",0
text_kb_base:   db      " KB base",0
text_kb_extended:
                db      " KB above 1 MB",0
text_kb:        db      " KB",0
text_floppies:  db      " floppy, ",0
text_disks:     db      " hard disk",0
text_serial:    db      " serial, ",0
text_parallel:  db      " parallel, ",0
text_vga:       db      "VGA",0
text_no_vga:    db      "no VGA",0
text_to:        db      " - ",0
text_no_map:    db      "this firmware gives none to this processor",0
e820_names:     dw      e820_other,e820_ram,e820_reserved,e820_acpi,e820_nvs,e820_bad
e820_other:     db      "  ?",0
e820_ram:       db      "  memory",0
e820_reserved:  db      "  reserved",0
e820_acpi:      db      "  ACPI",0
e820_nvs:       db      "  ACPI NVS",0
e820_bad:       db      "  defective",0
