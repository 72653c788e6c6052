; Control, debug and test registers, bit by bit: what can be written, what reads back, what faults (SDM volume 3, 2.5 and
; 17.2; i486 Programmer's Reference, 4.1; PRM 4.1.3 and 10.6).
; run: -cpu 386
; run: -cpu 486
; run: -cpu pentium

%include "cpu_test.inc"
%include "cpu_model.inc"

%macro  NO_REGISTER 2                   ; 0F opcode, ModR/M
        FAULTS  6,NO_ERROR,{"0F %1 %2"},{db 0Fh,%1,%2}
%endmacro

tests:
        call    model_find
        RING_OPEN
        call    cr0_bits
        call    cr2_cr3
        call    cr4_bits
        call    none_such
        call    msw
        call    mod_ignored
        jmp     test_registers

; CR0: [before] stays for PE, and paging stays off.
cr0_bits:
        mov     eax,cr0
        mov     [before],eax
        mov     eax,1FF8FFD1h           ; reserved ones, PE and ET; TS, EM, MP clear; NW, CD, AM, WP, NE later
        or      eax,1
        and     eax,~(20h|10000h|40000h)
        mov     cr0,eax
        mov     eax,cr0
        and     eax,~10h
        IS      eax,1,"reserved bits of CR0 cannot be set"
        mov     eax,[before]
        and     eax,~10h
        mov     cr0,eax
        mov     eax,cr0
        and     eax,10h
        IS      eax,10h,"ET is 1 and stays"
        cmp     byte [is_486],0
        je      .is_386
        mov     eax,[before]
        or      eax,60050020h           ; CD NW AM WP NE
        mov     cr0,eax
        mov     eax,cr0
        and     eax,60050020h
        IS      eax,60050020h,"NE, WP, AM, NW, CD can be set"
        mov     eax,[before]
        and     eax,~60050020h
        or      eax,20000000h
        FAULTS  13,0,"NW without CD", mov cr0,eax
        and     eax,~20000000h
        or      eax,40000000h
        RUNS    "CD without NW", mov cr0,eax
.is_386:
        mov     eax,[before]
        mov     cr0,eax
        and     eax,~1
        or      eax,80000000h
        FAULTS  13,0,"PG without PE", mov cr0,eax
        mov     eax,cr0
        IS      eax,[before],"a fault leaves CR0 alone"
        ret

cr2_cr3:
        mov     eax,12345678h
        mov     cr2,eax
        mov     eax,cr2
        IS      eax,12345678h,"CR2 holds 32 bits"
        mov     eax,0ABCDE000h
        mov     cr3,eax
        mov     eax,cr3
        IS      eax,0ABCDE000h,"CR3 holds 20 bits"
        mov     eax,0ABCDE018h
        mov     cr3,eax
        mov     eax,cr3
        and     eax,18h
        mov     edx,18h
        cmp     byte [is_486],0
        jne     .cache
        xor     edx,edx
.cache: IS      eax,edx,"PCD and PWT since the 486"
        xor     eax,eax
        mov     cr3,eax
        ret

cr4_bits:
        cmp     byte [is_pentium],0
        je      .none
        mov     eax,5Fh
        mov     cr4,eax
        mov     eax,cr4
        IS      eax,5Fh,"VME, PVI, TSD, DE, PSE, MCE"
        xor     eax,eax
        mov     cr4,eax
        mov     eax,80000000h
        FAULTS  13,0,"reserved bit 31 of CR4", mov cr4,eax
        mov     eax,1000h
        FAULTS  13,0,"reserved bit 12 of CR4", mov cr4,eax
        mov     eax,cr4
        IS      eax,0,"a fault leaves CR4 alone"
        RING3
        FAULTS  13,0,"MOV from CR4 in ring 3", mov eax,cr4
        ; TSD.
        mov     eax,4
        mov     cr4,eax
        RUNS    "RDTSC with TSD in ring 0", rdtsc
        RING3
        FAULTS  13,0,"RDTSC with TSD in ring 3", rdtsc
        xor     eax,eax
        mov     cr4,eax
        RING3
        RUNS    "RDTSC without TSD in ring 3", rdtsc
        RING0
        ret
.none:  FAULTS  6,NO_ERROR,"no CR4", {db 0Fh,20h,0E0h}
        FAULTS  6,NO_ERROR,"no MOV to CR4", {db 0Fh,22h,0E0h}
        FAULTS  6,NO_ERROR,"no CPUID", {db 0Fh,0A2h}
        FAULTS  6,NO_ERROR,"no RDTSC", {db 0Fh,31h}
        FAULTS  6,NO_ERROR,"no RDMSR", {db 0Fh,32h}
        FAULTS  6,NO_ERROR,"no WRMSR", {db 0Fh,30h}
        FAULTS  6,NO_ERROR,"no CMPXCHG8B", {db 0Fh,0C7h,0Fh}
        cmp     byte [is_486],0
        jne     .out
        FAULTS  6,NO_ERROR,"386: no BSWAP", {db 0Fh,0C8h}
        FAULTS  6,NO_ERROR,"386: no XADD", {db 0Fh,0C1h,0C1h}
        FAULTS  6,NO_ERROR,"386: no CMPXCHG", {db 0Fh,0B1h,0C1h}
        FAULTS  6,NO_ERROR,"386: no INVLPG", {db 0Fh,1,3Dh,0,0,0,0}
        FAULTS  6,NO_ERROR,"386: no WBINVD", {db 0Fh,9}
        FAULTS  6,NO_ERROR,"386: no INVD", {db 0Fh,8}
.out:   ret

none_such:
        FAULTS  6,NO_ERROR,"no CR1", {db 0Fh,20h,0C8h}
        FAULTS  6,NO_ERROR,"no MOV to CR1", {db 0Fh,22h,0C8h}
        FAULTS  6,NO_ERROR,"no CR5", {db 0Fh,20h,0E8h}
        FAULTS  6,NO_ERROR,"no CR6", {db 0Fh,22h,0F0h}
        FAULTS  6,NO_ERROR,"no CR7", {db 0Fh,20h,0F8h}
        RING3
        FAULTS  13,0,"MOV from CR2 in ring 3", mov eax,cr2
        RING3
        FAULTS  13,0,"MOV to CR3 in ring 3", mov cr3,eax
        RING3
        FAULTS  13,0,"MOV to CR0 in ring 3", mov cr0,eax
        RING3
        FAULTS  13,0,"MOV from DR6 in ring 3", mov eax,dr6
        ret

msw:
        mov     eax,cr0
        mov     [before],eax
        mov     ax,0FFFFh
        lmsw    ax
        mov     eax,cr0
        and     eax,0FFCFh              ; NE and ET do not belong to it
        IS      eax,0Fh,"LMSW reaches four bits"
        mov     ax,1
        lmsw    ax
        mov     eax,[before]
        mov     cr0,eax
        smsw    ax
        and     eax,1
        IS      eax,1,"SMSW"
        RING3
        smsw    [WORK]
        RING0
        mov     eax,cr0
        cmp     ax,[WORK]
        setz    al
        IS_BYTE al,1,"SMSW in ring 3 to memory"
        ret

; The mod field of MOV to and from these registers is ignored: always a register (SDM volume 2, MOV).
mod_ignored:
        db      0Fh,20h,03h             ; mod 0: EBX, CR0
        mov     eax,cr0
        IS      ebx,eax,"MOV from CR0 with mod 0"
        db      0Fh,20h,43h             ; mod 1
        IS      ebx,eax,"with mod 1: no displacement follows"
        db      0Fh,21h,3Bh             ; EBX, DR7
        mov     eax,dr7
        IS      ebx,eax,"MOV from DR7 with mod 0"
        ret

test_registers:
        cmp     byte [is_pentium],0
        jne     .pentium
        mov     eax,12345000h
        db      0Fh,26h,0F0h            ; MOV TR6,EAX
        db      0Fh,24h,0F3h            ; MOV EBX,TR6
        IS      ebx,12345000h,"TR6"
        RING3
        FAULTS  13,0,"MOV from TR6 in ring 3", {db 0Fh,24h,0F3h}
        RING3
        FAULTS  13,0,"MOV to TR7 in ring 3", {db 0Fh,26h,0F8h}
        ret
.pentium:
        FAULTS  6,NO_ERROR,"MOV to TR6 is gone", {db 0Fh,26h,0F0h}
        FAULTS  6,NO_ERROR,"MOV from TR6 is gone", {db 0Fh,24h,0F3h}
        ret

        align   4
before:         dd      0

        TEST_END
