"""What the kernel tells of a process."""

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


def blas_of(process) -> list[str]:
    """The libraries of BLAS that a process has mapped, links resolved: the last folder and the name of each."""
    maps = pathlib.Path(f"/proc/{process}/maps").read_text()
    fields = [line.split(maxsplit=5) for line in maps.splitlines()]
    files = {pathlib.Path(field[5]) for field in fields if len(field) == 6}
    return sorted("/".join(file.parts[-2:]) for file in files if re.match("lib.*blas", file.name))
