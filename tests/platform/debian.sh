#!/bin/sh
# Debian's i386 packages that the suite boots, and an initramfs with a shell. Sourced; needs lib.sh.
# Fetched once with apt, under an apt state of its own, so that the system's architectures stay what they are.

packages=${GLASS86_PACKAGES:-$PWD/$BUILD/packages}

# apt_i386 ARGUMENT...: apt-get or apt-cache (as $apt) for i386 packages, whatever this system is.
apt_i386() {
    "$apt" -q -o "Dir::State=$packages/state" -o "Dir::State::status=$packages/state/status" \
        -o "Dir::Cache=$packages/cache" -o APT::Architecture=i386 -o APT::Architectures::=i386 \
        -o APT::Sandbox::User=root "$@"
}

# fetch_debian: kernel and busybox below $packages/root; false if they cannot be had.
fetch_debian() {
    [ -e "$packages/complete" ] && return 0
    command -v apt-get > /dev/null && command -v dpkg-deb > /dev/null || return 1
    mkdir -p "$packages/state/lists/partial" "$packages/cache/archives/partial" "$packages/root" || return 1
    : > "$packages/state/status"
    apt=apt-get apt_i386 update > "$packages/log" 2>&1
    kernel=$(apt=apt-cache apt_i386 depends linux-image-686 2>> "$packages/log" |
        sed -n 's/.*Depends: *\(linux-image-[0-9][^ ]*-686\)$/\1/p' | head -n 1)
    [ -n "$kernel" ] || return 1
    (cd "$packages" && apt=apt-get apt_i386 download "$kernel" busybox-static) >> "$packages/log" 2>&1 || return 1
    for deb in "$packages"/*.deb; do dpkg-deb -x "$deb" "$packages/root" || return 1; done
    rm -rf "$packages"/*.deb "$packages/cache" "$packages/state" "$packages/root/lib/debug"
    : > "$packages/complete"
}

# Debian's drivers for the chipset's IDE and its disks, in the order in which they need each other.
drivers='crct10dif_common crct10dif_generic crc-t10dif crc64 crc64-rocksoft t10-pi scsi_common scsi_mod libata
    ata_piix sd_mod'

# initramfs FILE: busybox, a shell on the serial port and on the screen; `disk` loads the drivers.
initramfs() {
    rm -rf "$work/initramfs"
    mkdir -p "$work/initramfs/bin" "$work/initramfs/proc" "$work/initramfs/dev" "$work/initramfs/sys" &&
        cp "$packages/root/bin/busybox" "$work/initramfs/bin/" || return 1
    cat > "$work/initramfs/init" <<'END'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
for tty in ttyS0 tty1; do
    setsid sh -c "exec sh -i < /dev/$tty > /dev/$tty 2>&1" &
done
while :; do sleep 1000; done
END
    mkdir "$work/initramfs/lib"
    echo '#!/bin/sh' > "$work/initramfs/bin/disk"
    for driver in $drivers; do
        find "$packages/root/lib/modules" -name "$driver.ko" -exec cp {} "$work/initramfs/lib/" \;
        echo "insmod /lib/$driver.ko" >> "$work/initramfs/bin/disk"
    done
    chmod +x "$work/initramfs/init" "$work/initramfs/bin/disk"
    (cd "$work/initramfs" && find . | cpio -o -H newc 2> /dev/null) | gzip -9 > "$1"
}
