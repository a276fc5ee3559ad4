"""Runs a program with a breakpoint on each of its functions and writes which were entered: Linux on x86-64.

    breakpoints.py OUT PROGRAM ARGUMENT…

A breakpoint goes when it is met, so a function costs one stop and the program runs on at full speed. OUT gets one
line a function, in the order of their first calls: its address in the file, in hexadecimal."""

import ctypes
import os
import signal
import struct
import subprocess
import sys

TRACE_ME, CONTINUE, GET_REGISTERS, SET_REGISTERS, SET_OPTIONS = 0, 7, 12, 13, 0x4200
TRACE_THREADS, KILL_WITH_TRACER = 0x8, 0x100000
# What waitpid needs to tell of threads, too.
ALL_THREADS = 0x40000000
# `struct user_regs_struct`: 27 words, the instruction pointer is the 17th.
REGISTERS, POINTER = 27 * 8, 16 * 8
BREAKPOINT = 0xCC

libc = ctypes.CDLL(None)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long


def functions(program: str) -> set[int]:
    shown = subprocess.run(["nm", "-S", "--defined-only", program], capture_output=True, text=True, check=True)
    fields = [line.split(" ") for line in shown.stdout.splitlines()]
    return {int(field[0], 16) for field in fields if len(field) == 4 and field[2] in "tTwW" and int(field[1], 16) > 0}


class Traced:
    """The program, stopped at its first instruction, then with breakpoints in its memory."""

    def __init__(self, program: str, arguments: list[str]):
        addresses = functions(program)
        self.pid = os.fork()
        if self.pid == 0:
            libc.ptrace(TRACE_ME, 0, None, None)
            os.execv(program, [program, *arguments])
        os.waitpid(self.pid, 0)
        libc.ptrace(SET_OPTIONS, self.pid, None, TRACE_THREADS | KILL_WITH_TRACER)
        with open(f"/proc/{self.pid}/maps") as maps:
            parts = [line.split() for line in maps if line.rstrip().endswith(program)]
        bounds = [[int(end, 16) for end in part[0].split("-")] for part in parts]
        self.base = bounds[0][0]
        self.first, last = next(bound for bound, part in zip(bounds, parts, strict=True) if "x" in part[1])
        self.memory = os.open(f"/proc/{self.pid}/mem", os.O_RDWR)
        self.code = b"".join(
            os.pread(self.memory, min(1 << 20, last - start), start) for start in range(self.first, last, 1 << 20))
        self.addresses = {
            address for address in addresses if 0 <= self.base + address - self.first < len(self.code)}
        changed = bytearray(self.code)
        for address in self.addresses:
            changed[self.base + address - self.first] = BREAKPOINT
        os.pwrite(self.memory, bytes(changed), self.first)

    def run(self):
        """To its end, with a function's address at its first call."""
        met = set()
        self.go_on(self.pid)
        while True:
            thread, status = os.waitpid(-1, ALL_THREADS)
            if not os.WIFSTOPPED(status):
                if thread == self.pid:
                    return
                continue
            number = os.WSTOPSIG(status)
            if number == signal.SIGTRAP and not status >> 16 and (address := self.breakpoint(thread)) is not None:
                # Other threads may have come to it, too, before it went.
                if address not in met:
                    met.add(address)
                    yield address
                number = 0
            # Of a new thread, whose first stop is this.
            elif number in (signal.SIGTRAP, signal.SIGSTOP):
                number = 0
            self.go_on(thread, number)

    def go_on(self, thread: int, number: int = 0):
        libc.ptrace(CONTINUE, thread, None, ctypes.c_void_p(number))

    def breakpoint(self, thread: int) -> int | None:
        """Puts the function's first instruction back and the thread before it."""
        registers = ctypes.create_string_buffer(REGISTERS)
        libc.ptrace(GET_REGISTERS, thread, None, registers)
        place = struct.unpack_from("<Q", registers, POINTER)[0] - 1
        if place - self.base not in self.addresses:
            return None
        os.pwrite(self.memory, self.code[place - self.first:place - self.first + 1], place)
        struct.pack_into("<Q", registers, POINTER, place)
        libc.ptrace(SET_REGISTERS, thread, None, registers)
        return place - self.base


def main():
    out, program, *arguments = sys.argv[1:]
    traced = Traced(os.path.realpath(program), arguments)
    signal.signal(signal.SIGTERM, lambda number, _: os.kill(traced.pid, number))
    with open(out, "w") as file:
        for address in traced.run():
            print(f"{address:x}", file=file)


main()
