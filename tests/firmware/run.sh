#!/bin/sh
# The images in roms/ are what bios/ says: NASM builds each again and the bytes are compared.
cd "$(dirname "$0")/../.." || exit 1
if ! command -v nasm > /dev/null; then
    echo "ok firmware # SKIP nasm is not installed"
    exit 0
fi
for part in bios vga demo; do
    if ${MAKE:-make} -s BUILD="$BUILD/firmware" "firmware-$part-check"; then
        echo "ok $part rebuilds byte for byte"
    else
        echo "not ok $part rebuilds byte for byte"
    fi
done

# The tables lie in the image as the guest sees them, so another's eyes can judge them without a run.
if command -v dmidecode > /dev/null || [ -x /usr/sbin/dmidecode ]; then
    mkdir -p "$BUILD/firmware"
    memory=$BUILD/firmware/memory
    { head -c 983040 /dev/zero; cat roms/bios.bin; } > "$memory"
    PATH=$PATH:/usr/sbin dmidecode --no-sysfs -d "$memory" > "$BUILD/firmware/dmi" 2>&1
    if grep -q '^SMBIOS 2.3 present' "$BUILD/firmware/dmi" && grep -q 'Manufacturer: glass86' "$BUILD/firmware/dmi" &&
        grep -q 'Type: Desktop' "$BUILD/firmware/dmi" && ! grep -qiE 'wrong|invalid|broken|out of spec|bad|unknown type|truncated' \
        "$BUILD/firmware/dmi"; then
        echo "ok dmidecode understands the SMBIOS tables"
    else
        echo "not ok dmidecode understands the SMBIOS tables"
        sed 's/^/# /' "$BUILD/firmware/dmi"
    fi
else
    echo "ok dmidecode understands the SMBIOS tables # SKIP dmidecode is not installed"
fi
