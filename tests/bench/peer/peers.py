#!/usr/bin/env python3
"""peers.py [--runs N] [--timeout S] [--json FILE] [--peers a,b] IMAGE...: the same boot floppies on every emulator there is.

An image prints START, works, and prints END and a checksum, on COM1 or port E9h. What counts is the CPU time, user and
system, of the emulator process between the two lines: its start and the BIOS do not. Runs are interleaved, each image on
each emulator in turn, and the table has the medians. `!` marks a checksum that is not that of the majority.

Emulators: glass86 ($GLASS86 or ./glass86), and where they are installed or named by a variable: bochs ($BOCHS), a second
one ($BOCHS2, which the ratios are taken against if given), qemu-system-i386 ($QEMU), dosbox ($DOSBOX).
"""
import argparse, json, os, select, shutil, socket, statistics, subprocess, tempfile, time

TICK = os.sysconf("SC_CLK_TCK")


def program(variable, *names):
    return next((p for p in map(shutil.which, filter(None, [os.environ.get(variable), *names])) if p), None)


def bochs(path):
    def command(tmp, image, port):
        rc = os.path.join(tmp, "rc")
        share = os.environ.get("BXSHARE", "/usr/share/bochs")
        with open(rc, "w") as f:
            f.write(f'megs: 32\nromimage: file={share}/BIOS-bochs-latest\nvgaromimage: file={share}/VGABIOS-lgpl-latest\n'
                    f'cpu: count=1, ips=50000000, model=pentium, reset_on_triple_fault=0\nclock: sync=none, time0=local\n'
                    f'floppya: 1_44="{image}", status=inserted, write_protected=1\nboot: floppy\n'
                    f'com1: enabled=1, mode=null\nport_e9_hack: enabled=1\ndisplay_library: nogui\nlog: {tmp}/log\n'
                    'panic: action=fatal\nerror: action=ignore\ninfo: action=ignore\n')
        return [path, "-q", "-f", rc]
    return command


def qemu(path):
    return lambda tmp, image, port: [path, "-M", "pc", "-m", "32", "-nodefaults", "-display", "none", "-vga", "std", "-serial", "stdio",
                                     "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04", "-boot", "a",
                                     "-drive", f"file={image},format=raw,if=floppy,readonly=on"]


def dosbox(path, core):
    def command(tmp, image, port):
        conf = os.path.join(tmp, "conf")
        with open(conf, "w") as f:
            f.write(f"[dosbox]\nmemsize=32\n[cpu]\ncore={core}\ncputype=auto\ncycles=max\n[mixer]\nnosound=true\n"
                    f"[serial]\nserial1=nullmodem server:127.0.0.1 port:{port} transparent:1\n[autoexec]\nboot {image} -l a\n")
        return [path, "-conf", conf, "-noconsole"]
    command.socket = True
    return command


def installed():
    glass86 = program("GLASS86", "./glass86", "glass86")
    found = {}
    if glass86:
        glass86 = os.path.abspath(glass86) if os.path.exists(glass86) else glass86
        found["glass86"] = lambda tmp, image, port: [glass86, "-config", "none", "-nographic", "-speed", "max", "-snapshot", "-fda", image]
    for name, make, path in (("bochs", bochs, program("BOCHS", "bochs")), ("bochs2", bochs, program("BOCHS2")),
                             ("qemu-tcg", qemu, program("QEMU", "qemu-system-i386"))):
        if path:
            found[name] = make(path)
    path = program("DOSBOX", "dosbox")
    if path:
        found["dosbox"] = dosbox(path, "normal")
        found["dosbox-jit"] = dosbox(path, "dynamic")
    return found


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def output_of(process, listener, timeout):
    if not listener:
        return process.stdout.fileno(), None
    listener.settimeout(timeout)
    connection = listener.accept()[0]
    return connection.fileno(), connection


def run(command, image, timeout):
    """(seconds, checksum), or (None, why)."""
    with tempfile.TemporaryDirectory() as tmp:
        listener = None
        if getattr(command, "socket", False):
            listener = socket.socket()
            listener.bind(("127.0.0.1", 0))
            listener.listen(1)
        line = command(tmp, image, listener and listener.getsockname()[1])
        env = dict(os.environ, SDL_VIDEODRIVER="dummy", SDL_AUDIODRIVER="dummy")
        process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL if listener else subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, env=env, cwd=tmp)
        try:
            if "bochs" in os.path.basename(line[0]):  # Debian's starts in its debugger
                process.stdin.write(b"c\n")
                process.stdin.flush()
            fd, keep = output_of(process, listener, min(timeout, 20))
            text, began, end = b"", None, time.time() + timeout
            while time.time() < end:
                if not select.select([fd], [], [], 1)[0]:
                    continue
                data = os.read(fd, 4096)
                if not data:
                    return None, "ended"
                text += data
                if began is None and b"START" in text:
                    began = cpu_seconds(process.pid)
                at = text.find(b"END ")
                if at >= 0 and b"\n" in text[at:]:
                    return cpu_seconds(process.pid) - began, text[at + 4:].split()[0].decode()
            return None, "time"
        except (OSError, socket.timeout) as e:
            return None, type(e).__name__
        finally:
            process.kill()
            process.wait()
            if listener:
                listener.close()


def table(rows, peers, against):
    print(f"\nCPU seconds; in brackets speed relative to {against}\n")
    print("| guest | " + " | ".join(peers) + " |\n|---" * 1 + "|---" * len(peers) + "|")
    ratios = {p: [] for p in peers}
    for guest, results in rows.items():
        sums = [s for p in peers for t, s in results[p] if t is not None]
        majority = max(set(sums), key=sums.count) if sums else None
        median = {p: statistics.median(t for t, _ in results[p]) for p in peers if all(t is not None for t, _ in results[p])}
        cells = []
        for p in peers:
            if p not in median:
                cells.append("fail: " + next(s for t, s in results[p] if t is None))
                continue
            cell = f"{median[p]:.2f}"
            if median.get(against) and median[p]:
                ratios[p].append(median[against] / median[p])
                cell += f" ({ratios[p][-1]:.2f})"
            cells.append(cell + ("" if all(s == majority for _, s in results[p]) else " !"))
        print(f"| {guest} | " + " | ".join(cells) + " |")
    print("| geometric mean | " + " | ".join(f"{statistics.geometric_mean(r):.2f}" if r else "" for r in ratios.values()) + " |")


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--runs", type=int, default=3)
    a.add_argument("--timeout", type=float, default=120)
    a.add_argument("--json")
    a.add_argument("--peers")
    a.add_argument("images", nargs="+")
    o = a.parse_args()
    found = installed()
    peers = [p for p in found if not o.peers or p in o.peers.split(",")]
    if not peers:
        a.error("none of these emulators is installed; set GLASS86, BOCHS, QEMU or DOSBOX")
    rows = {os.path.basename(i).split(".")[0]: {p: [] for p in peers} for i in o.images}
    for n in range(o.runs):
        for image in o.images:
            guest = os.path.basename(image).split(".")[0]
            for p in peers:
                rows[guest][p].append(run(found[p], os.path.abspath(image), o.timeout))
                print(f"# {n} {guest:10} {p:12} {rows[guest][p][-1]}", flush=True)
    against = next((p for p in ("bochs2", "bochs", *peers) if p in peers))
    table(rows, peers, against)
    if o.json:
        with open(o.json, "w") as f:
            json.dump(rows, f, indent=1)


main()
