"""`scripts/order-functions`: which parts of the agent a federated logistic regression enters, for the linker."""

import argparse
import bisect
import collections
import pathlib
import re
import shutil
import subprocess
import sys

from cohort import Cohort
from common import say
from federation import Federation

HERE = pathlib.Path(__file__).parent
ROWS, SITES, SEED, PLANS = 2_000, 4, 1, 2


class TracedFederation(Federation):
    """Its first agent runs with breakpoints."""

    entered = pathlib.Path("entered.txt")

    def start(self, program: str, log: str, *arguments) -> subprocess.Popen:
        if not log.startswith(f"{self.sites[0]}/"):
            return super().start(program, log, *arguments)
        with (self.folder / log).open("w") as file:
            return subprocess.Popen(
                [sys.executable, HERE / "breakpoints.py", self.entered, self.programs / program, *arguments],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=file, stderr=file)


def entered(programs: pathlib.Path, folder: pathlib.Path) -> list[int]:
    """Addresses of the functions that an agent enters from its start through two plans to its end."""
    federation = TracedFederation(programs, folder, [f"site-{number + 1:02}" for number in range(SITES)])
    cohort = Cohort(ROWS, SEED)
    for index, site in enumerate(federation.sites):
        (folder / site).mkdir()
        cohort.write_site(folder / site / "records.csv", index, SITES)
    try:
        federation.make_keys()
        federation.make_study(cohort.dictionary)
        for number in range(PLANS):
            federation.make_plan(f"plan-{number}", cohort.plan(f"order-{number}"))
        federation.start_coordinator()
        federation.start_agents()
        for number in range(PLANS):
            say(f"run {number + 1} of {PLANS}")
            federation.run(f"plan-{number}")
    finally:
        federation.stop()
    return [int(line, 16) for line in (folder / federation.entered).read_text().split()]


def sections(path: pathlib.Path) -> list[tuple[int, int]]:
    """Address and size of each section of an object file that lld put into `.text`, by address."""
    found, is_text = [], False
    with path.open() as lines:
        for line in lines:
            address, _, size, _, name = (line.split(None, 4) + [""] * 5)[:5]
            if re.match(r"\.\w+$", name.strip()):
                is_text = name.strip() == ".text"
            elif is_text and ":(" in name:
                found.append((int(address, 16), int(size, 16)))
    return sorted(found)


def symbols(program: pathlib.Path) -> dict[str, tuple[int, int]]:
    """Addresses and sizes of functions whose name no other has."""
    shown = subprocess.run(["nm", "-S", "--defined-only", program], capture_output=True, text=True, check=True)
    fields = [line.split(" ") for line in shown.stdout.splitlines()]
    fields = [field for field in fields if len(field) == 4]
    count = collections.Counter(field[3] for field in fields)
    return {
        field[3]: (int(field[0], 16), int(field[1], 16))
        for field in fields if count[field[3]] == 1 and not field[3].startswith(".L")}


def order(addresses: list[int], sections: list[tuple[int, int]], symbols: dict[str, tuple[int, int]]) -> list[str]:
    """One name for each section that was entered, the shortest; those first of which most bytes were."""
    starts = [start for start, _ in sections]
    sizes = {address: size for address, size in symbols.values()}
    names, bytes_entered = {}, collections.Counter()
    for address in addresses:
        bytes_entered[bisect.bisect(starts, address) - 1] += sizes.get(address, 1)
    for name, (address, _) in symbols.items():
        section = bisect.bisect(starts, address) - 1
        if section in bytes_entered and address < sum(sections[section]):
            names[section] = min(names.get(section, name), name, key=lambda name: (len(name), name))
    return [
        names[section]
        for section in sorted(names, key=lambda section: -bytes_entered[section] / max(sections[section][1], 1))]


def main():
    parser = argparse.ArgumentParser()
    for name in ("programs", "map", "folder", "out"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    shutil.rmtree(arguments.folder, ignore_errors=True)
    arguments.folder.mkdir(parents=True)
    addresses = entered(arguments.programs.resolve(), arguments.folder.resolve())
    names = order(addresses, sections(arguments.map), symbols(arguments.programs / "konsil-agent"))
    arguments.out.write_text("".join(f"{name}\n" for name in names))
    say(f"{len(addresses)} functions entered, in {len(names)} sections: {arguments.out}")


main()
