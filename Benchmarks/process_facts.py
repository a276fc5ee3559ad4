"""What the kernel tells of a process."""

import pathlib
import re


def peak_bytes(process) -> int:
    """The greatest resident memory so far (VmHWM): shared libraries and the program's own pages count."""
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    return 1024 * int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)[1])


def blas_of(process) -> list[str]:
    """The files of BLAS that a process has mapped, links resolved; the last folder and the name of each."""
    maps = pathlib.Path(f"/proc/{process}/maps").read_text()
    files = {line.split(maxsplit=5)[5] for line in maps.splitlines() if len(line.split(maxsplit=5)) == 6}
    return sorted("/".join(pathlib.Path(file).parts[-2:]) for file in files if "blas" in pathlib.Path(file).name)
