"""`scripts/bench logistic`: a logistic regression over ten sites against statsmodels on the pooled records."""

import argparse
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys

from cohort import BINARY, COLUMNS, MEASURED, Cohort
from federation import Failure, Federation, RunRecord
from process_facts import blas_of, peak_bytes

HERE = pathlib.Path(__file__).parent
ROWS, SITES, CORES, SEED = 100_000, 10, 2, 1
MIB = 1 << 20
# Bytes that a site's cohort takes as doubles: its columns and the outcome.
COHORT_BYTES = ROWS // SITES * (COLUMNS + 1) * 8


def say(text: str):
    print(text, file=sys.stderr, flush=True)


def use_cores() -> int:
    """This process, and so all that it starts, may use two cores, where there are more."""
    cores = sorted(os.sched_getaffinity(0))[:CORES]
    os.sched_setaffinity(0, cores)
    return len(cores)


def fit_pooled(path: pathlib.Path, threads: int) -> dict:
    result = subprocess.run(
        [sys.executable, HERE / "pooled.py", path], capture_output=True, text=True,
        env=os.environ | {"OPENBLAS_NUM_THREADS": str(threads)})
    if result.returncode != 0:
        raise Failure(f"statsmodels: exit status {result.returncode}\n{result.stderr}")
    return json.loads(result.stdout)


def differences(model: dict, pooled: dict) -> tuple[float, float]:
    """Greatest `|Δβ| / max(|β|, se)`, and greatest `|Δse| / se`."""
    federated = [model["intercept"], *model["terms"]]
    pairs = list(zip(federated, pooled["coefficients"], pooled["standard_errors"], strict=True))
    return (
        max(abs(one["coefficient"] - other) / max(abs(other), error) for one, other, error in pairs),
        max(abs(one["standard_error"] - error) / error for one, _, error in pairs))


def grouped(phases: list[tuple[str, float]]) -> dict[str, dict]:
    """Phases by name in their first order: how many and seconds in all."""
    groups: dict[str, dict] = {}
    for name, seconds in phases:
        group = groups.setdefault(name, {"count": 0, "seconds": 0.0})
        group["count"] += 1
        group["seconds"] += seconds
    return groups


def peaks(federation: Federation) -> dict[str, float]:
    """In MiB; of the agents the greatest."""
    agents = max(peak_bytes(agent.pid) for agent in federation.agents.values())
    return {"agent": agents / MIB, "coordinator": peak_bytes(federation.coordinator.pid) / MIB}


def measure(federation: Federation, cohort: Cohort, repeats: int, folder: pathlib.Path) -> dict:
    say("simulating records")
    for index, site in enumerate(federation.sites):
        (folder / site).mkdir()
        cohort.write_site(folder / site / "records.csv", index, SITES)
    pooled_file = folder / "pooled.npz"
    cohort.save_pooled(pooled_file)

    say("keys, certificates, study and plans")
    federation.make_keys()
    federation.make_study(cohort.dictionary)
    for repeat in range(repeats):
        # A plan of its own for each, so that each begins with nothing in the sites' journals.
        federation.make_plan(f"plan-{repeat}", cohort.plan(f"bench-{repeat}"))

    say("coordinator and agents")
    federation.start_coordinator()
    federation.start_agents()
    found = {"resting": peaks(federation), "models": [], "threaded": [], "single": []}
    details = []
    for repeat in range(repeats):
        say(f"repeat {repeat + 1} of {repeats}")
        run = federation.run(f"plan-{repeat}")
        details.append(federation.detail(run))
        found["models"].append(federation.model(run))
        found["threaded"].append(fit_pooled(pooled_file, CORES))
        found["single"].append(fit_pooled(pooled_file, 1))
    found["peak"] = peaks(federation)
    found["blas"] = sorted({file for agent in federation.agents.values() for file in blas_of(agent.pid)})
    federation.stop()
    found["records"] = [RunRecord(detail, federation.events(detail["summary"]["run"])) for detail in details]
    return found


def report(found: dict, configuration: str, cores: int) -> dict:
    def median(side: list[dict], key: str = "seconds") -> float:
        return statistics.median(fit[key] for fit in side)

    records, threaded, single = found["records"], found["threaded"], found["single"]
    konsil = statistics.median(record.seconds for record in records)
    fastest = min(median(threaded), median(single))
    phases = [grouped(record.phases) for record in records]
    compared = [differences(model, found["single"][0]) for model in found["models"]]
    return {
        "vs_statsmodels": konsil / fastest,
        "agent_mib": found["peak"]["agent"] - COHORT_BYTES / MIB,
        "coordinator_mib": found["peak"]["coordinator"],
        "max_difference": max(coefficients for coefficients, _ in compared),
        "max_error_difference": max(errors for _, errors in compared),
        "configuration": configuration,
        "rows": ROWS, "columns": COLUMNS, "sites": SITES, "cores": cores, "repeats": len(records), "seed": SEED,
        "auc": single[0]["auc"],
        "newton_steps": found["models"][0]["newton_steps"],
        "statsmodels_iterations": single[0]["iterations"],
        "seconds": {
            "konsil": konsil, "statsmodels": fastest, "statsmodels_threaded": median(threaded),
            "statsmodels_one_thread": median(single), "konsil_each": [record.seconds for record in records],
            "statsmodels_threaded_each": [fit["seconds"] for fit in threaded],
            "statsmodels_one_thread_each": [fit["seconds"] for fit in single],
            "statsmodels_making": min(median(threaded, "making_seconds"), median(single, "making_seconds")),
        },
        "phases": {
            name: {
                "count": group["count"],
                "seconds": statistics.median(phase[name]["seconds"] for phase in phases if name in phase),
            } for name, group in phases[0].items()
        },
        "setup_told_apart": all(record.has_setup for record in records),
        "storing_included": all(record.has_storing for record in records),
        "blas": {"agent": found["blas"], "statsmodels": single[0]["blas"]},
        "versions": {"statsmodels": single[0]["statsmodels"], "numpy": single[0]["numpy"]},
        "memory_mib": {
            "agent_peak": found["peak"]["agent"], "agent_cohort": COHORT_BYTES / MIB,
            "agent_before_records": found["resting"]["agent"],
            "coordinator_peak": found["peak"]["coordinator"],
            "coordinator_before_records": found["resting"]["coordinator"],
        },
    }


def text(result: dict) -> str:
    seconds, memory = result["seconds"], result["memory_mib"]

    def each(key: str) -> str:
        return ", ".join(f"{value:.2f}" for value in seconds[key])

    first = next(iter(result["phases"]))
    lines = [
        f"logistic: {ROWS} rows, {COLUMNS} columns ({MEASURED} measured, {BINARY} binary), {SITES} sites, "
        f"{result['cores']} cores, AUC {result['auc']:.3f}",
        f"  build configuration            {result['configuration']}",
        "  from the plan accepted with cohorts in memory to the model, set-up included, seconds:",
        f"  konsil                         {seconds['konsil']:.3f}   ({each('konsil_each')}), "
        f"{result['newton_steps']} Newton steps",
        f"  statsmodels, {CORES} BLAS threads    {seconds['statsmodels_threaded']:.3f}   "
        f"({each('statsmodels_threaded_each')}), {result['statsmodels_iterations']} iterations",
        f"  statsmodels, 1 BLAS thread     {seconds['statsmodels_one_thread']:.3f}   "
        f"({each('statsmodels_one_thread_each')})",
        f"  vs_statsmodels                 {result['vs_statsmodels']:.2f}   (medians, to the faster of the two; "
        "at most 1.0, the goal is 0.5)",
        f"  max_difference                 {result['max_difference']:.1e} of max(|β|, se); standard errors "
        f"{result['max_error_difference']:.1e} relative",
        f"  BLAS of the agents             {', '.join(result['blas']['agent'])}",
        f"  BLAS of statsmodels            {', '.join(result['blas']['statsmodels'])}",
        "  phases by the coordinator's record, milliseconds:",
    ]
    for name, group in result["phases"].items():
        shown = f"set-up and {name}" if name == first and not result["setup_told_apart"] else name
        count = f" x {group['count']}" if group["count"] > 1 else ""
        lines.append(f"    {shown + count:28} {1000 * group['seconds']:7.0f}")
    lines += [
        "  peak resident memory (VmHWM), MiB:",
        f"    agent_mib                    {result['agent_mib']:.1f}   (greatest agent, {memory['agent_peak']:.1f} "
        f"less its cohort's {memory['agent_cohort']:.1f}; {memory['agent_before_records']:.1f} before it read "
        "records; at most 40)",
        f"    coordinator_mib              {result['coordinator_mib']:.1f}   (nothing subtracted; "
        f"{memory['coordinator_before_records']:.1f} before the first plan; at most 60)",
    ]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench logistic")
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--configuration", required=True)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    # So that what was started is stopped, too.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(143))

    cores = use_cores()
    shutil.rmtree(arguments.folder, ignore_errors=True)
    arguments.folder.mkdir(parents=True)
    folder = arguments.folder.resolve()
    federation = Federation(
        arguments.programs.resolve(), folder, [f"site-{number + 1:02}" for number in range(SITES)])
    try:
        found = measure(federation, Cohort(ROWS, SEED), arguments.repeats, folder)
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    finally:
        federation.stop()
    result = report(found, arguments.configuration, cores)
    print(json.dumps({"logistic": result}) if arguments.json else text(result))
    return 0


sys.exit(main())
