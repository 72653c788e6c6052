"""Differencing VHDs, which qemu-img neither makes nor reads, by Microsoft's specification 1.0 alone.

    vhd.py child PARENT CHILD      an empty child of a dynamic VHD in the same folder
    vhd.py read IMAGE OUT          what a guest sees in a dynamic or differencing VHD"""
import os
import struct
import sys
import time

SECTOR, UNUSED = 512, 0xFFFFFFFF


def checksum(data, at):
    return ~sum(data[:at] + data[at + 4:]) & 0xFFFFFFFF


def sealed(data, at):
    return data[:at] + struct.pack(">I", checksum(data, at)) + data[at + 4:]


class Image:
    def __init__(self, name):
        self.name = name
        data = self.data = open(name, "rb").read()
        footer = data[-SECTOR:]
        assert footer[:8] == b"conectix" and footer == data[:SECTOR], "footer and its copy"
        assert struct.unpack(">I", footer[64:68])[0] == checksum(footer, 64), "footer's sum"
        self.footer, self.id = footer, footer[68:84]
        self.size, = struct.unpack(">Q", footer[48:56])
        self.kind, = struct.unpack(">I", footer[60:64])
        at, = struct.unpack(">Q", footer[16:24])
        self.header = header = data[at:at + 1024]
        assert header[:8] == b"cxsparse" and struct.unpack(">I", header[36:40])[0] == checksum(header, 36), "header"
        bat, = struct.unpack(">Q", header[16:24])
        count, self.block = struct.unpack(">II", header[28:36])
        self.bat = struct.unpack(f">{count}I", data[bat:bat + 4 * count])
        self.parent = None
        if self.kind == 4:
            name_of = header[64:576].decode("utf-16-be").split("\0")[0]
            self.parent = Image(os.path.join(os.path.dirname(name), name_of))
            assert self.parent.id == header[40:56], "the parent's unique id"

    def sector(self, n):
        """Bit 7 of a bitmap's first byte is the block's first sector."""
        index, within = divmod(n, self.block // SECTOR)
        start = self.bat[index]
        if start != UNUSED:
            bits = start * SECTOR
            if self.data[bits + within // 8] >> (7 - within % 8) & 1:
                at = bits + -(-(self.block // SECTOR // 8) // SECTOR) * SECTOR + within * SECTOR
                return self.data[at:at + SECTOR]
        return self.parent.sector(n) if self.parent else bytes(SECTOR)


def child(parent, name):
    p = Image(parent)
    count = len(p.bat)
    footer = p.footer[:60] + struct.pack(">I", 4) + bytes(4) + b"glass86 child id" + p.footer[84:]
    footer = sealed(footer, 64)
    text = os.path.basename(parent)
    locator = text.encode("utf-16-le")
    bat_bytes = -(-4 * count // SECTOR) * SECTOR
    place = SECTOR + 1024 + bat_bytes
    header = p.header[:40] + p.id + struct.pack(">I", int(time.time()) - 946684800) + bytes(4)
    header += text.encode("utf-16-be").ljust(512, b"\0")
    header += struct.pack(">4sIIIQ", b"W2ru", SECTOR, len(locator), 0, place) + bytes(24 * 7)
    header = header.ljust(1024, b"\0")
    header = header[:16] + struct.pack(">Q", SECTOR + 1024) + header[24:]
    with open(name, "wb") as out:
        out.write(footer + sealed(header, 36) + b"\xff" * bat_bytes + locator.ljust(SECTOR, b"\0") + footer)


def read(name, out):
    image = Image(name)
    with open(out, "wb") as file:
        for n in range(image.size // SECTOR):
            file.write(image.sector(n))


{"child": child, "read": read}[sys.argv[1]](*sys.argv[2:])
