; Boot sector of the demo disk: BIOS parameter block, then a loader that reads the rest of cylinders 0 and 1 to
; DEMO_SEG:0, a track at a time: a call per sector would wait for a turn of the disk each time. The buffer
; is one 64 KiB page of the DMA controller, so no transfer crosses a page.

boot_sector:
        jmp     short boot_start
        nop
        db      "GLASS86 "
        dw      SECTOR
        db      1                       ; sectors of a cluster
        dw      RESERVED
        db      2                       ; FATs
        dw      ROOT_ENTRIES,ALL_SECTORS
        db      0F0h                    ; media byte of 1.44 MB
        dw      FAT_SECTORS,TRACK,2
        dd      0,0
        db      0,0,29h
        dd      80868086h               ; volume serial number
        db      "GLASS86 DEM","FAT12   "

boot_start:
        cli
        cld
        xor     ax,ax
        mov     ds,ax
        mov     ss,ax
        mov     sp,7C00h
        sti
        mov     [boot_drive],dl
        mov     ax,DEMO_SEG
        mov     es,ax
        xor     bx,bx
        mov     cx,0002h                ; cylinder 0, sector 2: the first track lacks this sector
        xor     dh,dh
        mov     al,TRACK-1
.track:
        mov     di,4                    ; tries: a drive that still spins up may fail the first ones
.again:
        push    ax
        mov     ah,2
        mov     dl,[boot_drive]
        int     13h
        pop     ax
        jnc     .read
        push    ax
        xor     ah,ah
        mov     dl,[boot_drive]
        int     13h
        pop     ax
        dec     di
        jnz     .again
        jmp     boot_failed
.read:
        xor     ah,ah
        mov     di,cx                   ; BX += AX * 512
        mov     cl,9
        shl     ax,cl
        mov     cx,di
        add     bx,ax
        mov     al,TRACK
        mov     cl,1
        xor     dh,1
        jnz     .track
        inc     ch
        cmp     ch,TRACKS/2
        jb      .track
        mov     dl,[boot_drive]
        jmp     DEMO_SEG:0

boot_failed:
        mov     si,boot_text
.next:
        lodsb
        test    al,al
        jz      .key
        mov     ah,0Eh
        mov     bx,7
        int     10h
        jmp     .next
.key:
        xor     ah,ah
        int     16h
        int     19h

boot_text:
        db      "The demo disk cannot be read. Press a key to try again.",13,10,0
boot_drive:
        db      0

        times   SECTOR-2-($-$$) db 0
        dw      0AA55h
