; The geometry that INT 13h gives a hard disk, by its size: an image partitioned under one BIOS boots under another only if
; they agree. So the same is asked of ours and of SeaBIOS, which QEMU has.
; run: -M isa disk=100M
; run: -M isa disk=505M
; run: -M isa disk=1100M
; run: -M isa disk=2100M
; run: -M isa disk=9000M
; run: -M isa -bios /usr/share/seabios/bios.bin disk=505M
; run: -M isa -bios /usr/share/seabios/bios.bin disk=2100M
; run: -M isa -bios /usr/share/seabios/bios.bin disk=9000M

%include "bios_test.inc"

        cpu 386

tests:
        mov word [result], 26
        mov si, result
        mov ah, 48h
        mov dl, 80h
        int 13h
        NO_CARRY 'its size'
        mov ah, 8
        mov dl, 80h
        int 13h
        NO_CARRY 'its geometry'
        xor ax, ax
        mov es, ax
        IS_BITS cx, 003Fh, 63, 'sectors'
        movzx si, dh
        inc si                          ; SI = heads
        mov al, ch
        mov ah, cl
        shr ah, 6
        inc ax
        mov di, ax                      ; DI = cylinders

        mov eax, [result + 16]          ; heads that 1024 cylinders would need, rounded down,
        xor edx, edx
        mov ebx, 63 * 1024
        div ebx
        mov ebx, 16                     ; and up to 16, 32, 64, 128 or 255
.double:
        cmp eax, ebx
        jbe .enough
        shl bx, 1
        cmp bx, 256
        jb .double
        mov bx, 255
.enough:
        mov cx, bx
        imul ebx, ebx, 63
        mov eax, [result + 16]
        xor edx, edx
        div ebx
        cmp eax, 1024
        jbe .fits
        mov eax, 1024
.fits:
        sub si, cx
        IS si, 0, 'heads'
        sub ax, di                      ; a BIOS may keep the last cylinder to itself
        IS_BITS ax, 0FFFEh, 0, 'cylinders'
        ret

result: times 16 dw 0

TEST_END
