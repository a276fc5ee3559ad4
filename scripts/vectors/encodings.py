"""Canonical encodings and fixed point."""

from . import rules
from .shown import Chance, bits, real, ring


def canonical_encoding():
    def case(label, *values):
        def typed(value):
            kinds = {int: "integer", float: "real", str: "text", bytes: "bytes", list: "list"}
            shown = {
                float: bits, bytes: bytes.hex, list: lambda items: [typed(item) for item in items],
            }.get(type(value), lambda same: same)(value)
            return {"kind": kinds[type(value)], "value": shown}

        return {
            "label": label, "values": [typed(value) for value in values],
            "bytes": rules.canonical(label, *values).hex(),
        }

    return {
        "rule": "integers 8 bytes big-endian; bytes and text with their length; reals by bit pattern; lists with "
        "their count",
        "cases": [
            case("label"), case(""), case("é", 0, 1, -1, (1 << 63) - 1, -(1 << 63)),
            case("label", 0.0, -0.0, 0.1, -1.5, float("inf"), 5e-324),
            case("label", "", "Düsseldorf", b"", b"\x00\xff"),
            case("label", [], [1, 2], ["a", "b"], [[0.5], []]),
        ],
        "distinct": [
            [case("label", "ab", "c"), case("label", "a", "bc"), case("label", "abc"), case("labela", "bc")],
            [case("l", [1], 2), case("l", [1, 2]), case("l", 1, 2), case("l", [[1], 2])],
            [case("l", "a"), case("l", ["a"]), case("l", b"a", b"")],
            [case("l", 0.0), case("l", -0.0), case("l", 5e-324)],
        ],
    }


def fixed_point():
    edge = [float((1 << k) + d) for k in (0, 10, 30, 52) for d in (-1, 0, 1)]
    # Where 2 * bound * 2^f + N = 2^63 exactly, or one step of a double beside it.
    for places, sites in ((0, 1024), (10, 2048), (-3, 4096)):
        exact = ((1 << 63) - sites) / 2 / 2.0**places
        edge += [exact, real(ring(int(bits(exact), 16) - 1))]
    edge += [0.1, 1 / 3, 2.0**-1022, 5e-324, 2.0**899, 720.0, 4 * 2.0**20, 2 * 720 * 0.6931471805599453]
    scales = [
        {"bound": bits(bound), "sites": sites, "fraction_bits": rules.fraction_bits(bound, sites)}
        for bound in edge if bound > 0 for sites in (0, 1, 3, 4, 1024, 2048, 4096, (1 << 20) - 1)
    ]
    chance = Chance("fixed point")
    values = [
        (0, 0.5), (0, 1.5), (0, 2.5), (0, -0.5), (0, -1.5), (0, -2.5), (0, 0.49999999999999994), (0, -0.0),
        (1, 0.25), (1, 0.75), (-1, 1.0), (-1, 3.0), (-1, 5.0), (-4, 24.0), (-4, 40.0), (62, 1.0), (62, -1.0),
        (62, 2.0), (62, -2.0), (63, 1.0), (63, -1.0), (0, 2.0**63), (0, -(2.0**63)), (0, 2.0**63 - 1024),
        (52, 1e300), (1074, 5e-324), (-960, 2.0**1000),
    ] + [
        (places, chance.uniform() * 2.0 ** (62 - places)) for places in range(-60, 120, 3)
    ]
    encodings = [
        {
            "fraction_bits": places, "value": bits(value),
            "element": None if (element := rules.to_ring(value, places)) is None else ring(element),
            "decoded": None if element is None else bits(rules.from_ring(element, places)),
        }
        for places, value in values
    ]
    return {
        "rule": "f is the greatest integer with 2 bound 2^f + sites < 2^63; an element is round(x 2^f), ties to even",
        "scales": scales, "encodings": encodings,
        "no_scale": [
            {"why": why, "bound": bits(bound), "sites": sites}
            for why, bound, sites in [
                ("zero", 0.0, 4), ("negative", -1.0, 4), ("infinite", float("inf"), 4),
                ("not a number", float("nan"), 4),
                ("fewer than no sites", 1.0, -1), ("too many sites", 1.0, 1 << 20), ("2^900", 2.0**900, 4),
            ]
        ],
    }
