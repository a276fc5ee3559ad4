"""A step under `membership: tolerant` in which a site is lost, and what must be refused in it."""

from . import rules
from .shown import PAIRS, SITES, Chance, flipped, identities, parts, query, rings, secret, segment

THRESHOLD = 3
STEP = 12
ASKED = query(
    "tolerant", [0.5],
    [segment("sums", "words", 2, 0, 4), segment("gradients", "words", 3, 0, 4, 32), segment("flags", "words", 4, 0, 4, 8)],
    True)


def of_index(pairs, index):
    """By the other site's index."""
    return {j if i == index else i: value for (i, j), value in pairs.items() if index in (i, j)}


def deal(number, index, sites, attempt, seals, b=None, terms=None):
    """What a site deals: everything but its signature."""
    dealer = SITES[index]
    b = b or secret(f"b of {dealer} in attempt {number}")
    terms = terms or rules.coefficients(b, attempt, THRESHOLD)
    shares = [rules.share(b, terms, place + 1) for place in range(len(sites))]
    others = of_index(seals, index)
    keys = [
        None if site == dealer else rules.share_key(others[SITES.index(site)], attempt, dealer, site) for site in sites]
    sealed = [b"" if key is None else rules.seal(share, key) for key, share in zip(keys, shares)]
    digests = [rules.share_digest(share, attempt, dealer, site) for site, share in zip(sites, shares)]
    return {
        "secret": b, "terms": terms, "shares": shares, "keys": keys, "sealed": sealed, "share_digests": digests,
        "secret_digest": rules.secret_digest(b, attempt, dealer),
    }


def dealing_of(dealt):
    return {
        "secret_digest": dealt["secret_digest"].hex(), "share_digests": [d.hex() for d in dealt["share_digests"]],
        "sealed": [s.hex() for s in dealt["sealed"]],
    }


def signed(seed, attempt, site, vector, dealing, label="konsil/v1/contribution"):
    digest = None if dealing is None else rules.dealing_digest(
        bytes.fromhex(dealing["secret_digest"]), [bytes.fromhex(d) for d in dealing["share_digests"]],
        [bytes.fromhex(s) for s in dealing["sealed"]])
    statement = rules.contribution_statement(attempt, site, vector, digest)
    return statement, rules.sign(seed, label, statement)


def opening(site, shares):
    return {"site": site, "shares": [share.hex() for share in shares]}


def complaint(seed, attempt, site, dealer, label="konsil/v1/complaint"):
    statement = rules.complaint_statement(attempt, site, dealer)
    return {
        "site": site, "dealer": dealer, "statement": statement.hex(),
        "signature": rules.sign(seed, label, statement).hex()}


def whole():
    """The step, and what its bad vectors are made of."""
    seeds, sites = identities("tolerant")
    setup, basis = secret("D of a tolerant step"), rules.basis([(3, [[2.0]])])
    masks = {pair: secret(f"tolerant root of {pair}") for pair in PAIRS}
    seals = {pair: secret(f"tolerant seal of {pair}") for pair in PAIRS}
    asked = parts(ASKED)
    layout = rules.widths(asked)
    chance = Chance("tolerant step")
    elements = [
        rules.cut([chance.word() for _ in range(9)], layout[:9]) for _ in SITES]
    attempts, dealt, digests = [], [], []
    for number, names in ((0, SITES), (2, SITES[:3])):
        attempt = rules.attempt_digest(setup, STEP, number, asked, names, basis)
        digests.append(attempt)
        entry = {
            "number": number, "sites": names, "attempt": attempt.hex(), "contributions": [],
            "mask_keys": [
                {"lower": i, "higher": j, "key": rules.mask_key(masks[i, j], attempt).hex()}
                for i, j in PAIRS if j < len(names)],
        }
        dealt.append([])
        # Basel is lost before its vector for all four is there.
        for index, name in enumerate(SITES[:3]):
            deal_of_site = deal(number, index, names, attempt, seals)
            dealt[-1].append(deal_of_site)
            vector = elements[index] + [0]
            vector += rules.checks(attempt, vector, asked)
            own = rules.stream(rules.own_mask_key(deal_of_site["secret"], attempt), len(vector))
            roots = {other: root for other, root in of_index(masks, index).items() if other < len(names)}
            y = rules.masked([x + m for x, m in zip(vector, own)], index, roots, attempt, layout)
            dealing = dealing_of(deal_of_site)
            statement, signature = signed(seeds[index], attempt, name, y, dealing)
            entry["contributions"].append({
                "site": name, "secret": deal_of_site["secret"].hex(),
                "own_mask_key": rules.own_mask_key(deal_of_site["secret"], attempt).hex(),
                "coefficient_key": rules.coefficient_key(deal_of_site["secret"], attempt).hex(),
                "coefficients": b"".join(deal_of_site["terms"]).hex(),
                "shares": [share.hex() for share in deal_of_site["shares"]],
                "share_keys": ["" if key is None else key.hex() for key in deal_of_site["keys"]],
                "dealing": dealing,
                "dealing_digest": rules.dealing_digest(
                    deal_of_site["secret_digest"], deal_of_site["share_digests"], deal_of_site["sealed"]).hex(),
                "vector": rings(y), "statement": statement.hex(), "signature": signature.hex(),
            })
        attempts.append(entry)
    attempt = digests[1]
    given = [[dealt[1][dealer]["shares"][place] for dealer in range(3)] for place in range(3)]
    for dealer in range(3):
        assert rules.opened({place + 1: given[place][dealer] for place in range(3)}) == dealt[1][dealer]["secret"]
    total = [sum(column) for column in zip(*(
        [int(x, 16) for x in entry["vector"]] for entry in attempts[1]["contributions"]))]
    for deal_of_site in dealt[1]:
        mask = rules.stream(rules.own_mask_key(deal_of_site["secret"], attempt), len(total))
        total = [value - m for value, m in zip(total, mask)]
    total = rules.cut(total, layout)
    assert rules.checks(attempt, total[:10], asked) == total[10:] and total[9] == 0
    assert total[:9] == rules.cut([sum(column) for column in zip(*elements[:3])], layout[:9])
    document = {
        "rule": "basel is lost before its vector is there; the step is asked again over the three others and opens",
        "setup": setup.hex(), "sites": sites, "threshold": THRESHOLD, "step": STEP, "query": ASKED,
        "basis": basis.hex(),
        "pairs": [
            {"lower": i, "higher": j, "root": masks[i, j].hex(), "seal": seals[i, j].hex(),
             "next_root": rules.next_root(masks[i, j], STEP + 1).hex(),
             "next_seal": rules.next_root(seals[i, j], STEP + 1).hex()} for i, j in PAIRS],
        "elements": [rings(values) for values in elements], "attempts": attempts,
        "openings": [opening(SITES[index], given[index]) for index in range(3)],
        "complaint": complaint(seeds[2], attempt, SITES[2], SITES[1]),
        "sum": rings(total[:9]),
    }
    return document, seeds, digests, dealt, given, seals


def tolerant_step():
    return whole()[0]


def tolerant_bad():
    good, seeds, digests, dealt, given, seals = whole()
    attempt, site, seed = digests[1], SITES[1], seeds[1]
    sent = good["attempts"][1]["contributions"][1]
    y = [int(element, 16) for element in sent["vector"]]
    dealing = sent["dealing"]

    def changed(vector=y, label="konsil/v1/contribution", seed=seed, attempt=attempt, **changes):
        altered = {**dealing, **changes}
        return {
            "vector": rings(vector), "dealing": altered,
            "signature": signed(seed, attempt, site, vector, altered, label)[1].hex()}

    sealed, shares = dealing["sealed"], dealing["share_digests"]
    contributions = [
        ("a bit of a sealed share changed", {"dealing": {**dealing, "sealed": [flipped(bytes.fromhex(sealed[0])), *sealed[1:]]}},
         "bad-signature"),
        ("a bit of a share's digest changed",
         {"dealing": {**dealing, "share_digests": [flipped(bytes.fromhex(shares[0])), *shares[1:]]}}, "bad-signature"),
        ("a bit of the secret's digest changed",
         {"dealing": {**dealing, "secret_digest": flipped(bytes.fromhex(dealing["secret_digest"]))}}, "bad-signature"),
        ("two sealed shares swapped", {"dealing": {**dealing, "sealed": [sealed[2], sealed[1], sealed[0]]}},
         "bad-signature"),
        ("a bit of y changed", {"vector": rings([y[0] ^ 1, *y[1:]])}, "bad-signature"),
        ("the dealing of another site", {"dealing": good["attempts"][1]["contributions"][0]["dealing"]}, "wrong-length"),
        ("signed as a complaint", changed(label="konsil/v1/complaint"), "bad-signature"),
        ("signed by another site", changed(seed=seeds[0]), "bad-signature"),
        ("of the attempt before", {
            "attempt": good["attempts"][0]["attempt"],
            **{key: good["attempts"][0]["contributions"][1][key] for key in ("vector", "dealing", "signature")}},
         "wrong-attempt"),
        ("a share less, signed", changed(share_digests=shares[:2]), "wrong-length"),
        ("a sealed share less, signed", changed(sealed=sealed[:2]), "wrong-length"),
        ("a sealed share one byte short, signed", changed(sealed=[sealed[0][:-2], *sealed[1:]]), "wrong-length"),
        ("no share for a site, signed", changed(sealed=["", *sealed[1:]]), "wrong-length"),
        ("a sealed share for itself, signed", changed(sealed=[sealed[0], sealed[0], sealed[2]]), "wrong-length"),
        ("an element outside its ring, signed", changed(vector=[*y[:5], y[5] + 256, *y[6:]]), "wrong-length"),
        ("an element less, signed", changed(vector=y[:-1]), "wrong-length"),
    ]

    def answer(index, shares):
        return opening(SITES[index], shares)

    bit = [given[1][0], bytes.fromhex(flipped(given[1][1])), given[1][2]]
    openings = [
        ("a bit of a share changed", answer(1, bit), "false-share"),
        ("two shares swapped", answer(1, [given[1][1], given[1][0], given[1][2]]), "false-share"),
        ("shares of another place", answer(1, given[0]), "false-share"),
        ("shares of the attempt before",
         answer(1, [dealt[0][dealer]["shares"][1] for dealer in range(3)]), "false-share"),
        ("a share one byte short", answer(1, [given[1][0][:-1], *given[1][1:]]), "false-share"),
        ("a share less", answer(1, given[1][:2]), "wrong-length"),
        ("a share more", answer(1, [*given[1], given[1][0]]), "wrong-length"),
        ("of the attempt before", {**answer(1, given[1]), "attempt": digests[0].hex()}, "wrong-attempt"),
        ("of the site that is lost", answer(3, given[1]), "wrong-roster"),
    ]
    complaints = [
        ("about itself", complaint(seeds[1], attempt, SITES[1], SITES[1])),
        ("about the site that is lost", complaint(seeds[1], attempt, SITES[1], SITES[3])),
        ("about the attempt before", complaint(seeds[1], digests[0], SITES[1], SITES[2])),
        ("signed by another site", complaint(seeds[0], attempt, SITES[1], SITES[2])),
        ("signed as a contribution", complaint(seeds[1], attempt, SITES[1], SITES[2], label="konsil/v1/contribution")),
        ("of the site that is lost", complaint(seeds[3], attempt, SITES[3], SITES[2])),
    ]

    def dealer(why, **changes):
        """A dealing by strasbourg, well signed and well sealed, that is not the one that its secret gives."""
        bad = deal(2, 1, SITES[:3], attempt, seals, **{k: v for k, v in changes.items() if k in ("b", "terms")})
        if "digest_of" in changes:
            bad["secret_digest"] = rules.secret_digest(changes["digest_of"], attempt, site)
        altered = dealing_of(bad)
        answers = [
            answer(index, [given[index][0], bad["shares"][index], given[index][2]]) for index in range(3)]
        return {
            "why": why, "dealing": altered, "signature": signed(seed, attempt, site, y, altered)[1].hex(),
            "openings": answers, "code": "false-share"}

    b = dealt[1][1]["secret"]
    dealers = [
        dealer("coefficients of its own choice", b=b, terms=[secret("one"), secret("another")]),
        dealer("a polynomial of too high a degree", b=b, terms=[*dealt[1][1]["terms"], secret("third")]),
        dealer("the digest of another secret", b=b, digest_of=secret("another b")),
    ]
    attempts = [
        {"why": why, "number": number, "sites": names, "code": code}
        for why, number, names, code in [
            ("itself alone", 1, [SITES[2]], "wrong-roster"),
            ("fewer than the threshold", 1, SITES[1:3], "wrong-roster"),
            ("without itself", 1, [SITES[0], SITES[1], SITES[3]], "wrong-roster"),
            ("the same sites again", 1, SITES, "wrong-roster"),
            ("a site beyond the roster", 1, [*SITES[:3], "nancy"], "wrong-roster"),
            ("another order", 1, [SITES[1], SITES[0], SITES[2]], "wrong-roster"),
            ("a site twice", 1, [SITES[0], SITES[2], SITES[2]], "wrong-roster"),
            ("no sites", 1, [], "wrong-roster"),
            ("the number of the attempt before", 0, SITES[:3], "out-of-order"),
            ("a number below 0", -1, SITES[:3], "wrong-roster"),
        ]
    ]
    return {
        "rule": "changes to tolerant-step.json that are refused with this code, naming strasbourg where it sent them",
        "contributions": [{"why": why, "change": change, "code": code} for why, change, code in contributions],
        "openings": [{"why": why, "opening": shown, "code": code} for why, shown, code in openings],
        "complaints": [{"why": why, "complaint": shown, "code": "bad-signature"} for why, shown in complaints],
        "dealers": dealers,
        "attempts": {"site": SITES[2], "after": 0, "cases": attempts},
    }


def secrets_of_a_tolerant_step():
    """Secrets used by no other vector, so that a test can look for them in its own memory."""
    return {
        "rule": "what freiburg must have forgotten once it has sent, answered, complained about or left step 6",
        # What is answered is said, so its shares may stand in memory later.
        "answered": secrets_of("answered memory"), "not_answered": secrets_of("unanswered memory"),
    }


def secrets_of(label):
    _, sites = identities(label)
    setup, step, index = secret(f"{label} D"), 6, 2
    asked = query(
        "tolerant", [2.0], [segment("sums", "words", 300, 0, 4), segment("flags", "words", 10, 0, 4, 8)], False)
    attempt = rules.attempt_digest(setup, step, 0, parts(asked), SITES, rules.basis([]))
    layout = rules.widths(parts(asked))
    masks = {pair: secret(f"{label} root of {pair}") for pair in PAIRS}
    seals = {pair: secret(f"{label} seal of {pair}") for pair in PAIRS}
    chance = Chance(label)
    elements = rules.cut([chance.word() for _ in range(310)], layout[:310])
    b = secret(f"{label} b")
    own = deal(0, index, SITES, attempt, seals, b=b)
    coefficient = rules.coefficient_key(b, attempt)
    peers = []
    for other in (0, 1, 3):
        pair = (min(other, index), max(other, index))
        dealt = deal(0, other, SITES, attempt, seals, b=secret(f"{label} b of {other}"))
        mask = rules.mask_key(masks[pair], attempt)
        peers.append({
            "peer": other, "root": masks[pair].hex(), "seal": seals[pair].hex(), "mask_key": mask.hex(),
            "mask": rules.words(rules.stream(mask, 4)).hex(), "share_key": own["keys"][other].hex(),
            "next_root": rules.next_root(masks[pair], step + 1).hex(),
            "next_seal": rules.next_root(seals[pair], step + 1).hex(),
            "their_key": dealt["keys"][index].hex(), "their_share": dealt["shares"][index].hex(),
            "sealed": dealt["sealed"][index].hex(), "share_digest": dealt["share_digests"][index].hex(),
        })
    own_mask = rules.own_mask_key(b, attempt)
    return {
        "setup": setup.hex(), "sites": sites, "site": SITES[index], "step": step, "threshold": THRESHOLD, "query": asked,
        "attempt": attempt.hex(), "elements": rules.words(elements).hex(), "secret": b.hex(),
        "own_mask_key": own_mask.hex(), "own_mask": rules.words(rules.stream(own_mask, 4)).hex(),
        "coefficient_key": coefficient.hex(), "first_coefficient": own["terms"][0].hex(),
        "own_share": own["shares"][index].hex(), "peers": peers,
    }
