"""Held-out scores of constant and of linear leaves, by trees."""

import math
import pathlib

COLOURS = {"constant": "#1f6f8b", "linear": "#c0561c"}
WIDTH, HEIGHT, LEFT, TOP, GAP = 230, 170, 52, 36, 28
COLUMNS = 4


def plot(sets: dict[str, dict], path: pathlib.Path):
    """A panel a set: trees on a logarithmic scale, the lower the better; a dot where a kind comes to the goal."""
    across, down = min(COLUMNS, len(sets)), math.ceil(len(sets) / COLUMNS)
    full_width, full_height = across * (LEFT + WIDTH + GAP), down * (TOP + HEIGHT + 34)
    panels = [
        f'<g transform="translate({place % COLUMNS * (LEFT + WIDTH + GAP)} {place // COLUMNS * (TOP + HEIGHT + 34)})">'
        + panel(name, one, has_names=place == 0) + "</g>"
        for place, (name, one) in enumerate(sets.items())]
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{full_width}" height="{full_height}" '
        'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>'
        + "".join(panels) + "</svg>\n")


def panel(name: str, one: dict, has_names: bool) -> str:
    curves = one["curves"]
    values = [value for curve in curves.values() for value in curve[1:]]
    low, high = min(values), max(values)
    last = len(curves["constant"]) - 1

    def x(trees: int) -> float:
        return LEFT + math.log(trees) / math.log(last) * WIDTH

    def y(value: float) -> float:
        return TOP + (high - value) / (high - low) * HEIGHT

    parts = [f'<text x="{LEFT}" y="{TOP - 12}" font-weight="bold">{name}: {one["score"]}</text>']
    for mark in range(5):
        value = low + mark / 4 * (high - low)
        parts.append(
            f'<line x1="{LEFT}" x2="{LEFT + WIDTH}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="#ddd"/>'
            f'<text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:.3f}</text>')
    for trees in (1, 5, 10, 20, 40, 80, 160):
        if trees <= last:
            parts.append(f'<text x="{x(trees):.1f}" y="{TOP + HEIGHT + 18}" text-anchor="middle">{trees}</text>')
    parts.append(
        f'<line x1="{LEFT}" x2="{LEFT + WIDTH}" y1="{y(one["goal"]):.1f}" y2="{y(one["goal"]):.1f}" stroke="#444" '
        'stroke-dasharray="4 3"/>')
    for row, (kind, curve) in enumerate(curves.items()):
        line = " ".join(f"{x(trees):.1f},{y(curve[trees]):.1f}" for trees in range(1, last + 1))
        parts.append(f'<polyline points="{line}" fill="none" stroke="{COLOURS[kind]}" stroke-width="2"/>')
        fewest = one["fewest_trees"][kind]
        if fewest:
            parts.append(f'<circle cx="{x(fewest):.1f}" cy="{y(curve[fewest]):.1f}" r="4" fill="{COLOURS[kind]}"/>')
        if has_names:
            parts.append(
                f'<text x="{LEFT + WIDTH}" y="{TOP + 14 + 16 * row}" text-anchor="end" fill="{COLOURS[kind]}">'
                f"{kind}</text>")
    return "".join(parts)
