"""Masked sums, contributions that a summation refuses, and the secrets of one step."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from . import rules
from .shown import (
    PAIRS, SITES, Chance, bits, identities, parts, query, real, ring, rings, secret, segment)


def encoded(query, values):
    return [
        rules.to_ring(value, part["fraction_bits"], part.get("width", rules.WIDTH))
        for part, column in zip(query["segments"], values) for value in column
    ]


def fixed_step():
    seeds, sites = identities("step")
    setup = secret("D of a step")
    roots = {pair: secret(f"root of {pair}") for pair in PAIRS}
    result = {
        "rule": "three steps of four sites from these roots: one answered, one withheld by freiburg, one long",
        "setup": setup.hex(), "sites": sites, "steps": [],
        "roots": [{"lower": i, "higher": j, "root": roots[i, j].hex()} for i, j in PAIRS],
    }
    newton = query(
        "newton", [-0.5, 0.25, 0.0],
        [segment("log-likelihood", "reals", 1, 2000.0, 4), segment("gradient", "reals", 3, 1440.0, 4),
         segment("hessian", "reals", 6, 360.0, 4), segment("rows", "counts", 2, 4096, 4)], False)
    long = query("long", [], [segment("counts", "counts", 5000, 1 << 22, 4)], True)
    chance = Chance("steps")
    for step, asked, basis_sums in ((7, newton, []), (8, newton, [(7, [[1.0]])]), (9, long, [])):
        basis = rules.basis(basis_sums)
        attempt = rules.attempt_digest(setup, step, 0, parts(asked), SITES, basis)
        entry = {
            "step": step, "query": asked, "basis": basis.hex(), "attempt": attempt.hex(),
            "mask_keys": [
                {"lower": i, "higher": j, "key": rules.mask_key(roots[i, j], attempt).hex()} for i, j in PAIRS],
            "contributions": [],
        }
        total = [0] * (sum(part["length"] for part in asked["segments"]) + 2)
        for index, site in enumerate(SITES):
            contribution = {"site": site}
            withheld = 0
            if asked is long:
                values = [[float((index + 1) * (k + 7) * 2654435761 % (1 << 20)) for k in range(5000)]]
                elements = encoded(asked, values)
            elif step == 8 and site == "freiburg":
                elements = [chance.word() for _ in range(12)]
                withheld = chance.word() | 1
                contribution.update(noise=rings(elements))
            else:
                values = [
                    [chance.uniform() * real(part["bound"]) / 4 if part["kind"] == "reals"
                     else float(chance.word() % 1024) for _ in range(part["length"])]
                    for part in asked["segments"]
                ]
                elements = encoded(asked, values)
                contribution.update(values=[[bits(v) for v in column] for column in values], elements=rings(elements))
            vector = elements + [withheld]
            vector.append(rules.check_element(attempt, vector))
            contribution.update(withheld=ring(withheld), check=ring(vector[-1]))
            others = {j if i == index else i: root for (i, j), root in roots.items() if index in (i, j)}
            y = rules.masked(vector, index, others, attempt)
            statement = rules.contribution_statement(attempt, site, y)
            if asked is not long:
                contribution.update(vector=rings(y))
            contribution.update(
                vector_digest=rules.vector_digest(y).hex(), statement=statement.hex(),
                signature=rules.sign(seeds[index], "konsil/v1/contribution", statement).hex())
            entry["contributions"].append(contribution)
            total = [(a + b) % rules.RING for a, b in zip(total, y)]
        assert rules.check_element(attempt, total[:-1]) == total[-1]
        entry["outcome"] = "void" if total[-2] else "sum"
        entry["sum_digest"] = rules.vector_digest(total[:-2]).hex()
        if asked is not long:
            entry["sum"] = rings(total[:-2])
        result["steps"].append(entry)
        roots = {pair: rules.next_root(root, step + 1) for pair, root in roots.items()}
    result["last_roots"] = [{"lower": i, "higher": j, "root": roots[i, j].hex()} for i, j in PAIRS]
    return result


RINGS = range(8, 65, 8)


def ring_segments():
    """Numbers in every ring, then words in every ring, some rings twice."""
    numbers = [segment(f"counts {w}", "counts", 3, (1 << min(w - 1, 40)) - 1, 4, w) for w in RINGS]
    numbers += [segment(f"reals {w}", "reals", 2, 0.3 * w, 4, w) for w in reversed(RINGS)]
    words = [segment(f"words {w}", "words", 3, 0, 4, w) for w in RINGS]
    return numbers, words + [segment("none", "words", 0, 0, 4, 16), segment("again", "words", 5, 0, 4, 24)]


def rings_of_a_step():
    seeds, sites = identities("rings")
    setup, basis = secret("D of rings"), rules.basis([])
    roots = {pair: secret(f"ring root of {pair}") for pair in PAIRS}
    chance = Chance("rings")
    result = {
        "rule": "two steps of four sites, of numbers and of words in every ring, to their bounds; and scales by ring",
        "scales": [
            {"bound": bits(bound), "sites": count, "width": width,
             "fraction_bits": rules.fraction_bits(bound, count, width)}
            for width in RINGS for count in (0, 3, 4, 100)
            # The second is where 2 * bound * 2^f + N is less than 2^(w - 1) by a part of a unit.
            for bound in (1.0, ((1 << (width - 1)) - count - 0.25) / 4, 0.3, 720.0)
        ],
        "setup": setup.hex(), "sites": sites, "steps": [],
        "roots": [{"lower": i, "higher": j, "root": roots[i, j].hex()} for i, j in PAIRS],
    }
    for step, segments in enumerate(ring_segments(), 1):
        asked = query("rings", [], segments, False)
        attempt = rules.attempt_digest(setup, step, 0, parts(asked), SITES, basis)
        layout = rules.widths(parts(asked))
        entry = {
            "step": step, "query": asked, "basis": basis.hex(), "attempt": attempt.hex(),
            "mask_keys": [
                {"lower": i, "higher": j, "key": rules.mask_key(roots[i, j], attempt).hex()} for i, j in PAIRS],
            "contributions": [],
        }
        plain, total = [0] * len(layout), [0] * len(layout)
        for index, site in enumerate(SITES):
            contribution = {"site": site}
            if step == 1:
                # One site has the bound, two cancel, all have a quarter.
                values = [
                    [real(s["bound"]) * share if s["kind"] == "reals" else float(int(real(s["bound"]) * share))
                     for share in ((1, 0, 0, 0)[index], (1, -1, 0.25, -0.25)[index], 0.25)[:s["length"]]]
                    for s in segments
                ]
                elements = encoded(asked, values)
                contribution.update(values=[[bits(v) for v in column] for column in values])
            else:
                elements = rules.cut(
                    [0xFFFFFFFFFFFFFFFF if place % 3 == 0 else chance.word() for place in range(len(layout) - 25)],
                    layout[:-25])
            vector = elements + [0]
            vector += rules.checks(attempt, vector, parts(asked))
            y = rules.masked(
                vector, index, {j if i == index else i: root for (i, j), root in roots.items() if index in (i, j)},
                attempt, layout)
            statement = rules.contribution_statement(attempt, site, y)
            contribution.update(
                elements=rings(elements), withheld=ring(0), check=ring(vector[-1]), vector=rings(y),
                vector_digest=rules.vector_digest(y).hex(), statement=statement.hex(),
                signature=rules.sign(seeds[index], "konsil/v1/contribution", statement).hex())
            entry["contributions"].append(contribution)
            plain = [a + b for a, b in zip(plain, vector)]
            total = [a + b for a, b in zip(total, y)]
        total = rules.cut(total, layout)
        assert total == rules.cut(plain, layout)
        assert rules.checks(attempt, total[:-24], parts(asked)) == total[-24:]
        entry["outcome"] = "sum"
        entry["sum"] = rings(total[:-25])
        entry["sum_digest"] = rules.vector_digest(total[:-25]).hex()
        result["steps"].append(entry)
        roots = {pair: rules.next_root(root, step + 1) for pair, root in roots.items()}
    result["last_roots"] = [{"lower": i, "higher": j, "root": roots[i, j].hex()} for i, j in PAIRS]
    return result


def contribution_bad(good):
    """Changes to one contribution of step 7 that a summation refuses, and does not add."""
    seeds, sites = identities("step")
    step = good["steps"][0]
    attempt, site = bytes.fromhex(step["attempt"]), SITES[1]
    y = [int(element, 16) for element in step["contributions"][1]["vector"]]

    def signed(vector=y, attempt=attempt, named=site, seed=seeds[1], label="konsil/v1/contribution"):
        statement = rules.contribution_statement(attempt, named, vector)
        return {"vector": rings(vector), "signature": rules.sign(seed, label, statement).hex()}

    changed = [y[0] ^ 1, *y[1:]]
    other = secret("another T")
    cases = [
        ("a bit of y changed", {"vector": rings(changed)}, "bad-signature"),
        ("y shifted by one element", {"vector": rings(y[1:] + y[:1])}, "bad-signature"),
        ("signed by another site", signed(seed=seeds[0]), "bad-signature"),
        ("signed for another site", signed(named=SITES[0]), "bad-signature"),
        ("signed for another T", signed(attempt=other), "bad-signature"),
        ("signed as a list of ciphertexts", signed(label="konsil/v1/ciphertexts"), "bad-signature"),
        ("another site's contribution", {
            key: step["contributions"][0][key] for key in ("vector", "signature")}, "bad-signature"),
        ("another T, signed", {"attempt": other.hex(), **signed(attempt=other)}, "wrong-attempt"),
        ("T of the next step", {
            "attempt": good["steps"][1]["attempt"], "vector": good["steps"][1]["contributions"][1]["vector"],
            "signature": good["steps"][1]["contributions"][1]["signature"]}, "wrong-attempt"),
        ("an element less, signed", signed(vector=y[:-1]), "wrong-length"),
        ("an element more, signed", signed(vector=[*y, 0]), "wrong-length"),
        ("empty, signed", signed(vector=[]), "wrong-length"),
        ("a site of no roster, signed", {"site": "nowhere", **signed(named="nowhere")}, "wrong-roster"),
    ]
    signature_fails = 0
    for why, change, code in cases:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(sites[1]["identity_key"]))
        vector = [int(element, 16) for element in change["vector"]]
        message = b"konsil/v1/contribution\0" + rules.contribution_statement(attempt, site, vector)
        try:
            key.verify(bytes.fromhex(change.get("signature", step["contributions"][1]["signature"])), message)
            assert code != "bad-signature", why
        except InvalidSignature:
            signature_fails += code == "bad-signature"
    assert signature_fails == sum(code == "bad-signature" for _, _, code in cases)
    return {
        "rule": "changes to strasbourg's contribution to step 7 of fixed-step.json, each refused with this code",
        "cases": [{"why": why, "change": change, "code": code} for why, change, code in cases],
        "cancels_not": {
            "why": "one bit of y changed and signed anew: the masks do not cancel", "change": signed(vector=changed),
            "code": "masks-do-not-cancel"},
    }


def secrets_of_a_step(existing):
    """Secrets used by no other vector, so that a test can look for them in its own memory."""
    seeds, sites = identities("memory")
    setup, attempt_step = secret("memory D"), 4
    asked = query("newton", [1.0], [segment("gradient", "reals", 300, 10.0, 4)], False)
    attempt = rules.attempt_digest(setup, attempt_step, 0, parts(asked), SITES, rules.basis([]))
    values = [[real(bits(1.0 / (k + 3))) for k in range(300)]]
    peers = []
    for peer in (0, 1, 3):
        root = secret(f"memory root with {peer}")
        key, following = rules.mask_key(root, attempt), rules.next_root(root, attempt_step + 1)
        peers.append({
            "peer": peer, "root": root.hex(), "root_extracted": rules.hkdf_extract(root).hex(),
            "mask_key": key.hex(), "mask": rules.words(rules.stream(key, 4)).hex(), "next_root": following.hex(),
        })
    seed = secret("memory X-Wing")
    mlkem, x25519, public = rules.xwing_keys(seed)
    ciphertext = (
        bytes.fromhex(existing["xwing"]["ciphertext"]) if existing else rules.xwing_encapsulate(public))
    shared = rules.xwing_decapsulate(seed, ciphertext)
    return {
        "rule": "what freiburg must have forgotten once it has sent step 4, and a receiver once set-up is done",
        "setup": setup.hex(), "sites": sites, "site": "freiburg", "step": attempt_step, "query": asked,
        "attempt": attempt.hex(), "values": [[bits(v) for v in column] for column in values],
        "elements": rules.words(encoded(asked, values)).hex(), "peers": peers,
        "xwing": {
            "seed": seed.hex(), "x25519": x25519.private_bytes_raw().hex(),
            "mlkem_rejection": mlkem.private_bytes_raw()[32:].hex(), "public_key": public.hex(),
            "ciphertext": ciphertext.hex(), "shared_secret": shared.hex(),
            "shared_secret_extracted": rules.hkdf_extract(shared).hex()},
    }
