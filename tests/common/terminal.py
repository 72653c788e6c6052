"""A pseudo terminal with a program in it, for tests; prints TAP lines."""
import os
import pty
import re
import select
import signal
import termios
import time

WAIT = 60


def ok(name, good, what=""):
    if not good:
        for line in str(what).splitlines()[-20:]:
            print("# " + line)
    print(("ok " if good else "not ok ") + name, flush=True)
    return good


class Terminal:
    def __init__(self, argv, term="xterm"):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = term
            os.environ["HOME"] = os.getcwd()
            os.execv(argv[0], argv)
        self.modes = termios.tcgetattr(self.fd)
        self.seen, self.all = b"", b""

    def _read(self, seconds):
        """False: the other side is gone."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return True
        try:
            new = os.read(self.fd, 65536)
        except OSError:
            new = b""
        self.seen += new
        self.all += new
        return bool(new)

    def expect(self, want):
        """Waits until this has come since the last expect()."""
        end = time.monotonic() + WAIT
        while want not in self.seen and time.monotonic() < end and self._read(0.1):
            pass
        found = want in self.seen
        self.seen = b""
        return found

    def answers(self, data, pattern):
        """Sends `data`; does what comes then match, wherever it ends?"""
        start, end = len(self.all), time.monotonic() + WAIT
        self.send(data)
        while not re.search(pattern, self.all[start:], re.S) and time.monotonic() < end and self._read(0.1):
            pass
        self.seen = b""
        return re.search(pattern, self.all[start:], re.S) is not None

    def send(self, data):
        os.write(self.fd, data)

    def signal(self, number):
        os.kill(self.pid, number)

    def stopped(self):
        """Waits until the program has been stopped: a SIGCONT before that would be lost."""
        end = time.monotonic() + WAIT
        how = os.WSTOPPED | os.WEXITED | os.WNOHANG | os.WNOWAIT
        while time.monotonic() < end:
            state = os.waitid(os.P_PID, self.pid, how)
            if state:
                return state.si_code == os.CLD_STOPPED
            time.sleep(0.01)
        return False

    def hang_up(self):
        """The terminal goes away, as when its window is closed."""
        os.close(self.fd)
        self.fd = -1

    def wait(self):
        """Exit status, negative for a signal; None if it had to be killed. Reads what comes meanwhile."""
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            if self.fd >= 0:
                self._read(0.05)
            else:
                time.sleep(0.05)
            pid, raw = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(raw)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        return None

    def restored(self):
        """Are the terminal's modes as before, and the normal screen and the cursor there? After wait()."""
        shown = self.all.rfind(b"\x1b[?1049h") <= self.all.rfind(b"\x1b[?1049l") and \
            self.all.rfind(b"\x1b[?25l") <= max(self.all.rfind(b"\x1b[?25h"), self.all.rfind(b"\x1b[?12l\x1b[?25h"))
        return shown and self.modes == self.end_modes

    def finish(self):
        """wait(), and looks at the modes while the terminal still exists."""
        status = self.wait()
        if self.fd >= 0:
            while self._read(0):
                pass
            self.end_modes = termios.tcgetattr(self.fd)
            os.close(self.fd)
        return status
