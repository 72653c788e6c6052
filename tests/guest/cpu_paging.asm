; Paging: error codes, rights, accessed and dirty bits, WP, INVLPG, 4 MB pages, faults that must leave no trace (SDM
; volume 3, chapter 4; PRM 5.2 and 6.4).
; run: -cpu 386
; run: -cpu 486
; run: -cpu pentium

%include "cpu_test.inc"

DIR             equ     40000h          ; page directory
TABLE0          equ     41000h          ; 0 - 4 MB: as it is, for both rings
TABLE1          equ     42000h          ; T, the pages under test
TABLE2          equ     43000h          ; U: a supervisor directory entry
FRAME_A         equ     44000h
FRAME_B         equ     45000h
T               equ     400000h
U               equ     800000h
BIG             equ     0C00000h        ; 4 MB page

; T: page 0 supervisor, 1 read-only supervisor, 2 user, 3 read-only user, 4 absent, 5 user behind page 6 absent
%macro  PTE 2                           ; page of T, entry
        mov     dword [TABLE1+(%1)*4],%2
%endmacro

tests:
        RING_OPEN
        mov     edi,DIR
        mov     ecx,6000h/4
        xor     eax,eax
        rep     stosd
        mov     dword [DIR],TABLE0|7
        mov     dword [DIR+4],TABLE1|7
        mov     dword [DIR+8],TABLE2|3
        mov     edi,TABLE0
        mov     eax,7
        mov     ecx,1024
.low:   stosd
        add     eax,1000h
        loop    .low
        PTE     0,FRAME_A|3
        PTE     1,FRAME_A|1
        PTE     2,FRAME_A|7
        PTE     3,FRAME_A|5
        PTE     5,FRAME_B|7
        mov     dword [TABLE2],FRAME_A|7
        mov     dword [FRAME_A],0AAAAAAAAh
        mov     dword [FRAME_B],0BBBBBBBBh
        mov     eax,DIR
        mov     cr3,eax
        mov     eax,cr0
        or      eax,80000000h
        mov     cr0,eax
        jmp     .on
.on:
        call    supervisor
        call    accessed_dirty
        call    user
        call    no_trace
        call    fetch
        call    flush
        call    write_protect
        call    big_pages
        mov     eax,cr0
        and     eax,7FFFFFFFh
        mov     cr0,eax
        ret

supervisor:
        RUNS    "read", mov eax,[T]
        IS      eax,0AAAAAAAAh,"mapped data"
        FAULTS  14,0,"absent, read: 0", mov eax,[T+4010h]
        IS      [trap_cr2],T+4010h,"CR2"
        FAULTS  14,2,"absent, write: W", mov [T+4020h],eax
        IS      [trap_cr2],T+4020h,"CR2 of the write"
        FAULTS  14,2,"absent, read-modify-write: W", inc dword [T+4000h]
        FAULTS  14,0,"no page table", mov eax,[1000000h]
        RUNS    "read-only page, WP = 0", mov dword [T+1000h],0AAAAAAAAh
        ret

accessed_dirty:
        PTE     0,FRAME_A|3
        mov     dword [DIR+4],TABLE1|7
        mov     eax,cr3
        mov     cr3,eax
        IS      [TABLE1],FRAME_A|3,"nothing set before"
        mov     eax,[T]
        IS      [TABLE1],FRAME_A|23h,"a read sets A"
        IS      [DIR+4],TABLE1|27h,"and A in the directory"
        mov     [T],eax
        IS      [TABLE1],FRAME_A|63h,"a write sets D"
        IS      [DIR+4],TABLE1|27h,"but not in the directory"
        PTE     0,FRAME_A|1
        mov     eax,cr3
        mov     cr3,eax
        mov     eax,[T]
        mov     [T],eax
        IS      [TABLE1],FRAME_A|61h,"read, then write through WP = 0: D"
        PTE     0,FRAME_A|3
        mov     eax,cr3
        mov     cr3,eax
        ; A fault sets no bits in the entry that denies.
        PTE     3,FRAME_A|5
        RING3
        FAULTS  14,7,"write to a read-only user page", mov [T+3000h],eax
        mov     eax,[TABLE1+12]
        and     eax,40h
        IS      eax,0,"no D from a write that was denied"
        ret

user:
        RING3
        RUNS    "user page", mov eax,[T+2000h]
        RUNS    "write to it", mov [T+2000h],eax
        RUNS    "read of a read-only page", mov eax,[T+3000h]
        FAULTS  14,4,"absent, read: U", mov eax,[T+4000h]
        RING3
        FAULTS  14,6,"absent, write: U W", mov [T+4000h],eax
        RING3
        FAULTS  14,5,"supervisor page, read: U P", mov eax,[T]
        RING3
        FAULTS  14,7,"supervisor page, write: U W P", mov [T],eax
        RING3
        FAULTS  14,7,"read-only page, write: U W P", mov [T+3000h],eax
        RING3
        FAULTS  14,7,"XCHG on a read-only page", xchg [T+3000h],eax
        RING3
        FAULTS  14,7,"CMP and write by BTS", bts dword [T+3000h],31
        RING3
        FAULTS  14,5,"user page in a supervisor directory", mov eax,[U]
        RUNS    "the same from ring 0", mov eax,[U]
        ret

; An access that faults in its second page has done nothing in the first.
no_trace:
        PTE     6,0
        mov     eax,cr3
        mov     cr3,eax
        mov     dword [T+5FFCh],55555555h
        FAULTS  14,2,"dword across into an absent page", mov dword [T+5FFEh],0
        IS      [trap_cr2],T+6000h,"CR2 is the second page"
        IS      [T+5FFCh],55555555h,"nothing written"
        FAULTS  14,2,"ADD across", add dword [T+5FFEh],1
        IS      [T+5FFCh],55555555h,"nothing added"
        RING3
        mov     esp,T+6008h
        FAULTS  14,6,"PUSH onto an absent page", push eax
        RING3
        mov     esp,T+6010h
        FAULTS  14,6,"PUSHA across into an absent page", pushad
        mov     esi,T+5FFEh
        mov     eax,12345678h
        FAULTS  14,0,"LODSD across", lodsd
        IS      esi,T+5FFEh,"ESI stays"
        IS      eax,12345678h,"EAX stays"
        mov     edi,T+6000h
        mov     esi,T+5000h
        FAULTS  14,2,"MOVSB into an absent page", movsb
        IS      esi,T+5000h,"ESI stays"
        mov     ecx,10
        mov     edi,T+5FFCh
        FAULTS  14,2,"REP STOSB runs into an absent page", rep stosb
        IS      ecx,6,"ECX: what is left"
        IS      edi,T+6000h,"EDI: where it goes on"
        mov     ebx,esp
        push    dword T+4000h
        FAULTS  14,2,"POP into an absent page", pop dword [T+4000h]
        pop     eax
        mov     ecx,esp
        IS      ecx,ebx,"ESP stays"
        FAULTS  14,0,"CALL through an absent page", call [T+4000h]
        mov     ecx,esp
        IS      ecx,ebx,"CALL pushes nothing"
        ret

fetch:
        PTE     6,0
        mov     byte [T+5FFFh],0B8h     ; MOV EAX,imm32: its immediate is in the absent page
        mov     dword [trap_resume],.after
        mov     [trap_esp],esp
        mov     dword [trap_vector],-1
        jmp     CODE:T+5FFFh
.after:
        mov     dword [trap_resume],0
        IS      [trap_vector],14,"instruction across into an absent page"
        IS      [trap_error],0,"error code of a fetch"
        IS      [trap_eip],T+5FFFh,"EIP of its first byte"
        IS      [trap_cr2],T+6000h,"CR2 of the missing part"
        RING3
        mov     dword [trap_resume],.after3
        jmp     UCODE:T
.after3:
        mov     dword [trap_resume],0
        IS      [trap_error],5,"fetch from a supervisor page in ring 3"
        IS      [trap_eip],T,"its EIP"
        ret

flush:
        PTE     0,FRAME_A|3
        mov     eax,cr3
        mov     cr3,eax
        mov     dword [FRAME_A],0AAAAAAAAh
        mov     eax,[T]
        PTE     0,FRAME_B|3
        mov     eax,cr3
        mov     cr3,eax
        mov     eax,[T]
        IS      eax,[FRAME_B],"CR3 drops old translations"
        ; Until then the processor goes by what it read before (SDM 3, 4.10).
        mov     [T],eax
        PTE     0,FRAME_A|3
        IS      [T],0BBBBBBBBh,"a changed entry is not noticed"
        PTE     0,0
        IS      [T],0BBBBBBBBh,"nor that it is absent now"
        RUNS    "nor for a write", mov dword [T],0BBBBBBBBh
        mov     eax,cr3
        mov     cr3,eax
        FAULTS  14,0,"until CR3 is loaded", mov eax,[T]
        call    has_486
        jc      .out
        PTE     0,FRAME_A|3
        invlpg  [T]
        mov     eax,[T]
        IS      eax,0AAAAAAAAh,"INVLPG drops one"
        PTE     0,0
        invlpg  [T+123h]
        FAULTS  14,0,"INVLPG of any address in the page", mov eax,[T]
        PTE     0,FRAME_A|3
        RUNS    "absent entries are not cached", mov eax,[T]
        RING3
        FAULTS  13,0,"INVLPG in ring 3", invlpg [T]
.out:
        ret

write_protect:
        call    has_486
        jc      .out
        PTE     1,FRAME_A|1
        mov     eax,cr0
        or      eax,10000h
        mov     cr0,eax
        FAULTS  14,3,"WP = 1: ring 0 write to a read-only page: W P", mov [T+1000h],eax
        FAULTS  14,3,"WP = 1: to a read-only user page", mov [T+3000h],eax
        RUNS    "WP = 1: read", mov eax,[T+1000h]
        mov     eax,cr0
        and     eax,~10000h
        mov     cr0,eax
        RUNS    "WP = 0 again", mov dword [T+1000h],0AAAAAAAAh
.out:
        ret

; Carry: older than a 486 (AC cannot be set).
has_486:
        pushfd
        pop     eax
        xor     eax,40000h
        push    eax
        popfd
        pushfd
        pop     edx
        xor     edx,eax
        xor     eax,40000h
        push    eax
        popfd
        and     edx,40000h
        sub     edx,1
        cmc
        ret

big_pages:
        call    has_486
        jc      .out
        pushfd
        pop     eax
        xor     eax,200000h
        push    eax
        popfd
        pushfd
        pop     edx
        xor     edx,eax
        test    edx,200000h
        jnz     .out
        mov     eax,1
        cpuid
        test    dl,8
        jz      .out
        mov     dword [DIR+12],83h      ; physical 0
        mov     eax,cr4
        or      al,10h
        mov     cr4,eax
        mov     eax,[BIG+FRAME_A]
        IS      eax,0AAAAAAAAh,"4 MB page"
        IS      [DIR+12],0A3h,"A in the directory entry"
        mov     byte [BIG+FRAME_B+8],1
        IS      [DIR+12],0E3h,"D in the directory entry"
        IS_BYTE [FRAME_B+8],1,"written"
        RING3
        FAULTS  14,5,"4 MB supervisor page in ring 3", mov al,[BIG]
        mov     dword [DIR+12],200083h  ; bit 21 is reserved
        invlpg  [BIG]
        FAULTS  14,9,"reserved bit, read: RSVD P", mov al,[BIG]
        FAULTS  14,0Bh,"reserved bit, write: RSVD W P", mov [BIG],al
        RING3
        FAULTS  14,0Dh,"reserved bit, ring 3: RSVD U P", mov al,[BIG]
        mov     dword [DIR+12],81h
        invlpg  [BIG]
        mov     eax,cr0
        or      eax,10000h
        mov     cr0,eax
        FAULTS  14,3,"4 MB read-only page with WP", mov [BIG+300000h],al
        mov     eax,cr0
        and     eax,~10000h
        mov     cr0,eax
        mov     eax,cr4
        and     al,~10h
        mov     cr4,eax
        mov     dword [DIR+12],TABLE0|83h
        invlpg  [BIG]
        mov     eax,[BIG+FRAME_A]
        IS      eax,0AAAAAAAAh,"PSE = 0: bit 7 means nothing"
.out:
        ret

        TEST_END
