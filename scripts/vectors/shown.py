"""How values are shown in a vector, and the secrets and sites that vectors share."""

import struct

from . import rules

SITES = ["luxembourg", "strasbourg", "freiburg", "basel"]
PAIRS = [(lower, higher) for higher in range(4) for lower in range(higher)]


def secret(label: str) -> bytes:
    return rules.sha256(b"konsil vectors: " + label.encode())


class Chance:
    """Numbers that a label determines."""

    def __init__(self, label: str):
        self._words = iter(rules.stream(secret(label), 4096))

    def word(self) -> int:
        return next(self._words)

    def uniform(self) -> float:
        """In [-1, 1), a multiple of 2^-52."""
        return (self.word() >> 11) * 2.0**-52 - 1


def bits(value: float) -> str:
    return struct.pack(">d", value).hex()


def real(pattern: str) -> float:
    return struct.unpack(">d", bytes.fromhex(pattern))[0]


def ring(value: int) -> str:
    return f"{value:016x}"


def rings(values) -> list[str]:
    return [ring(value) for value in values]


def flipped(data: bytes, place: int = 0) -> str:
    return (data[:place] + bytes([data[place] ^ 1]) + data[place + 1:]).hex()


def identities(label: str):
    """Four identity seeds, and the sites that hold them."""
    seeds = [secret(f"{label} identity of {site}") for site in SITES]
    return seeds, [
        {"name": site, "identity_seed": seed.hex(), "identity_key": rules.identity(seed).hex()}
        for site, seed in zip(SITES, seeds)
    ]


def segment(name, kind, length, bound, sites, width=rules.WIDTH):
    places = rules.fraction_bits(float(bound), sites, width) if kind == "reals" else 0
    shown = {
        "name": name, "kind": kind, "length": length, "bound": bits(float(bound)), "sites": sites,
        "fraction_bits": places,
    }
    return shown if width == rules.WIDTH else {**shown, "width": width}


def query(name, parameters, segments, is_verified):
    return {
        "name": name, "parameters": [bits(value) for value in parameters], "segments": segments,
        "is_verified": is_verified,
    }


def parts(query):
    """A query's JSON as `rules` takes it."""
    return (
        query["name"], [real(value) for value in query["parameters"]],
        [
            (s["name"], s["length"], real(s["bound"]), s["fraction_bits"], s.get("width", rules.WIDTH),
             s["kind"] == "words")
            for s in query["segments"]
        ],
        query["is_verified"],
    )
