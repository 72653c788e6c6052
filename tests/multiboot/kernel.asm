; A Multiboot kernel that prints to port E9h what it was given (Multiboot Specification 0.6.96, 3.2 and 3.3) and ends the
; run through port F4h. Flat with addresses in its header (-f bin -DFLAT), or for an ELF file with a segment above.
        cpu     386
        bits    32
%ifdef FLAT
        org     100000h
%endif
        section .text
load:
        align   4
header: dd      1BADB002h
%ifdef FLAT
FLAGS   equ     10003h
        dd      FLAGS,-(1BADB002h+FLAGS)
        dd      header,load,file_end,memory_end,start
%else
        dd      3,-(1BADB002h+3)
%endif
        global  start
start:
        mov     esp,stack_end
        mov     ebp,eax
        xor     eax,eax
        mov     ecx,4096/4
        mov     edi,bss
        repe    scasd                   ; memory behind the file is clear
        mov     esi,text_dirty
        jne     fail
        mov     esi,text_magic
        cmp     ebp,2BADB002h
        jne     fail
        mov     esi,text_mode
        pushfd
        pop     eax
        test    eax,20200h              ; VM, IF
        jnz     fail
        mov     eax,cr0
        and     eax,80000001h
        cmp     eax,1
        jne     fail
        mov     esi,text_a20
        mov     dword [300000h],1
        mov     dword [200000h],2
        cmp     dword [300000h],1
        jne     fail
        mov     esi,[ebx+16]
        call    puts
        mov     esi,[ebx+64]
        call    puts
        mov     eax,[ebx+4]
        call    put_number
        mov     eax,[ebx+8]
        call    put_number
        mov     esi,[ebx+48]            ; the map: RAM in it
        mov     edi,esi
        add     edi,[ebx+44]
        xor     edx,edx
.region:
        cmp     esi,edi
        jae     .summed
        cmp     dword [esi+20],1
        jne     .other
        add     edx,[esi+12]
.other: add     esi,[esi]
        add     esi,4
        jmp     .region
.summed:
        mov     eax,edx
        shr     eax,10
        call    put_number
        mov     al,0
        out     0F4h,al
fail:
        call    puts
        mov     al,1
        out     0F4h,al
        hlt

puts:                                   ; ESI, and a line end
        lodsb
        test    al,al
        jz      .end
        out     0E9h,al
        jmp     puts
.end:   mov     al,10
        out     0E9h,al
        ret
put_number:                             ; EAX in decimal
        push    ebx
        push    edx
        mov     ebx,10
        xor     ecx,ecx
.digit: xor     edx,edx
        div     ebx
        push    edx
        inc     ecx
        test    eax,eax
        jnz     .digit
.out:   pop     eax
        add     al,'0'
        out     0E9h,al
        loop    .out
        mov     al,10
        out     0E9h,al
        pop     edx
        pop     ebx
        ret

text_dirty:     db "the memory behind the file is not clear",0
text_magic:     db "EAX is not the magic number",0
text_mode:      db "not in 32-bit protected mode without paging and interrupts",0
text_a20:       db "A20 is off",0
file_end:
%ifdef FLAT
bss     equ     file_end
stack_end equ   bss+8192
memory_end equ  stack_end
%else
        section .bss
bss:    resb    8192
stack_end:
%endif
