"""Key derivations, names of attempts, and mask streams."""

from . import rules
from .shown import SITES, bits, parts, query, real, ring, rings, secret, segment


def key_schedule():
    shared, setup, attempt = secret("shared secret"), secret("set-up"), secret("attempt")
    lower_key, higher_key, ciphertext = b"\x01" * 1216, bytes(range(256)) * 4, secret("ciphertext")
    root = rules.pair_root(shared, lower_key, higher_key, ciphertext, setup, 0, 3)
    chain = [root]
    for step in range(2, 6):
        chain.append(rules.next_root(chain[-1], step))
    return {
        "rule": "HKDF-SHA-256 without salt, 32 bytes; info is the canonical encoding under the label named",
        "pair_root": {
            "shared_secret": shared.hex(), "lower_key": lower_key.hex(), "higher_key": higher_key.hex(),
            "ciphertext_digest": ciphertext.hex(), "setup": setup.hex(), "lower": 0, "higher": 3,
            "root": root.hex(), "other_way_round": rules.pair_root(
                shared, lower_key, higher_key, ciphertext, setup, 3, 0).hex(),
            "seal": rules.pair_root(
                shared, lower_key, higher_key, ciphertext, setup, 0, 3, "konsil/v1/pair-seal").hex(),
        },
        "mask": {"root": root.hex(), "attempt": attempt.hex(), "key": rules.mask_key(root, attempt).hex()},
        "next": [
            {"root": before.hex(), "step": step, "next": after.hex()}
            for step, before, after in zip(range(2, 6), chain, chain[1:])
        ],
        "journal_digest": {
            "key": shared.hex(), "counts": [3, -1, 1 << 40],
            "digest": rules.journal_digest(shared, [3, rules.RING - 1, 1 << 40]).hex()},
        "checks": [
            {"attempt": attempt.hex(), "width": width, "repetition": repetition,
             "key": rules.check_key(attempt, width, repetition).hex()}
            for width, repetition in ((rules.WIDTH, 0), (32, 1), (8, 7))
        ],
    }


def attempt_names():
    base = {
        "setup": secret("D").hex(), "step": 5, "number": 0, "sites": SITES,
        "query": query(
            "newton", [0.5, -0.25],
            [segment("gradient", "reals", 2, 1440.0, 4), segment("rows", "counts", 1, 4096, 4)], False),
        "sums": [{"step": 1, "values": [[bits(4.0)]]}, {"step": 2, "values": [[bits(720.0)], [bits(0.5), bits(1.5)]]}],
    }

    def changed(why, **changes):
        case = {**base, **changes}
        basis = rules.basis(
            [(s["step"], [[real(v) for v in values] for values in s["values"]]) for s in case["sums"]])
        if "followed" in case:
            basis = rules.followed_basis(basis, [bytes.fromhex(digest) for digest in case["followed"]])
        return {
            "why": why, **case, "basis": basis.hex(), "query_digest": rules.query_digest(parts(case["query"])).hex(),
            "attempt": rules.attempt_digest(
                bytes.fromhex(case["setup"]), case["step"], case["number"], parts(case["query"]), case["sites"],
                basis).hex(),
        }

    def other_query(**changes):
        return {**base["query"], **changes}

    gradient, rows = base["query"]["segments"]
    bit = bytearray(bytes.fromhex(base["setup"]))
    bit[31] ^= 1
    cases = [
        changed("as it is"),
        changed("one bit of D", setup=bit.hex()),
        changed("the next step", step=6),
        changed("another attempt", number=1),
        changed("one site less", sites=SITES[:3]),
        changed("sites in another order", sites=[SITES[1], SITES[0], *SITES[2:]]),
        changed("another query", query=other_query(name="Newton")),
        changed("last bit of a parameter", query=other_query(
            parameters=[f"{int(bits(0.5), 16) + 1:016x}", bits(-0.25)])),
        changed("minus zero", query=other_query(parameters=[bits(-0.0), bits(-0.25)])),
        changed("zero", query=other_query(parameters=[bits(0.0), bits(-0.25)])),
        changed("a parameter less", query=other_query(parameters=[bits(0.5)])),
        changed("a segment's name", query=other_query(segments=[{**gradient, "name": "gradients"}, rows])),
        changed("a segment's length", query=other_query(segments=[{**gradient, "length": 3}, rows])),
        changed("a segment's bound", query=other_query(segments=[segment("gradient", "reals", 2, 1441.0, 4), rows])),
        changed("a segment's scale", query=other_query(segments=[segment("gradient", "counts", 2, 1440, 4), rows])),
        changed("a segment's ring", query=other_query(segments=[gradient, segment("rows", "counts", 1, 4096, 4, 32)])),
        changed("a segment of words", query=other_query(segments=[gradient, segment("rows", "words", 1, 0, 4)])),
        changed("words of another ring", query=other_query(
            segments=[gradient, segment("rows", "words", 1, 0, 4, 8)])),
        changed("segments in another order", query=other_query(segments=[rows, gradient])),
        changed("verified", query=other_query(is_verified=True)),
        changed("another verified sum", sums=[
            base["sums"][0], {"step": 2, "values": [[bits(721.0)], [bits(0.5), bits(1.5)]]}]),
        changed("a verified sum less", sums=base["sums"][:1]),
        changed("a verified sum of another step", sums=[base["sums"][0], {**base["sums"][1], "step": 3}]),
        changed("no verified sum", sums=[]),
        changed("after a query", followed=[secret("one query").hex()]),
        changed("after another query", followed=[secret("another query").hex()]),
        changed("after both", followed=[secret("one query").hex(), secret("another query").hex()]),
        changed("after both in another order", followed=[secret("another query").hex(), secret("one query").hex()]),
    ]
    assert len({case["attempt"] for case in cases}) == len(cases)
    return {
        "rule": "T = SHA-256(canonical encoding of (D, k, a, query, V, basis)); every change gives another",
        "cases": cases}


def mask_stream():
    cases = []
    for label, count in (("mask stream", 8), ("mask stream", 2049), ("another mask stream", 5000)):
        words = rules.stream(secret(label), count)
        cases.append({
            "key": secret(label).hex(), "count": count, "first": rings(words[:8]),
            "words": [{"index": i, "word": ring(words[i])} for i in (2046, 2047, 2048, 4096, 4999) if i < count],
            "digest": rules.vector_digest(words).hex(),
        })
    attempt = secret("attempt of a check")
    checks = []
    for count in (1, 5, 2048, 2050):
        elements = rules.stream(secret(f"elements {count}"), count)
        checks.append({
            "attempt": attempt.hex(), "elements_from": secret(f"elements {count}").hex(), "count": count,
            "value": ring(rules.check_element(attempt, elements)),
        })
    return {
        "rule": "AES-256-CTR, zero IV, little-endian words; the check is the inner product with its key's stream",
        "streams": cases, "checks": checks}


def vector_digests():
    label = "elements of a digest"
    lengths = [0, 1, 7, 8, 9, 160, 161, 167, 168, 169, 335, 336, 337, 1002, 5000]
    return {
        "rule": "SHA-256(canonical encoding of (count, TurboSHAKE128 of eight columns)); elements are the mask stream's",
        "elements_from": secret(label).hex(),
        "cases": [
            {"count": count, "digest": rules.vector_digest(rules.stream(secret(label), count)).hex()}
            for count in lengths],
    }
