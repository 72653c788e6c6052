#!/bin/sh
# Gets Debian's cross compiler for aarch64 and qemu-user without installing them, since the former cannot be installed beside
# gcc-multilib: downloads the packages into DIR and unpacks them there. `cross.sh DIR` leaves DIR/cc and DIR/run.
dir=$1
[ -n "$dir" ] || { echo "usage: cross.sh DIR" >&2; exit 64; }
mkdir -p "$dir" && dir=$(cd "$dir" && pwd) || exit 70
[ -x "$dir/cc" ] && [ -x "$dir/run" ] && exit 0
command -v apt-get > /dev/null && command -v dpkg > /dev/null || { echo "not a Debian system" >&2; exit 1; }
major=$(gcc -dumpversion | cut -d. -f1)
cd "$dir" || exit 70
apt-get download "gcc-$major-aarch64-linux-gnu" "cpp-$major-aarch64-linux-gnu" "gcc-$major-cross-base" binutils-aarch64-linux-gnu \
    libc6-dev-arm64-cross libc6-arm64-cross linux-libc-dev-arm64-cross "libgcc-$major-dev-arm64-cross" libgcc-s1-arm64-cross \
    qemu-user-static > download.log 2>&1 || { tail -1 download.log >&2; exit 1; }
for f in *.deb; do dpkg -x "$f" root || exit 1; done
rm -f ./*.deb
cat > cc <<CC
#!/bin/sh
root=$dir/root
LD_LIBRARY_PATH=\$root/usr/lib/x86_64-linux-gnu exec \$root/usr/bin/aarch64-linux-gnu-gcc-$major -B\$root/usr/aarch64-linux-gnu/bin \\
    -B\$root/usr/lib/gcc-cross/aarch64-linux-gnu/$major -B\$root/usr/aarch64-linux-gnu/lib --sysroot=\$root \\
    -isystem \$root/usr/aarch64-linux-gnu/include -L\$root/usr/aarch64-linux-gnu/lib -static "\$@"
CC
cat > run <<RUN
#!/bin/sh
exec $dir/root/usr/bin/qemu-aarch64-static "\$@"
RUN
chmod +x cc run
