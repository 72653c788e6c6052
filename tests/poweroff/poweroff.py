#!/usr/bin/env python3
"""Kills glass86 with SIGKILL at random points while a guest (guest.asm) writes, copies and deletes files, and looks whether what was
promised is kept. Every kind of disk in turn; a disk is killed ten times before a fresh one takes its place.

    poweroff.py GLASS86 IMGTOOL GUEST.IMG KILLS [SEED]
    poweroff.py -volume FILE         only makes such a disk

- What the guest flushed is there: a file on which no work began since is exactly what it was then.
- On all disks but fat:DIR, which keeps writes until a flush, that holds of every file whose work has ended.
- The image opens, fsck.fat finds nothing worse than what an interrupted guest leaves (lost clusters, FATs that differ), and
  qemu-img check nothing worse than leaks. fat:DIR holds no file of ours.
Prints TAP lines, one for each kind."""
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import time

KINDS = ["raw", "overlay", "vhd", "qcow2", "folder"]
START, SECTORS = 63, 10000
TOTAL = START + SECTORS
AGAIN = 10


def run(*args):
    return subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


# ---- images ------------------------------------------------------------------------------------

def fresh_volume(path):
    """A partitioned disk with an empty FAT16 volume, made by mkfs.fat."""
    with open("part.img", "wb") as f:
        f.truncate(SECTORS * 512)
    r = run("mkfs.fat", "-F", "16", "-s", "2", "-h", str(START), "part.img")
    if r.returncode:
        sys.exit("mkfs.fat: " + r.stdout)
    mbr = bytearray(512)
    mbr[446:462] = bytes([0x80, 1, 1, 0, 6, 15, 63, 9]) + struct.pack("<II", START, SECTORS)
    mbr[510:] = b"\x55\xaa"
    with open(path, "wb") as f, open("part.img", "rb") as p:
        f.write(mbr + bytes((START - 1) * 512) + p.read())


def fresh_vhd(path):
    """An empty dynamic VHD, from Microsoft's specification."""
    def summed(b, at):
        struct.pack_into(">I", b, at, ~sum(b) & 0xFFFFFFFF)
        return bytes(b)
    size = TOTAL * 512
    footer = bytearray(512)
    struct.pack_into(">8sIIQI4sI4sQQHBBI", footer, 0, b"conectix", 2, 0x10000, 512, 0, b"g86 ", 0x10000, b"Wi2k", size, size,
                     TOTAL // (16 * 63), 16, 63, 3)
    footer = summed(footer, 64)
    header = bytearray(1024)
    blocks = (size + (2 << 20) - 1) // (2 << 20)
    struct.pack_into(">8sQQIII", header, 0, b"cxsparse", 2 ** 64 - 1, 1536, 0x10000, blocks, 2 << 20)
    header = summed(header, 36)
    with open(path, "wb") as f:
        f.write(footer + header + b"\xff" * 512 + footer)


def fresh_qcow2(path):
    """An empty qcow2, version 3, clusters of 64 KiB: header, refcount table, refcount block, L1 table."""
    header = struct.pack(">4sIQIIQIIQQIIQQQQII", b"QFI\xfb", 3, 0, 0, 16, TOTAL * 512, 0, 1, 3 << 16, 1 << 16, 1, 0, 0, 0, 0, 0, 4, 104)
    with open(path, "wb") as f:
        f.write(header.ljust(1 << 16, b"\0") + struct.pack(">Q", 2 << 16).ljust(1 << 16, b"\0") +
                struct.pack(">4H", 1, 1, 1, 1).ljust(1 << 16, b"\0") + bytes(1 << 16))


class Disk:
    def __init__(self, kind):
        self.kind, self.known = kind, {}
        self.name = "disk." + kind
        for leftover in (self.name, self.name + ".ovl"):
            shutil.rmtree(leftover) if os.path.isdir(leftover) else os.path.exists(leftover) and os.unlink(leftover)
        if kind == "folder":
            os.mkdir(self.name)
            self.spec = "fat:16:" + self.name
            return
        {"vhd": fresh_vhd, "qcow2": fresh_qcow2}.get(kind, fresh_volume)(self.name)
        self.spec = self.name + (",overlay=%s.ovl" % self.name if kind == "overlay" else "")
        if kind in ("vhd", "qcow2"):
            fresh_volume("all.img")
            r = run(TOOL, "update", self.name, "all.img")
            if r.returncode:
                sys.exit("cannot fill %s: %s" % (self.name, r.stdout))

    def files(self):
        """Name -> contents, after looking the image over; an error is a string."""
        if self.kind == "folder":
            ours = [n for n in os.listdir(self.name) if not re.fullmatch(r"FILE[0-7]\.DAT", n)]
            left = [n for n in ours if not n.startswith(".glass86-")]
            if left:
                return "strange names in the folder: %s" % left
            return {n[4]: open(os.path.join(self.name, n), "rb").read() for n in os.listdir(self.name) if n not in ours}
        if self.kind == "qcow2" and shutil.which("qemu-img"):
            r = run("qemu-img", "check", self.name)
            if r.returncode not in (0, 3):
                return "qemu-img check: " + r.stdout
        r = run(TOOL, "read", self.spec, "all.img")
        if r.returncode:
            return "cannot be read: " + r.stdout
        with open("all.img", "rb") as f:
            f.seek(START * 512)
            volume = f.read(SECTORS * 512)
        with open("part.img", "wb") as f:
            f.write(volume)
        r = run("fsck.fat", "-n", "part.img")
        worse = re.search("(?i)share clusters|cross|bad cluster|free cluster|invalid|past|too (long|short)|loop|size", r.stdout)
        if r.returncode not in (0, 1) or worse:
            return "fsck.fat: " + r.stdout
        return read_root(volume)


def read_root(v):
    per, reserved, fats = v[13], *struct.unpack_from("<HB", v, 14)
    entries, = struct.unpack_from("<H", v, 17)
    per_fat, = struct.unpack_from("<H", v, 22)
    root = (reserved + fats * per_fat) * 512
    data = root + entries * 32
    files = {}
    for at in range(root, root + entries * 32, 32):
        if v[at] == 0:
            break
        if v[at] == 0xE5 or v[at + 11] & 8:
            continue
        cluster, size = struct.unpack_from("<HI", v, at + 26)
        body = b""
        while 2 <= cluster < 0xFFF0 and len(body) < size:
            begin = data + (cluster - 2) * per * 512
            body += v[begin:begin + per * 512]
            cluster, = struct.unpack_from("<H", v, reserved * 512 + 2 * cluster)
        files[v[at:at + 8].decode("latin1")[4]] = body[:size]
    return files


# ---- one kill ------------------------------------------------------------------------------------

def contents(version, sectors):
    return b"".join(struct.pack("<HH", version, n) * 128 for n in range(sectors))


def follow(log, known, folder):
    """What must be there: file -> contents, None if deleted; files that are not in it may be anything."""
    now, flushed = dict(known), dict(known)
    for line in log.split("\n")[:-1]:
        w = line.split()
        if w[0] == "B":
            now.pop(w[1], None)
            flushed.pop(w[1], None)
        elif w[0] == "E":
            now[w[1]] = contents(int(w[2], 16), int(w[3], 16))
        elif w[0] == "X":
            now[w[1]] = None
        elif w[0] == "F":
            flushed = dict(now)
        else:
            return None
    return flushed if folder else now


def lines_in(path):
    with open(path, "rb") as f:
        return f.read().count(b"\n")


def kill_once(disk, rng):
    guest = bytearray(open(GUEST, "rb").read())
    struct.pack_into("<H", guest, 508, rng.randrange(65536))
    with open("guest.img", "wb") as f:
        f.write(guest)
    open("log", "w").close()
    args = [GLASS86, "-config", "none", "-display", "none", "-fda", "guest.img,ro", "-hda", disk.spec, "-boot", "a", "-debugcon",
            "file:log", "-ips", "1M"]
    p = subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    lines, end = rng.randrange(1, 60), time.monotonic() + 120
    while lines_in("log") < lines and time.monotonic() < end and p.poll() is None:
        time.sleep(0.002)
    time.sleep(rng.random() * 0.01)
    p.send_signal(signal.SIGKILL)
    said = p.stderr.read().decode("latin1")
    if p.wait() != -signal.SIGKILL:
        return 0, "it ended by itself: " + said
    log = open("log", encoding="latin1").read()
    want = follow(log, disk.known, disk.kind == "folder")
    if want is None:
        return 0, "the guest has had trouble: " + log[-200:]
    have = disk.files()
    if isinstance(have, str):
        return 0, have
    for k, body in want.items():
        if have.get(k) != body:
            return 0, "file %s: %s bytes, not the %s that were saved (log: %s)" % (
                k, len(have.get(k, b"")) if k in have else "no", None if body is None else len(body), log[-300:].replace("\n", "; "))
    disk.known = want
    return log.count("\nE") + log.count("\nX"), ""


def show_progress(n, files):
    """One line for who waits; nothing into logs."""
    if sys.stderr.isatty():
        end = "\n" if n == KILLS else "\r"
        print("%d of %d kills, %d files written or deleted" % (n, KILLS, files), end=end, file=sys.stderr, flush=True)


def main():
    rng = random.Random(SEED)
    done, works, bad, disks = dict.fromkeys(KINDS, 0), dict.fromkeys(KINDS, 0), {}, {}
    for n in range(KILLS):
        kind = KINDS[n % len(KINDS)]
        if kind in bad:
            continue
        if done[kind] % AGAIN == 0:
            disks[kind] = Disk(kind)
        work, error = kill_once(disks[kind], rng)
        done[kind] += 1
        works[kind] += work
        if error:
            bad[kind] = error
        show_progress(n + 1, sum(works.values()))
    for kind in KINDS:
        for line in bad.get(kind, "").split("\n"):
            print("# " + line) if line else None
        good = kind not in bad and works[kind] > 0
        print("%s %s: nothing saved is lost in %d kills (%d files were written or deleted meanwhile)" %
              ("ok" if good else "not ok", kind, done[kind], works[kind]))
    return bool(bad)


if sys.argv[1] == "-volume":
    fresh_volume(sys.argv[2])
else:
    GLASS86, TOOL, GUEST, KILLS = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    SEED = int(sys.argv[5]) if len(sys.argv) > 5 else 1
    sys.exit(main())
