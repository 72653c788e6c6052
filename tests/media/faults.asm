; Media that fail on purpose: a boot sector that calls INT 13h for each row of a table and writes AX
; afterwards (status, and sectors done) to port E9h in hexadecimal.
;
;   -DCD=0  a floppy: rows for drives 00h and 80h, each CHS
;   -DCD=1  a CD without emulation: rows for drive E0h, EDD reads
        cpu 8086
        bits 16
        org 7C00h
        jmp 0:start

; function and count, drive, cylinder and sector, head
%macro ROW 4
        dw %1
        db %2
        dw %3
        db %4
%endmacro

start:
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 7C00h
        cld
        sti
        mov si, rows
.next:
        mov ax, [si]
        cmp ax, 0FFFFh
        je .end
        mov dl, [si + 2]
        mov cx, [si + 3]
        mov dh, [si + 5]
        mov bx, 8000h
        push si
%if CD
        mov [packet.block], cx
        mov byte [packet + 2], 1        ; the last call left how many it read
        mov si, packet
%endif
        int 13h
        pop si
        call hex
        add si, 6
        jmp short .next
.end:
        mov al, 'e'
        out 0E9h, al
        mov al, 10
        out 0E9h, al
        mov dx, 8900h
        mov si, off
.off:
        lodsb
        out dx, al
        or al, al
        jnz .off
        cli
        hlt

hex:
        mov cx, 4
.digit:
        rol ax, 1
        rol ax, 1
        rol ax, 1
        rol ax, 1
        push ax
        and al, 0Fh
        cmp al, 10
        sbb al, 69h
        das
        out 0E9h, al
        pop ax
        loop .digit
        mov al, ' '
        out 0E9h, al
        ret

off:    db 'Shutdown', 0
packet: db 16, 0, 1, 0
        dw 8000h, 0
.block: dd 0, 0

rows:
%if CD
        ROW 4200h, 0E0h, 20, 0          ; sound
        ROW 4200h, 0E0h, 21, 0          ; unreadable
        ROW 4200h, 0E0h, 22, 0          ; not found
        ROW 4200h, 0E0h, 23, 0          ; sound
%else
        ROW 0201h, 0, 0101h, 0          ; sector 36: unreadable
        ROW 0301h, 0, 0101h, 0          ; and can be written
        ROW 0301h, 0, 0102h, 0          ; 37: write fault
        ROW 0201h, 0, 0102h, 0          ; and can be read
        ROW 0201h, 0, 0103h, 0          ; 38: missing
        ROW 0201h, 0, 0104h, 0          ; 39: no answer
        ROW 0000h, 0, 0, 0
        ROW 0201h, 0, 0105h, 0
        ROW 0201h, 80h, 0002h, 0        ; sector 1: unreadable
        ROW 0401h, 80h, 0002h, 0
        ROW 0301h, 80h, 0002h, 0
        ROW 0301h, 80h, 0003h, 0        ; 2: write fault
        ROW 0201h, 80h, 0003h, 0
        ROW 0201h, 80h, 0004h, 0        ; 3: missing
        ROW 0204h, 80h, 0006h, 0        ; 5 to 8, of which 7 is unreadable: two are done
        ROW 0201h, 80h, 0005h, 0        ; 4: no answer
        ROW 0000h, 80h, 0, 0
        ROW 0201h, 80h, 0006h, 0
%endif
        dw 0FFFFh
        times 510 - ($ - $$) db 0
        dw 0AA55h
