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
