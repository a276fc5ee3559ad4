"""`scripts/bench logistic`: a logistic regression over ten sites against statsmodels on the pooled records."""

import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

from cohort import BINARY, COLUMNS, MEASURED, Cohort
from common import CORES, options, say, show, use_cores
from federation import Failure, Federation, RunRecord
from process_facts import Memory, blas_of

HERE = pathlib.Path(__file__).parent
ROWS, SITES, SEED = 100_000, 10, 1
MIB = 1 << 20
# Bytes that a site's cohort takes as doubles: its columns and the outcome.
COHORT_BYTES = ROWS // SITES * (COLUMNS + 1) * 8


def fit_pooled(path: pathlib.Path, threads: int) -> dict:
    result = subprocess.run(
        [sys.executable, HERE / "pooled.py", path], capture_output=True, text=True,
        env=os.environ | {"OPENBLAS_NUM_THREADS": str(threads)})
    if result.returncode != 0:
        raise Failure(f"statsmodels: exit status {result.returncode}\n{result.stderr}")
    fit = json.loads(result.stdout)
    if not fit["converged"]:
        raise Failure("statsmodels did not converge")
    return fit


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


def memory(federation: Federation) -> dict[str, Memory]:
    """Of the agents the one with the greatest peak."""
    agents = [Memory(agent.pid) for agent in federation.agents.values()]
    return {
        "agent": max(agents, key=lambda agent: agent.peak), "coordinator": Memory(federation.coordinator.pid)}


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
    found = {"resting": memory(federation), "models": [], "threaded": [], "single": []}
    details = []
    for repeat in range(repeats):
        say(f"repeat {repeat + 1} of {repeats}")
        run = federation.run(f"plan-{repeat}")
        details.append(federation.detail(run))
        found["models"].append(federation.model(run))
        found["threaded"].append(fit_pooled(pooled_file, CORES))
        found["single"].append(fit_pooled(pooled_file, 1))
    found["after"] = memory(federation)
    found["blas"] = sorted({file for agent in federation.agents.values() for file in blas_of(agent.pid)})
    federation.stop()
    found["records"] = [RunRecord(detail, federation.events(detail["summary"]["run"])) for detail in details]
    return found


def report(found: dict, configuration: str, cores: int) -> dict:
    def median(side: str, key: str = "seconds") -> float:
        return statistics.median(fit[key] for fit in found[side])

    def each(side: str) -> list[float]:
        return [fit["seconds"] for fit in found[side]]

    records, after, resting, pooled = found["records"], found["after"], found["resting"], found["single"][0]
    konsil = statistics.median(record.seconds for record in records)
    fastest = min(("threaded", "single"), key=median)
    phases = [grouped(record.phases) for record in records]
    compared = [differences(model, pooled) for model in found["models"]]
    return {
        "vs_statsmodels": konsil / median(fastest),
        "agent_mib": (after["agent"].peak - COHORT_BYTES) / MIB,
        "coordinator_mib": after["coordinator"].peak / MIB,
        "max_difference": max(coefficients for coefficients, _ in compared),
        "max_error_difference": max(errors for _, errors in compared),
        "configuration": configuration,
        "rows": ROWS, "columns": COLUMNS, "sites": SITES, "cores": cores, "repeats": len(records), "seed": SEED,
        "auc": pooled["auc"],
        "newton_steps": found["models"][0]["newton_steps"], "statsmodels_iterations": pooled["iterations"],
        "seconds": {
            "konsil": konsil, "konsil_each": [record.seconds for record in records],
            "statsmodels": median(fastest), "statsmodels_of_which_making": median(fastest, "making_seconds"),
            "statsmodels_threaded": median("threaded"), "statsmodels_threaded_each": each("threaded"),
            "statsmodels_one_thread": median("single"), "statsmodels_one_thread_each": each("single"),
        },
        "phases": {
            name: {
                "count": group["count"],
                "seconds": statistics.median(phase[name]["seconds"] for phase in phases),
            } for name, group in phases[0].items()
        },
        "blas": {"agent": found["blas"], "statsmodels": pooled["blas"]},
        "versions": {"statsmodels": pooled["statsmodels"], "numpy": pooled["numpy"]},
        "memory_mib": {
            "agent_peak": after["agent"].peak / MIB, "agent_cohort": COHORT_BYTES / MIB,
            "agent_files": after["agent"].files / MIB, "agent_peak_before_plans": resting["agent"].peak / MIB,
            "coordinator_peak": after["coordinator"].peak / MIB,
            "coordinator_files": after["coordinator"].files / MIB,
            "coordinator_peak_before_plans": resting["coordinator"].peak / MIB,
        },
    }


def text(result: dict) -> str:
    seconds, memory = result["seconds"], result["memory_mib"]

    def timed(side: str) -> str:
        return f"{seconds[side]:6.3f}  ({', '.join(f'{value:.3f}' for value in seconds[side + '_each'])})"

    lines = [
        f"logistic: {ROWS:,} rows x {COLUMNS} columns ({MEASURED} measured, {BINARY} binary), {SITES} sites, "
        f"{result['cores']} cores, AUC {result['auc']:.3f}",
        f"build configuration: {result['configuration']}",
        "",
        "seconds, medians: from the plan accepted with cohorts in memory to the model stored",
        f"  konsil                      {timed('konsil')}, {result['newton_steps']} Newton steps",
        f"  statsmodels {result['versions']['statsmodels']}, {CORES} threads {timed('statsmodels_threaded')}, "
        f"{result['statsmodels_iterations']} iterations",
        f"  statsmodels {result['versions']['statsmodels']}, 1 thread  {timed('statsmodels_one_thread')}",
        f"    making the Logit of it    {seconds['statsmodels_of_which_making']:6.3f}  it checks the rank of the columns",
        f"  vs_statsmodels              {result['vs_statsmodels']:6.2f}  to the faster of the two; at most 1.0, the "
        "goal is 0.5",
        f"  max_difference              {result['max_difference']:6.0e}  of max(|β|, se); of standard errors "
        f"{result['max_error_difference']:.0e} relative",
        "",
        "phases by the coordinator's record, milliseconds, medians",
    ]
    for name, group in result["phases"].items():
        count = f" x {group['count']}" if group["count"] > 1 else ""
        lines.append(f"  {name + count:27} {1000 * group['seconds']:6.0f}")
    lines += [
        "",
        f"BLAS of the agents:    {', '.join(result['blas']['agent'])}",
        f"BLAS of statsmodels:   {', '.join(result['blas']['statsmodels'])}",
        "",
        "peak resident memory (VmHWM), MiB",
        f"  agent_mib                   {result['agent_mib']:6.1f}  greatest agent, {memory['agent_peak']:.1f} less its "
        f"cohort's {memory['agent_cohort']:.1f}; at most 40",
        f"                                      {memory['agent_peak_before_plans']:.1f} before the first plan; "
        f"{memory['agent_files']:.1f} are pages of program and libraries",
        f"  coordinator_mib             {result['coordinator_mib']:6.1f}  nothing subtracted; at most 60",
        f"                                      {memory['coordinator_peak_before_plans']:.1f} before the first plan; "
        f"{memory['coordinator_files']:.1f} are pages of program and libraries",
    ]
    return "\n".join(lines)


def main() -> int:
    arguments = options("logistic", repeats=5)
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
    show("logistic", result, text(result), arguments.json)
    return 0


sys.exit(main())
