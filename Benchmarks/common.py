"""What the benchmarks share: output, options, cores, the ends of processes."""

import argparse
import json
import os
import pathlib
import signal
import sys

CORES = 2


def say(text: str):
    print(text, file=sys.stderr, flush=True)


def use_cores(count: int = CORES) -> int:
    """This process, and so all that it starts, may use so many cores, where there are more."""
    cores = sorted(os.sched_getaffinity(0))[:count]
    os.sched_setaffinity(0, cores)
    return len(cores)


def options(name: str, repeats: int) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"scripts/bench {name}")
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--configuration", required=True)
    parser.add_argument("--repeats", type=int, default=repeats)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    # So that what was started is stopped, too.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(143))
    return arguments


def show(name: str, result: dict, text: str, as_json: bool):
    print(json.dumps({name: result}) if as_json else text)


def quantile(values: list[float], share: float) -> float:
    """The least value that so large a share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
