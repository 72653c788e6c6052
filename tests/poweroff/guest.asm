; guest.asm: a floppy that works on the FAT16 volume of the first hard disk as DOS does: writes, copies, rewrites and deletes eight files,
; in the order that keeps a volume whole (data, FATs, directory entry; and the other way round for deleting), flushing the drive's cache now
; and then. What it is about to do and what it has done goes to the debug port:
;
;   B k          work on file k begins
;   E k vvvv nn  it now has nn sectors of words (vvvv, number of the sector)
;   X k          it is deleted
;   F            everything so far is flushed
;
; Before work begins, time passes, so that the host has the line. The seed is the word before the boot signature.
%define SECTOR 1000h            ; scratch: a sector of data
%define FAT    1200h            ; a sector of the FAT
%define ROOT   1400h            ; the first sector of the root directory
        org 7C00h
        cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 7C00h
        sti
        cld
        mov ax, 0203h           ; the rest of this program
        mov cx, 2
        mov dx, 0
        mov bx, 7E00h
        int 13h
        jc $
        mov ax, [seed]
        mov [random], ax
        xor eax, eax            ; the volume, by the partition table
        mov bx, SECTOR
        call read
        mov eax, [SECTOR + 1C6h]
        mov [start], eax
        call read
        movzx eax, word [SECTOR + 14]
        add eax, [start]
        mov [fat1], eax
        movzx ecx, word [SECTOR + 22]
        add eax, ecx
        mov [fat2], eax
        add eax, ecx
        mov [root], eax
        movzx ecx, word [SECTOR + 17]
        shr ecx, 4
        add eax, ecx
        mov [data], eax
        mov cl, [SECTOR + 13]
        mov [per_cluster], cl
        mov ax, [seed]
        mov [version], ax
        jmp work

; ---- the disk ----
; EAX: sector, BX: memory
read:   mov byte [command], 42h
        jmp transfer
write:  mov byte [command], 43h
transfer:
        pushad
        mov [packet + 4], bx
        mov [packet + 8], eax
        mov si, packet
        mov ah, [command]
        mov al, 0
        mov dl, 80h
        int 13h
        jc failed
        popad
        ret
failed: mov al, '!'
        out 0E9h, al
        cli
        hlt

flush:  mov dx, 1F6h
        mov al, 0E0h
        out dx, al
        inc dx
        mov al, 0E7h
        out dx, al
.wait:  in al, dx
        test al, 80h
        jnz .wait
        test al, 1
        jnz failed
        mov al, 'F'
        out 0E9h, al
        mov al, 10
        out 0E9h, al
        ret

; ---- chance, words ----
rnd:    mov ax, [random]        ; AX
        imul ax, ax, 25173
        add ax, 13849
        mov [random], ax
        shr ax, 5
        ret

hex4:   push ax                 ; AX
        xchg al, ah
        call hex2
        pop ax
hex2:   push ax                 ; AL
        shr al, 4
        call hex1
        pop ax
hex1:   and al, 15
        add al, '0'
        cmp al, '9'
        jbe .out
        add al, 'a' - '0' - 10
.out:   out 0E9h, al
        ret
blank:  mov al, ' '
        out 0E9h, al
        ret
        times 508-($-$$) db 0
seed:   dw 0
        dw 0AA55h

; ---- the FAT ----
; AX: cluster; BX -> its entry in FAT, SI: sector of the FAT
entry:  push ax
        movzx esi, ah
        mov eax, [fat1]
        add eax, esi
        mov bx, FAT
        call read
        pop ax
        movzx bx, al
        shl bx, 1
        add bx, FAT
        ret
fat_get: push bx
        push si
        call entry
        mov ax, [bx]
        pop si
        pop bx
        ret
fat_set: push bx                ; AX: cluster, CX: value
        push si
        call entry
        mov [bx], cx
        push eax
        mov bx, FAT
        mov eax, [fat1]
        add eax, esi
        call write
        mov eax, [fat2]
        add eax, esi
        call write
        pop eax
        pop si
        pop bx
        ret
allocate:                       ; AX: a free cluster, marked as an end
        mov ax, [hint]
.next:  inc ax
        cmp ax, 1500
        jb .try
        mov ax, 3
.try:   push ax
        call fat_get
        test ax, ax
        pop ax
        jnz .next
        mov [hint], ax
        mov cx, 0FFFFh
        call fat_set
        ret
free_chain:                     ; AX: first cluster, or 0
        cmp ax, 2
        jb .done
        cmp ax, 0FFF0h
        jae .done
        push ax
        call fat_get
        xchg ax, [esp]          ; the next one waits on the stack
        xor cx, cx
        call fat_set
        pop ax
        jmp free_chain
.done:  ret

; ---- the directory ----
find:   mov eax, [root]         ; file [k]; DI -> its entry, or a free one
        mov bx, ROOT
        call read
        mov al, [k]
        add al, '0'
        mov [name + 4], al
        mov di, ROOT
.look:  mov si, name
        push di
        mov cx, 11
        repe cmpsb
        pop di
        je .found
        add di, 32
        cmp di, ROOT + 512
        jb .look
        mov di, ROOT
.free:  cmp byte [di], 0
        je .new
        cmp byte [di], 0E5h
        je .new
        add di, 32
        cmp di, ROOT + 512
        jb .free
        jmp failed
.new:   stc
        ret
.found: clc
        ret
put_dir: pushad
        mov eax, [root]
        mov bx, ROOT
        call write
        popad
        ret

; ---- files ----
begin:  mov al, 'B'
        out 0E9h, al
        call blank
        mov al, [k]
        call hex1
        mov al, 10
        out 0E9h, al
        hlt                     ; two ticks of the timer: a slice of the run has passed
        hlt
        ret

; File [k] gets [count] sectors of version AX.
make:   mov [now], ax
        call find
        jc .fresh
        mov ax, [di + 26]
        mov word [di + 26], 0
        mov dword [di + 28], 0
        call put_dir
        call free_chain
        call find
.fresh: push di
        mov word [first], 0
        mov word [last], 0
        mov word [done], 0
.cluster:
        call allocate
        mov [cluster], ax
        mov dx, [last]
        test dx, dx
        jz .head
        mov cx, ax
        mov ax, dx
        call fat_set
        jmp .linked
.head:  mov [first], ax
.linked: mov ax, [cluster]
        mov [last], ax
        mov cl, [per_cluster]
        mov [left], cl
        movzx eax, ax
        sub eax, 2
        movzx ecx, cl
        mul ecx
        add eax, [data]
.sector: mov di, SECTOR
        push eax
        mov cx, 128
.fill:  mov ax, [now]
        stosw
        mov ax, [done]
        stosw
        loop .fill
        pop eax
        mov bx, SECTOR
        call write
        inc eax
        inc word [done]
        mov cx, [done]
        cmp cx, [count]
        jae .written
        dec byte [left]
        jnz .sector
        jmp .cluster
.written:
        call find
        pop bx
        mov di, bx
        mov si, name
        mov cx, 11
        rep movsb
        mov byte [di], 20h
        sub di, 11
        mov ax, [first]
        mov [di + 26], ax
        mov word [di + 20], 0
        mov word [di + 24], 21h
        movzx eax, word [count]
        shl eax, 9
        mov [di + 28], eax
        call put_dir
        mov al, 'E'
        out 0E9h, al
        call blank
        mov al, [k]
        call hex1
        call blank
        mov ax, [now]
        call hex4
        call blank
        mov al, [count]
        call hex2
        mov al, 10
        out 0E9h, al
        ret

delete: call find
        jc .gone
        mov byte [di], 0E5h
        mov ax, [di + 26]
        call put_dir
        call free_chain
.gone:  mov al, 'X'
        out 0E9h, al
        call blank
        mov al, [k]
        call hex1
        mov al, 10
        out 0E9h, al
        ret

; Version and size of file [k], as its first sector says, into AX and [count]. Carry: there is none.
look:   call find
        jc .none
        mov eax, [di + 28]
        shr eax, 9
        jz .none
        mov [count], ax
        movzx eax, word [di + 26]
        sub eax, 2
        jb .none
        movzx ecx, byte [per_cluster]
        mul ecx
        add eax, [data]
        mov bx, SECTOR
        call read
        mov ax, [SECTOR]
        clc
        ret
.none:  stc
        ret

work:   call rnd
        and al, 7
        mov [k], al
        call rnd
        and al, 7
        jz .delete
        cmp al, 2
        jbe .copy
        cmp al, 3
        je .flush
        call rnd                ; write anew
        and ax, 15
        inc ax
        mov [count], ax
        call begin
        inc word [version]
        mov ax, [version]
        call make
        jmp work
.delete: call begin
        call delete
        jmp work
.copy:  mov cl, [k]
        call rnd
        and al, 7
        mov [k], al
        push cx
        call look
        pop cx
        mov [k], cl
        jc work
        push ax
        call begin
        pop ax
        call make
        jmp work
.flush: call flush
        jmp work

packet: db 16, 0
        dw 1
        dw 0, 0
        dd 0, 0
name:   db "FILE0   DAT"
command: db 0
k:      db 0
per_cluster: db 0
left:   db 0
random: dw 0
version: dw 0
now:    dw 0
count:  dw 0
done:   dw 0
first:  dw 0
last:   dw 0
cluster: dw 0
hint:   dw 2
start:  dd 0
fat1:   dd 0
fat2:   dd 0
root:   dd 0
data:   dd 0
        times 2048-($-$$) db 0
        times 368640-($-$$) db 0
