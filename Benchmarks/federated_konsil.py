"""Konsil's boosted trees over real processes on loopback, with masks, gRPC and mTLS.

It wants a network namespace of its own whose loopback is up, so that the bytes that are counted are its own, and
prints seconds, bytes and the sites' CPU seconds as JSON.
"""

import json
import pathlib
import shutil
import sys

from cohort import Cohort
from federation import Failure, Federation, RunRecord
from process_facts import Memory, cpu_seconds, loopback_bytes


def measure(programs: pathlib.Path, folder: pathlib.Path, sites: int, shape: dict, parameters: dict, repeats: int) -> list[dict]:
    cohort = Cohort(shape["rows"], shape["seed"], measured=shape["columns"], binary=0)
    federation = Federation(programs, folder, [f"site-{number + 1:02}" for number in range(sites)])
    for index, site in enumerate(federation.sites):
        (folder / site).mkdir()
        cohort.write_site(folder / site / "records.csv", index, sites)
    federation.make_keys()
    federation.make_study(cohort.dictionary)
    for repeat in range(repeats):
        federation.make_plan(f"plan-{repeat}", cohort.boosting_plan(f"bench-{repeat}", parameters))
    found = []
    try:
        federation.start_coordinator()
        federation.start_agents("boosting")
        for repeat in range(repeats):
            def spent() -> list[float]:
                return [cpu_seconds(agent.pid) for agent in federation.agents.values()]

            before, own, sent = spent(), cpu_seconds(federation.coordinator.pid), loopback_bytes()
            run = federation.run(f"plan-{repeat}")
            found.append({
                "run": run, "bytes": loopback_bytes() - sent,
                "site_cpu_seconds": [after - one for after, one in zip(spent(), before, strict=True)],
                "coordinator_cpu_seconds": cpu_seconds(federation.coordinator.pid) - own,
                "agent_mib": max(Memory(agent.pid).peak for agent in federation.agents.values()) / (1 << 20),
                "coordinator_mib": Memory(federation.coordinator.pid).peak / (1 << 20),
            })
        details = [federation.detail(one["run"]) for one in found]
    finally:
        federation.stop()
    for one, detail in zip(found, details, strict=True):
        record = RunRecord(detail, federation.events(one["run"]))
        one["seconds"] = record.seconds
        phases: dict[str, float] = {}
        for name, seconds in record.phases:
            phases[name] = phases.get(name, 0) + seconds
        one["phases"] = phases
        one["steps"] = len(detail["steps"])
    return found


def main(programs: str, folder: str, sites: str, shape: str, parameters: str, repeats: str) -> int:
    shutil.rmtree(folder, ignore_errors=True)
    pathlib.Path(folder).mkdir(parents=True)
    try:
        found = measure(
            pathlib.Path(programs).resolve(), pathlib.Path(folder).resolve(), int(sites), json.loads(shape),
            json.loads(parameters), int(repeats))
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    print(json.dumps(found))
    return 0


sys.exit(main(*sys.argv[1:]))
