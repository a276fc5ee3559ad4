"""What the kernel tells of a process."""

import os
import pathlib
import re


class Memory:
    """A process's resident memory in bytes. `peak` is the greatest so far (VmHWM); of what is resident now, `files` is
    mapped from the program and its libraries (RssFile), of which the machine holds one copy for all processes."""

    def __init__(self, process):
        status = pathlib.Path(f"/proc/{process}/status").read_text()

        def field(name: str) -> int:
            return 1024 * int(re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)[1])

        self.peak, self.files = field("VmHWM"), field("RssFile")


def cpu_seconds(process) -> float:
    """Of all its threads so far, in user and kernel."""
    # What is before the last parenthesis is the program's name.
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def loopback_bytes() -> int:
    """That have gone through this network namespace's loopback so far, headers of TCP and IP included."""
    for line in pathlib.Path("/proc/net/dev").read_text().splitlines():
        name, _, counts = line.partition(":")
        if name.strip() == "lo":
            return int(counts.split()[8])
    raise RuntimeError("there is no loopback")


def blas_of(process) -> list[str]:
    """The libraries of BLAS that a process has mapped, links resolved: the last folder and the name of each."""
    maps = pathlib.Path(f"/proc/{process}/maps").read_text()
    fields = [line.split(maxsplit=5) for line in maps.splitlines()]
    files = {pathlib.Path(field[5]) for field in fields if len(field) == 6}
    return sorted("/".join(file.parts[-2:]) for file in files if re.match("lib.*blas", file.name))
