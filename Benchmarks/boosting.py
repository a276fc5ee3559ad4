"""`scripts/bench boosting`: gradient-boosted trees against XGBoost, on one site, over masked sites and over processes."""

import functools
import json
import pathlib
import shutil
import statistics
import subprocess
import sys

from boosting_tables import growth, plot, table_text
from cohort import Cohort
from common import CORES, options, say, show, use_cores
from federation import Failure

HERE = pathlib.Path(__file__).parent
SHAPE = {"rows": 100_000, "columns": 50, "seed": 1}
MANY_ROWS = 1_000_000
SITES = 10
ROUNDS, DEPTH, BINS, ETA, LEAST_COUNT = 100, 6, 255, 0.3, 10
# A row's Hessian is at most 1/4, so this is what the least count asks of a child.
XGBOOST = {
    "tree_method": "hist", "objective": "binary:logistic", "max_depth": DEPTH, "max_bin": BINS, "eta": ETA,
    "min_child_weight": LEAST_COUNT / 4,
}
# A plan's default: rows of its parent that a bin of a node below the root has on average.
ROWS_PER_BIN = 128
# XGBoost explains nothing in this time either.
KONSIL = {"rounds": ROUNDS, "max_depth": DEPTH, "max_bin": BINS, "eta": ETA, "importance": False}
KINDS = ["quantile", "plain"]


def call(*arguments) -> dict | list:
    result = subprocess.run([str(one) for one in arguments], capture_output=True, text=True, timeout=900)
    if result.returncode != 0:
        raise Failure(f"{arguments[0]}: exit status {result.returncode}\n{result.stderr[-2000:]}")
    return json.loads(result.stdout.splitlines()[-1])


def in_own_network(*arguments) -> dict | list:
    """A command in a network namespace of its own, which has nothing but its loopback."""
    return call(
        "unshare", "--net", "--", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *arguments)


class Bench:
    def __init__(self, arguments):
        self.arguments, self.folder = arguments, arguments.folder
        self.matrices: dict[tuple[int, int], pathlib.Path] = {}

    def matrix(self, rows: int = SHAPE["rows"], columns: int = SHAPE["columns"]) -> pathlib.Path:
        """The records as plain numbers, the same for both sides."""
        if (rows, columns) not in self.matrices:
            path = self.folder / f"{rows}-{columns}.doubles"
            Cohort(rows, SHAPE["seed"], measured=columns, binary=0).save_matrix(path)
            self.matrices[rows, columns] = path
        return self.matrices[rows, columns]

    def konsil(
        self, threads: int, sites: int = 1, rows=SHAPE["rows"], columns=SHAPE["columns"], bins=BINS, rows_per_bin=0,
    ) -> dict:
        return call(
            self.arguments.programs / "konsil-bench", "boosting", "--matrix", self.matrix(rows, columns), "--rows",
            rows, "--columns", columns, "--threads", threads, "--sites", sites, "--trees", ROUNDS, "--depth", DEPTH,
            "--bins", bins, "--eta", ETA, "--least-count", LEAST_COUNT, "--rows-per-bin", rows_per_bin,
            *(["--masked"] if sites > 1 else []))

    def xgboost(self, threads: int, kind: str, rows=SHAPE["rows"]) -> dict:
        parameters = XGBOOST | {"nthread": threads, "columns": SHAPE["columns"]}
        return call(
            sys.executable, "-B", HERE / "pooled_trees.py", self.matrix(rows), kind, ROUNDS, json.dumps(parameters))

    def federated_xgboost(self) -> dict:
        parameters = XGBOOST | {"nthread": 1, "columns": SHAPE["columns"]}
        return in_own_network(
            sys.executable, "-B", HERE / "federated_trees.py", "run", self.matrix(), SITES, ROUNDS, json.dumps(parameters))

    def federated_konsil(self, rows_per_bin: int) -> dict:
        found = in_own_network(
            sys.executable, "-B", HERE / "federated_konsil.py", self.arguments.programs, self.folder / "processes",
            SITES, json.dumps(SHAPE), json.dumps(KONSIL | {"rows_per_bin": rows_per_bin}), 1)
        return found[0]


def measure(bench: Bench, repeats: int) -> dict[str, list[dict]]:
    """Every kind of training by turns."""
    kinds = {
        "konsil_1": lambda: bench.konsil(1), "konsil_2": lambda: bench.konsil(2),
        "konsil_10_sites": lambda: bench.konsil(2, SITES, rows_per_bin=ROWS_PER_BIN),
        "konsil_10_sites_whole_bins": lambda: bench.konsil(2, SITES),
        "federated_konsil": lambda: bench.federated_konsil(ROWS_PER_BIN),
        "federated_konsil_whole_bins": lambda: bench.federated_konsil(0),
        "federated_xgboost": bench.federated_xgboost,
    }
    for kind in KINDS:
        for threads in (1, 2):
            kinds[f"xgboost_{threads}_{kind}"] = lambda kind=kind, threads=threads: bench.xgboost(threads, kind)
    found: dict[str, list[dict]] = {name: [] for name in kinds}
    for repeat in range(repeats):
        for name, run in kinds.items():
            say(f"repeat {repeat + 1} of {repeats}: {name}")
            found[name].append(run())
            say(f"  {found[name][-1]['seconds']:.2f} s")
    return found


def many_rows(bench: Bench) -> dict:
    """One site and pooled XGBoost, once each, on ten times the rows."""
    say(f"{MANY_ROWS:,} rows")
    konsil, xgboost = bench.konsil(CORES, rows=MANY_ROWS), bench.xgboost(CORES, "quantile", MANY_ROWS)
    return {
        "rows": MANY_ROWS, "two_thread_ratio": konsil["seconds"] / xgboost["seconds"],
        "memory_ratio": konsil["peak_mib"] / xgboost["peak_mib"], "konsil": konsil, "xgboost": xgboost}


def report(found: dict[str, list[dict]], many: dict, tables: dict, configuration: str, cores: int) -> dict:
    def median(name: str, key: str = "seconds") -> float:
        return statistics.median(one[key] for one in found[name])

    def pooled(threads: int) -> str:
        """The quicker of XGBoost's two ways."""
        return min((f"xgboost_{threads}_{kind}" for kind in KINDS), key=median)

    one, two = pooled(1), pooled(2)

    def ratios(suffix: str) -> dict:
        """Over many sites."""
        federated = f"federated_konsil{suffix}"
        site_cpu = statistics.median(max(run["site_cpu_seconds"]) for run in found[federated])
        return {
            "ten_sites_ratio": median(f"konsil_10_sites{suffix}") / median(two),
            "vs_federated_xgboost": median(federated) / median("federated_xgboost"),
            "bytes_ratio": median(federated, "bytes") / median("federated_xgboost", "bytes"),
            "site_cpu_ratio": site_cpu / median(two, "cpu_seconds"),
        }

    site_cpu = statistics.median(max(run["site_cpu_seconds"]) for run in found["federated_konsil"])
    return {
        "one_thread_ratio": median("konsil_1") / median(one),
        "two_thread_ratio": median("konsil_2") / median(two),
        "memory_ratio": median("konsil_1", "peak_mib") / median(one, "peak_mib"),
        **ratios(""), "rows_per_bin": ROWS_PER_BIN, "whole_bins": ratios("_whole_bins"),
        "configuration": configuration, "cores": cores, "repeats": len(found["konsil_1"]), **SHAPE, "rounds": ROUNDS,
        "depth": DEPTH, "bins": BINS, "sites": SITES, "xgboost": found[one][0]["version"],
        "pooled": {"one_thread": one, "two_threads": two},
        "seconds": {name: median(name) for name in found},
        "seconds_each": {name: [run["seconds"] for run in runs] for name, runs in found.items()},
        "peak_mib": {name: median(name, "peak_mib") for name in found if "peak_mib" in found[name][0]},
        "loss": {name: median(name, "loss") for name in found if "loss" in found[name][0]},
        "bytes": {name: median(name, "bytes") for name in found if "bytes" in found[name][0]},
        "cpu_seconds": {
            "site": site_cpu, "coordinator": median("federated_konsil", "coordinator_cpu_seconds"),
            "pooled_xgboost": median(two, "cpu_seconds"),
            "federated_xgboost_worker": statistics.median(
                max(run["worker_cpu_seconds"]) for run in found["federated_xgboost"]),
        },
        "phases": found["federated_konsil"][0]["phases"],
        "many_rows": many, "growth": tables,
    }


def text(result: dict) -> str:
    seconds, cpu = result["seconds"], result["cpu_seconds"]

    def row(name: str, label: str) -> str:
        each = ", ".join(f"{value:.2f}" for value in result["seconds_each"][name])
        extra = f"  {result['peak_mib'][name]:6.0f} MiB" if name in result["peak_mib"] else ""
        return f"  {label:46} {seconds[name]:6.2f}  ({each}){extra}"

    def many(key: str, note: str) -> str:
        return f"  {key:21} {result[key]:6.2f} {result['whole_bins'][key]:6.2f}  {note}"

    gib = {name: count / (1 << 30) for name, count in result["bytes"].items()}
    lines = [
        f"boosting: {result['rows']:,} rows x {result['columns']} columns, {ROUNDS} trees, depth {DEPTH}, {BINS} bins, "
        f"{result['cores']} cores, XGBoost {result['xgboost']}",
        f"build configuration: {result['configuration']}", "",
        "seconds, medians, binning included; peak resident memory",
        row("konsil_1", "konsil, one site, 1 thread"),
        *(row(f"xgboost_1_{kind}", f"XGBoost, 1 thread, {kind}") for kind in KINDS),
        row("konsil_2", "konsil, one site, 2 threads"),
        *(row(f"xgboost_2_{kind}", f"XGBoost, 2 threads, {kind}") for kind in KINDS),
        row("konsil_10_sites", "konsil, ten masked sites in one process"),
        row("konsil_10_sites_whole_bins", "  the same, no bins joined"),
        row("federated_konsil", "konsil, ten processes, gRPC and mTLS"),
        row("federated_konsil_whole_bins", "  the same, no bins joined"),
        row("federated_xgboost", "XGBoost's federated mode, ten processes"), "",
        f"  one_thread_ratio      {result['one_thread_ratio']:6.2f}  at most 1.0, the goal is 0.6",
        f"  two_thread_ratio      {result['two_thread_ratio']:6.2f}",
        f"  memory_ratio          {result['memory_ratio']:6.2f}  at most 1.0",
        f"                        joined  whole  joined: rows_per_bin {ROWS_PER_BIN}, as a plan has it",
        many("ten_sites_ratio", "at most 3, the goal is 1.5"),
        many("vs_federated_xgboost", "at most 1.0, the goal is 0.5"),
        many(
            "bytes_ratio", f"{gib['federated_konsil']:.2f} and {gib['federated_konsil_whole_bins']:.2f} of "
            f"{gib['federated_xgboost']:.2f} GiB; at most 0.25, the goal is 0.15"),
        many(
            "site_cpu_ratio", f"{cpu['site']:.2f} of {cpu['pooled_xgboost']:.2f} s, the coordinator "
            f"{cpu['coordinator']:.2f} s; less than 1"), "",
        f"{MANY_ROWS:,} rows, 2 threads: {result['many_rows']['konsil']['seconds']:.1f} of "
        f"{result['many_rows']['xgboost']['seconds']:.1f} s, {result['many_rows']['two_thread_ratio']:.2f}; memory "
        f"{result['many_rows']['memory_ratio']:.2f}", "", table_text(result["growth"]),
    ]
    return "\n".join(lines)


def main() -> int:
    arguments = options("boosting", repeats=3)
    cores = use_cores(CORES)
    shutil.rmtree(arguments.folder, ignore_errors=True)
    arguments.folder.mkdir(parents=True)
    arguments.folder, arguments.programs = arguments.folder.resolve(), arguments.programs.resolve()
    bench = Bench(arguments)
    try:
        found = measure(bench, arguments.repeats)
        many = many_rows(bench)
        tables = growth(functools.partial(bench.konsil, rows_per_bin=ROWS_PER_BIN), SHAPE, SITES, BINS)
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    finally:
        for path in bench.matrices.values():
            path.unlink(missing_ok=True)
    plot(tables, arguments.folder / "growth.svg")
    say(f"plot: {arguments.folder / 'growth.svg'}")
    result = report(found, many, tables, arguments.configuration, cores)
    show("boosting", result, text(result), arguments.json)
    return 0


sys.exit(main())
