"""How boosted trees' time and bytes grow, over masked sites in one process."""

import math
import pathlib

from common import say

STEPS = {
    "sites": [4, 10, 25],
    "rows": [25_000, 50_000, 100_000, 200_000],
    "columns": [10, 25, 50, 100],
    "bins": [31, 63, 127, 255],
}


def growth(konsil, shape: dict, sites: int, bins: int) -> dict[str, list[dict]]:
    """One of four things is moved at a time, the others stay.

    - konsil: trains with `threads`, `sites`, `rows`, `columns` and `bins`.
    """
    usual = {"sites": sites, "rows": shape["rows"], "columns": shape["columns"], "bins": bins}
    tables: dict[str, list[dict]] = {}
    for name, values in STEPS.items():
        tables[name] = []
        for value in values:
            say(f"growth: {value} {name}")
            run = konsil(2, **(usual | {name: value}))
            tables[name].append({name: value, "seconds": run["seconds"], "site_bytes": run["site_bytes"]})
    return tables


def table_text(tables: dict[str, list[dict]]) -> str:
    lines = ["masked sites in one process: seconds, and MiB that a site sends"]
    for name, rows in tables.items():
        lines.append(f"  {name:>10} " + " ".join(f"{row[name]:>9,}" for row in rows))
        lines.append("     seconds " + " ".join(f"{row['seconds']:9.2f}" for row in rows))
        lines.append("         MiB " + " ".join(f"{row['site_bytes'] / (1 << 20):9.1f}" for row in rows))
    return "\n".join(lines)


def plot(tables: dict[str, list[dict]], path: pathlib.Path):
    """Seconds of each table, both scales logarithmic."""
    width, height, left, top, gap = 220, 180, 44, 34, 30
    values = [row["seconds"] for rows in tables.values() for row in rows]
    low, high = 2 ** math.floor(math.log2(min(values))), 2 ** math.ceil(math.log2(max(values)))

    def panel(offset: int, name: str, rows: list[dict]) -> str:
        first, last = math.log(rows[0][name]), math.log(rows[-1][name])

        def x(value: float) -> float:
            return offset + left + (math.log(value) - first) / (last - first) * width

        def y(seconds: float) -> float:
            return top + height - math.log(seconds / low) / math.log(high / low) * height

        parts = [f'<text x="{offset + left}" y="{top - 12}" font-weight="bold">seconds by {name}</text>']
        mark = low
        while mark <= high:
            parts.append(
                f'<line x1="{offset + left}" x2="{offset + left + width}" y1="{y(mark):.1f}" y2="{y(mark):.1f}" '
                f'stroke="#ddd"/><text x="{offset + left - 6}" y="{y(mark) + 4:.1f}" text-anchor="end">{mark:g}</text>')
            mark *= 2
        line = " ".join(f"{x(row[name]):.1f},{y(row['seconds']):.1f}" for row in rows)
        parts.append(f'<polyline points="{line}" fill="none" stroke="#1f6f8b" stroke-width="2"/>')
        for row in rows:
            parts.append(
                f'<circle cx="{x(row[name]):.1f}" cy="{y(row["seconds"]):.1f}" r="3.5" fill="#1f6f8b"/>'
                f'<text x="{x(row[name]):.1f}" y="{top + height + 18}" text-anchor="middle">{row[name]:,}</text>')
        return "".join(parts)

    full = len(tables) * (left + width + gap)
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{full}" height="{top + height + 34}" '
        'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>'
        + "".join(panel(place * (left + width + gap), name, rows) for place, (name, rows) in enumerate(tables.items()))
        + "</svg>\n")
