"""A running emulator, stopped before the first instruction, with one remote door: -monitor or -gdb."""
import os
import re
import socket
import subprocess
import time


def connect(path="door"):
    """A connection to a Unix socket that a program will soon listen at."""
    for _ in range(200):
        try:
            s = socket.socket(socket.AF_UNIX)
            s.connect(path)
            s.settimeout(10)
            return s
        except OSError:
            time.sleep(0.05)
    raise OSError("no socket " + path)


class Door:
    def __init__(self, args, option):
        if os.path.exists("door"):
            os.remove("door")
        server = ",server" if option == "-monitor" else ""
        self.process = subprocess.Popen(args + ["-display", "none", "-S", option, "unix:door" + server],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        self.socket = connect()

    def close(self):
        self.socket.close()
        self.process.kill()
        self.process.wait()

    def read(self, *until, text="", seconds=30):
        """Everything up to where all of `until` match, or what there is in time or to the end."""
        end = time.time() + seconds
        while not all(re.search(u, text) for u in until) and time.time() < end:
            self.socket.settimeout(max(0.05, end - time.time()))
            try:
                data = self.socket.recv(65536)
            except OSError:
                break
            if not data:
                break
            text += data.decode("utf-8", "replace")
        return text

    def send(self, line):
        self.socket.sendall(line.encode() + b"\n")
