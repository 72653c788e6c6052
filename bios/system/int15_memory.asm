; INT 15h: how much memory there is (88h, E801h, E820h), moving blocks of it (87h), and entering
; protected mode (89h).

; 88h: AX = KiB above 1 MiB, at most 63 MiB: old callers take the number for signed or add to it.
int15_extended:
        call cpu_type
        cmp al, CPU_286
        jb .none
        mov es, [B_EBDA]
        mov ax, [es:E_MEM16]
        cmp ax, 15 * 1024
        jb .store
        mov dx, [es:E_MEMHI]
        cmp dx, 48 * 16
        jbe .add
        mov dx, 48 * 16
.add:
        mov cl, 6
        shl dx, cl
        add ax, dx
.store:
        mov [bp + F_AX], ax
        clc
        ret
.none:
        jmp int15_none

; E8xx
int15_memory:
        call cpu_type
        cmp al, CPU_286
        jb .none
        cmp byte [bp + F_AL], 01h
        je .e801
        cmp byte [bp + F_AL], 20h
        jne .none
        cmp al, CPU_386
        jae int15_e820
.none:
        jmp int15_none

; E801h: AX = CX = KiB from 1 to 16 MiB, BX = DX = 64 KiB blocks above.
.e801:
        mov es, [B_EBDA]
        mov ax, [es:E_MEM16]
        mov [bp + F_AX], ax
        mov [bp + F_CX], ax
        mov ax, [es:E_MEMHI]
        mov [bp + F_BX], ax
        mov [bp + F_DX], ax
        clc
        ret

        cpu 386
; E820h: EBX = index, ECX = room, EDX = 'SMAP', ES:DI = buffer. The 16-bit frame holds the low
; halves; upper halves are still in the registers, so they must be dealt with here.
;       base                    length                          type
;       0                       up to the EBDA                  1 memory
;       EBDA                    up to A0000                     2 reserved
;       F0000                   64 KiB                          2
;       1 MiB                   all up to 4 GiB                 1
;       FFFF0000                64 KiB                          2
;       4 GiB                   the rest                        1
int15_e820:
        push edx
        mov dx, [bp + F_DX]             ; only the low halves can have changed
        cmp edx, 534D4150h
        pop edx
        jne .none
        push ecx
        mov cx, [bp + F_CX]
        cmp ecx, 20
        pop ecx
        jb .none
        push eax
        push ebx
        push ecx
        push edx
        push esi
        push edi
        push ds
        mov ds, [B_EBDA]
        mov es, [bp + F_ES]
        mov di, [bp + F_DI]
        mov bx, [bp + F_BX]
        cmp bx, 5
        ja .bad
        xor edx, edx                    ; DL = type, ESI = base, EAX = length
        xor ecx, ecx                    ; high half of the base
        or bx, bx
        jnz .not0
        xor esi, esi
        xor eax, eax
        mov ax, ds                      ; the EBDA begins where base memory ends
        shl eax, 4
        mov dl, 1
        jmp .store
.not0:
        dec bx
        jnz .not1
        xor esi, esi
        mov si, ds
        shl esi, 4
        mov eax, 0A0000h
        sub eax, esi
        mov dl, 2
        jmp .store
.not1:
        dec bx
        jnz .not2
        mov esi, 0F0000h
        mov eax, 10000h
        mov dl, 2
        jmp .store
.not2:
        dec bx
        jnz .not3
        mov esi, 100000h
        movzx eax, word [E_MEMHI]
        shl eax, 6
        movzx edx, word [E_MEM16]
        add eax, edx
        shl eax, 10
        mov dl, 1
        jmp .store
.not3:
        dec bx
        jnz .not4
        mov esi, 0FFFF0000h
        mov eax, 10000h
        mov dl, 2
        jmp .store
.not4:
        xor esi, esi
        inc ecx
        mov eax, [E_MEM4G]
        and eax, 0FFFFFFh
        shl eax, 16
        push eax
        mov al, [E_MEM4G + 2]           ; what the shift lost
        movzx eax, al
        mov [es:di + 12], eax
        pop eax
        mov dl, 1
        jmp short .store_high
.store:
        mov dword [es:di + 12], 0
.store_high:
        mov [es:di], esi
        mov [es:di + 4], ecx
        mov [es:di + 8], eax
        movzx edx, dl
        mov [es:di + 16], edx
        mov ax, [bp + F_BX]             ; the next index; zero after the last
        inc ax
        cmp ax, 6
        jae .last
        cmp ax, 5
        jne .more
        cmp word [E_MEM4G], 0
        jne .more
        cmp byte [E_MEM4G + 2], 0
        jne .more
.last:
        xor ax, ax
.more:
        mov [bp + F_BX], ax
        pop ds
        pop edi
        pop esi
        pop edx
        pop ecx
        pop ebx
        pop eax
        mov ebx, 0                      ; upper halves of the results
        mov ecx, 0
        mov eax, 534D4150h
        mov word [bp + F_AX], 4150h
        mov word [bp + F_CX], 20
        clc
        ret
.bad:
        pop ds
        pop edi
        pop esi
        pop edx
        pop ecx
        pop ebx
        pop eax
.none:
        jmp int15_none
        cpu 8086

; ---- 87h: move a block -------------------------------------------------------------------------
; CX = words, ES:SI = table of six descriptors: 00 none, 08 the table itself, 10 source,
; 18 destination, 20 code, 28 stack; we fill in 08, 20 and 28. Interrupts stay off.
; AH = 0 good, 02 exception (found beforehand: a descriptor that cannot carry the move), 03 A20.
int15_move:
        call cpu_type
        cmp al, CPU_286
        jae .capable
        jmp int15_none
.capable:
        mov es, [bp + F_ES]
        mov si, [bp + F_SI]
        mov cx, [bp + F_CX]
        mov ah, 02h
        cmp cx, 8000h
        ja .bad
        jcxz .nothing
        mov bx, cx                      ; the last byte must be within the limits
        shl bx, 1
        dec bx
        cmp [es:si + 10h], bx
        jb .limit_source
.source_good:
        cmp [es:si + 18h], bx
        jb .limit_destination
.destination_good:
        mov al, [es:si + 15h]           ; present data segments, the second one writable
        and al, 98h
        cmp al, 90h
        jne .bad
        mov al, [es:si + 1Dh]
        and al, 9Ah
        cmp al, 92h
        je .table
.bad:
        stc
        ret
.nothing:
        mov byte [bp + F_AH], 0
        clc
        ret
.limit_source:                          ; a 386 descriptor may have a larger limit
        test byte [es:si + 16h], 8Fh
        jz .bad
        jmp short .source_good
.limit_destination:
        test byte [es:si + 1Eh], 8Fh
        jz .bad
        jmp short .destination_good

.table:
        cli
        call a20_get
        push ax                         ; put back afterwards
        mov al, 1
        call a20_set
        jnc .gate
        pop ax
        mov ah, 03h
        stc
        ret
.gate:
        mov word [es:si + 08h], 2Fh
        mov ax, es
        mov bx, si
        lea di, [si + 08h]
        call .descriptor
        mov word [es:si + 20h], 0FFFFh
        mov word [es:si + 22h], 0000h   ; base F0000, code
        mov word [es:si + 24h], 9A0Fh
        mov word [es:si + 26h], 0
        mov word [es:si + 28h], 0FFFFh
        mov ax, ss
        xor bx, bx
        lea di, [si + 28h]
        call .descriptor
        call cpu_type
        cmp al, CPU_386
        jae .on_386

        ; The 286 comes back by a reset: CMOS 0Fh = 9 leads to move_block_return.
        push ds
        push es
        push bp
        mov ax, 0900h + CM_SHUTDOWN
        call cmos_write
        mov ds, [B_EBDA]
        mov [E_SHUTSP], sp
        mov [E_SHUTSP + 2], ss
        cpu 286
        lgdt [es:si + 08h]
        smsw ax
        or al, 1
        lmsw ax
        jmp 20h:.protected_286
.protected_286:
        mov ax, 10h
        mov ds, ax
        mov ax, 18h
        mov es, ax
        xor si, si
        xor di, di
        rep movsw
        cpu 8086
        mov al, 0FEh                    ; the 8042 pulses the reset line
        out KBC_STAT, al
.die:
        hlt
        jmp short .die

.on_386:
        push ds
        push es
        push bp
        cpu 386
        push eax
        lgdt [es:si + 08h]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 20h:.protected
.protected:
        mov ax, 10h
        mov ds, ax
        mov ax, 18h
        mov es, ax
        xor si, si
        xor di, di
        rep movsw
        mov ax, 28h                     ; a 64 KiB data segment: the limit real mode expects
        mov ds, ax
        mov es, ax
        mov eax, cr0
        and al, 0FEh
        mov cr0, eax
        jmp SEG_BIOS:.real
.real:
        pop eax
        cpu 8086
        jmp short move_block_end

; POST comes here with SS:SP as they were before the 286 was reset.
move_block_return:
        cld
move_block_end:
        pop bp
        pop es
        pop ds
        pop ax
        call a20_set
        mov byte [bp + F_AH], 0
        sti
        clc
        ret

; Fill the descriptor at ES:DI: base AX:BX (a real-mode address), writable data; the limit is set.
int15_move.descriptor:
        push cx
        mov cl, 4
        rol ax, cl
        mov dl, al
        and dl, 0Fh
        and al, 0F0h
        add ax, bx
        adc dl, 0
        mov [es:di + 2], ax
        mov [es:di + 4], dl
        mov byte [es:di + 5], 93h
        mov word [es:di + 6], 0
        pop cx
        ret

; ---- 89h: enter protected mode -----------------------------------------------------------------
; BL, BH = vectors of IRQ0 and IRQ8; ES:SI = table: 08 GDT, 10 IDT, 18 DS, 20 ES, 28 SS, 30 CS,
; 38 ours. Returns to the caller's offset in segment 30h, with all interrupts masked.
int15_protected:
        call cpu_type
        cmp al, CPU_286
        jae .capable
        jmp int15_none
.capable:
        cli
        mov al, 1
        call a20_set
        mov ah, 0FFh                    ; A20 failed
        jc .out
        mov bx, [bp + F_BX]
        call pic_init
        mov es, [bp + F_ES]
        mov si, [bp + F_SI]
        mov word [es:si + 38h], 0FFFFh
        mov word [es:si + 3Ah], 0000h
        mov word [es:si + 3Ch], 9A0Fh
        mov word [es:si + 3Eh], 0
        mov cx, [bp + F_CX]
        mov bx, [bp + F_IP]
        mov di, [bp + F_DI]
        mov dx, [bp + F_FLAGS]
        lea sp, [bp + F_FLAGS + 2]      ; as IRET would leave it
        mov ax, [bp + F_BP]
        cpu 286
        lgdt [es:si + 08h]
        lidt [es:si + 10h]
        mov bp, ax
        smsw ax
        or al, 1
        lmsw ax
        jmp 38h:.protected
.protected:
        mov ax, 18h
        mov ds, ax
        mov ax, 20h
        mov es, ax
        mov ax, 28h
        mov ss, ax
        push 30h                        ; the caller's code segment
        push bx
        mov ax, 0
        retf
        cpu 8086
.out:
        ret
