"""`scripts/bench sites`: how time and bytes of a site grow with the federation, and with sites that are lost."""

import json
import pathlib
import statistics
import subprocess
import sys

from common import options, say, show, use_cores

COUNTS = [4, 10, 25, 50, 100]
LOST = [0.0, 0.1, 0.2, 0.3]
LENGTH, STEPS = 1_000, 4
# The step in which sites are lost, counted from 0.
LOSING = 1


def threshold(sites: int) -> int:
    return 2 * sites // 3 + 1


def run(program: pathlib.Path, sites: int, membership: str, lost: int) -> dict:
    names = [f"site-{number + 1:03}" for number in range(sites)]
    done = subprocess.run(
        [program, "sites", "--sites", *names, "--membership", membership, "--length", str(LENGTH), "--steps",
         str(STEPS), "--lost", str(lost)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{sites} sites, {membership}, {lost} lost: {done.stderr}")
    found = json.loads(done.stdout)
    calm = [step for place, step in enumerate(found["steps"]) if place != LOSING or lost == 0]

    def median(steps: list[dict], key: str) -> float:
        return statistics.median(step[key] for step in steps)

    def cost(steps: list[dict]) -> dict:
        return {
            "site_ms": 1000 * median(steps, "site_seconds"),
            "coordinator_ms": 1000 * median(steps, "coordinator_seconds"),
            "site_kib_up": median(steps, "site_bytes_up") / 1024,
            "site_kib_down": median(steps, "site_bytes_down") / 1024,
        }

    return {
        "sites": sites, "membership": membership, "lost": lost, "setup": cost([found["setup"]]), "step": cost(calm),
        "losing_step": cost([found["steps"][LOSING]]) if lost else None,
    }


def measured(program: pathlib.Path) -> list[dict]:
    rows = []
    for membership in ["fixed", "tolerant"]:
        for sites in COUNTS:
            # Under fixed membership a lost site is waited for, so there is nothing to measure without it.
            shares = LOST if membership == "tolerant" else [0.0]
            for lost in sorted({round(share * sites) for share in shares}):
                if sites - lost < threshold(sites):
                    continue
                say(f"{sites} sites, {membership}, {lost} lost")
                rows.append(run(program, sites, membership, lost))
    return rows


def text(rows: list[dict], configuration: str) -> str:
    lines = [
        f"sites: {LENGTH:,} elements, a federation in one process on one core; medians of {STEPS} steps, of one site",
        f"build configuration: {configuration}", "",
        "                         set-up              a step                                    the step that loses them",
        "sites           lost   ms  KiB up+down    site ms  coordinator ms  KiB up + down     site ms  KiB up + down",
    ]
    for row in rows:
        setup, step, losing = row["setup"], row["step"], row["losing_step"]
        line = (
            f"{row['sites']:5} {row['membership']:9} {row['lost']:4} {setup['site_ms']:6.1f} "
            f"{setup['site_kib_up'] + setup['site_kib_down']:10.1f} {step['site_ms']:12.2f} "
            f"{step['coordinator_ms']:12.1f} {step['site_kib_up']:9.1f} + {step['site_kib_down']:5.1f}")
        if losing:
            line += f" {losing['site_ms']:11.2f} {losing['site_kib_up']:8.1f} + {losing['site_kib_down']:5.1f}"
        lines.append(line)
    return "\n".join(lines)


def plot(rows: list[dict], path: pathlib.Path):
    """Time and bytes of a site and step against the number of sites, both scales logarithmic; no site lost."""
    width, height, left, top, gap = 360, 260, 56, 34, 76
    colours = {"fixed": "#1f6f8b", "tolerant": "#c0561c"}

    def panel(offset: int, title: str, value) -> str:
        import math

        points = {
            kind: [(row["sites"], value(row)) for row in rows if row["membership"] == kind and row["lost"] == 0]
            for kind in colours
        }
        values = [point[1] for series in points.values() for point in series]
        low, high = 10 ** math.floor(math.log10(min(values))), 10 ** math.ceil(math.log10(max(values)))

        def x(sites: float) -> float:
            return offset + left + (math.log10(sites) - math.log10(3.5)) / (math.log10(115) - math.log10(3.5)) * width

        def y(found: float) -> float:
            return top + height - math.log10(found / low) / math.log10(high / low) * height

        parts = [f'<text x="{offset + left}" y="{top - 12}" font-weight="bold">{title}</text>']
        decade = low
        while decade <= high * 1.001:
            parts.append(
                f'<line x1="{offset + left}" x2="{offset + left + width}" y1="{y(decade):.1f}" y2="{y(decade):.1f}" '
                f'stroke="#ddd"/><text x="{offset + left - 6}" y="{y(decade) + 4:.1f}" text-anchor="end">{decade:g}</text>')
            decade *= 10
        for sites in COUNTS:
            parts.append(f'<text x="{x(sites):.1f}" y="{top + height + 18}" text-anchor="middle">{sites}</text>')
        for kind, series in points.items():
            line = " ".join(f"{x(sites):.1f},{y(found):.1f}" for sites, found in series)
            parts.append(f'<polyline points="{line}" fill="none" stroke="{colours[kind]}" stroke-width="2"/>')
            parts += [
                f'<circle cx="{x(sites):.1f}" cy="{y(found):.1f}" r="3.5" fill="{colours[kind]}"/>'
                for sites, found in series]
            end = series[-1]
            parts.append(
                f'<text x="{x(end[0]) + 8:.1f}" y="{y(end[1]) + 4:.1f}" fill="{colours[kind]}">{kind}</text>')
        return "".join(parts)

    full = 2 * (left + width + gap)
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{full}" height="{top + height + 34}" '
        'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>'
        + panel(0, f"ms of a site a step, by sites ({LENGTH:,} elements)", lambda row: row["step"]["site_ms"])
        + panel(
            left + width + gap, "KiB of a site a step, both ways",
            lambda row: row["step"]["site_kib_up"] + row["step"]["site_kib_down"])
        + "</svg>\n")


def main() -> int:
    arguments = options("sites", repeats=1)
    use_cores(1)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    try:
        rows = measured(arguments.programs / "konsil-bench")
    except RuntimeError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    plot(rows, arguments.folder / "sites.svg")
    say(f"plot: {arguments.folder / 'sites.svg'}")
    result = {"configuration": arguments.configuration, "length": LENGTH, "steps": STEPS, "rows": rows}
    show("sites", result, text(rows, arguments.configuration), arguments.json)
    return 0


sys.exit(main())
