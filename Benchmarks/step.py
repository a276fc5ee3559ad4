"""`scripts/bench step`: what one step of a federation costs, over real gRPC and mTLS, against a bare exchange."""

import json
import pathlib
import shutil
import statistics
import subprocess
import sys

from common import CORES, options, quantile, say, show, use_cores
from federation import Failure, Federation

SITES = 10
# Elements of a vector: steps that are measured, and how often by turns.
LENGTHS = {1_000: (600, 3), 100_000: (60, 3), 1_000_000: (16, 2)}
# Steps at the beginning that are not counted: caches and buffers grow to their size.
WARMING = 5
KINDS = ["bare", "fixed", "tolerant"]


class Probe:
    """Measured processes in a folder with keys: a coordinator, or a bare server, and ten agents, or bare clients."""

    def __init__(self, federation: Federation):
        self.federation = federation
        self.processes: list[subprocess.Popen] = []
        federation.make_keys()

    def clean(self):
        for name in ["konsil.sqlite", "konsil.sqlite-wal", "konsil.sqlite-shm"]:
            (self.federation.folder / name).unlink(missing_ok=True)
        for site in self.federation.sites:
            shutil.rmtree(self.federation.folder / site / "state", ignore_errors=True)

    def start(self, log: str, *arguments, output: str | None = None) -> subprocess.Popen:
        folder = self.federation.folder
        with (folder / log).open("w") as errors, (folder / (output or f"{log}.out")).open("w") as file:
            process = subprocess.Popen(
                [self.federation.programs / "konsil-bench", *map(str, arguments)], cwd=folder,
                stdin=subprocess.DEVNULL, stdout=file, stderr=errors)
        self.processes.append(process)
        return process

    def stop(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        self.processes = []

    def seconds(self, kind: str, length: int, steps: int) -> list[float]:
        """From one step's end to the next one's: `bare`, `fixed`, `tolerant`, or `clear`, that is `fixed` with masks
        of zeros."""
        self.clean()
        federation = self.federation
        federation.write_coordinator()
        steps += WARMING + 1
        membership = "tolerant" if kind == "tolerant" else "fixed"
        run = ["--sites", *federation.sites, "--membership", membership, "--length", length, "--steps", steps]
        if kind == "bare":
            what = ["bare-server", "--config", "coordinator.yaml", "--clients", SITES, "--length", length, "--steps", steps]
        else:
            what = ["coordinator", "--config", "coordinator.yaml", "--folder", ".", *run]
        try:
            server = self.start("coordinator.log", *what, output="seconds.json")
            federation.find_port(server)
            for site in federation.sites:
                federation.write_agent(site, study="probe", algorithm="summary")
                config = ["--config", f"{site}/site.yaml"]
                if kind == "bare":
                    self.start(f"{site}/agent.log", "bare-client", *config, "--length", length)
                else:
                    self.start(f"{site}/agent.log", "agent", *config, *run, *(["--clear"] if kind == "clear" else []))
            server.wait(timeout=600)
        finally:
            self.stop()
        if server.returncode != 0:
            raise Failure(f"{kind}, {length} elements: see {federation.folder / 'coordinator.log'}")
        return json.loads((federation.folder / "seconds.json").read_text())["seconds"][WARMING:]


def summary(runs: list[list[float]]) -> dict:
    """In milliseconds."""
    pooled = [1000 * value for run in runs for value in run]
    return {
        "median": statistics.median(pooled), "mean": statistics.fmean(pooled), "p99": quantile(pooled, 0.99),
        "steps": len(runs[0]), "median_each": [1000 * statistics.median(run) for run in runs],
    }


def measure(probe: Probe, repeats: int | None) -> dict:
    found: dict[int, dict[str, dict]] = {}
    for length, (steps, turns) in LENGTHS.items():
        kinds = KINDS + (["clear"] if length == 1_000 else [])
        runs: dict[str, list[list[float]]] = {kind: [] for kind in kinds}
        for turn in range(repeats or turns):
            for kind in kinds:
                say(f"{length:,} elements, {kind}, turn {turn + 1}")
                runs[kind].append(probe.seconds(kind, length, steps))
        found[length] = {kind: summary(measured) for kind, measured in runs.items()}
    return found


def report(found: dict, configuration: str, cores: int) -> dict:
    def ratio(length: int, kind: str, to: str) -> float:
        """Of the medians of each turn, for the machine may have been another in the next."""
        pairs = zip(found[length][kind]["median_each"], found[length][to]["median_each"])
        return statistics.median(one / other for one, other in pairs)

    result = {"configuration": configuration, "sites": SITES, "cores": cores}
    for kind in ["fixed", "tolerant"]:
        result[f"{kind}_ms"] = {str(length): found[length][kind]["median"] for length in found}
        result[f"{kind}_over_bare"] = {str(length): ratio(length, kind, "bare") for length in found}
    result["bare_ms"] = {str(length): found[length]["bare"]["median"] for length in found}
    result["masked_over_clear"] = ratio(1_000, "fixed", "clear")
    result["milliseconds"] = {str(length): kinds for length, kinds in found.items()}
    return result


def text(result: dict) -> str:
    lines = [
        f"step: {SITES} sites, one coordinator, real processes over gRPC and mTLS on loopback, {result['cores']} cores",
        f"build configuration: {result['configuration']}", "",
        "milliseconds           median     mean   99 %   steps   medians of each turn",
    ]
    for length, kinds in result["milliseconds"].items():
        for kind, found in kinds.items():
            each = ", ".join(f"{value:.2f}" for value in found["median_each"])
            lines.append(
                f"{int(length):9,} {kind:9} {found['median']:9.2f} {found['mean']:8.2f} {found['p99']:6.1f}   "
                f"{found['steps']:5}   {each}")
    lines += [
        "", f"fixed, 1,000 elements      {result['fixed_ms']['1000']:5.2f} ms  at most 5, the goal is 2.5",
        f"tolerant, 1,000 elements   {result['tolerant_ms']['1000']:5.2f} ms  at most 10, the goal is 5",
        f"masked over clear          {result['masked_over_clear']:5.2f}     at most 1.3",
    ]
    for kind in ["fixed", "tolerant"]:
        for length in ["100000", "1000000"]:
            lines.append(
                f"{f'{kind} over bare, {int(length):,}':26} {result[f'{kind}_over_bare'][length]:5.2f}     at most 2")
    return "\n".join(lines)


def main() -> int:
    arguments = options("step", repeats=0)
    cores = use_cores(CORES)
    shutil.rmtree(arguments.folder, ignore_errors=True)
    arguments.folder.mkdir(parents=True)
    sites = [f"site-{number + 1:02}" for number in range(SITES)]
    for site in sites:
        (arguments.folder / site).mkdir()
    federation = Federation(arguments.programs.resolve(), arguments.folder.resolve(), sites)
    try:
        found = measure(Probe(federation), arguments.repeats or None)
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    result = report(found, arguments.configuration, cores)
    show("step", result, text(result), arguments.json)
    return 0


sys.exit(main())
