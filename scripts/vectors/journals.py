"""Lines of a site's journal, what a plan is about, and the orders that are signed."""

from . import rules
from .shown import SITES, bits, identities, parts, query, real, ring, secret, segment

RUN = "0a" * 16


def condition_parts(condition):
    """A missing end of an interval is an empty list."""
    if "levels" in condition:
        return (condition["variable"], "one-of", condition["levels"])
    ends = [[real(end)] if end else [] for end in (condition["at_least"], condition["at_most"])]
    return (condition["variable"], "between", *ends)


def entry_parts(entry):
    """`groups` stands in the line only of a plan that leaves groups of sites out."""
    parts_of_it = (
        entry["study"], entry["sites"], bytes.fromhex(entry["filter"]), bytes.fromhex(entry["snapshot"]))
    return parts_of_it + ((bytes.fromhex(entry["groups"]),) if entry["groups"] else ())


def subject_parts(event):
    return (bytes.fromhex(event["plan"]), bytes.fromhex(event["snapshot"]))


def event_parts(event):
    kind = event["kind"]
    if kind == "roster":
        return (kind, entry_parts(event["entry"]), bytes.fromhex(event["plan"]))
    if kind == "decision":
        return (kind, entry_parts(event["entry"]), bytes.fromhex(event["plan"]), event["approved"], event["words"])
    if kind == "epoch":
        return (kind, subject_parts(event), event["run"], event["epoch"])
    if kind == "peer":
        return (kind, event["key"], event["count"], bytes.fromhex(event["head"]))
    if kind == "step":
        return (
            kind, subject_parts(event), event["run"], event["epoch"], event["step"], event["query"],
            bytes.fromhex(event["query_digest"]), [(s["name"], s["length"]) for s in event["segments"]],
            event["attempt"], event["sites"], bytes.fromhex(event["contribution"]),
            [event["withheld"]] if event["withheld"] else [])
    values = [[real(value) for value in values] for values in event["values"]]
    words = [[int(word, 16) for word in words] for words in event["words"]]
    return (kind, subject_parts(event), event["step"], values, words)


def journal():
    entry = {
        "study": "ibd", "sites": [f"{site} {secret(site).hex()}" for site in SITES],
        "filter": secret("filter").hex(), "snapshot": secret("snapshot").hex(), "groups": None}
    plan = secret("plan").hex()
    subject = {"plan": plan, "snapshot": entry["snapshot"]}
    segments = [segment("sums", "reals", 2, 1440.0, 4), segment("rows", "counts", 1, 4096, 4)]
    moments = query("moments", [], segments, True)
    step = {
        "kind": "step", **subject, "run": RUN, "epoch": 3, "step": 1, "query": moments["name"],
        "query_digest": rules.query_digest(parts(moments)).hex(),
        "segments": [{"name": s["name"], "length": s["length"]} for s in moments["segments"]],
        "attempt": 0, "sites": SITES, "contribution": secret("contribution").hex(), "withheld": None}
    events = [
        {"kind": "decision", "entry": entry, "plan": plan, "approved": True, "words": ""},
        {"kind": "roster", "entry": entry, "plan": plan},
        {"kind": "epoch", **subject, "run": RUN, "epoch": 3},
        {"kind": "peer", "key": secret("strasbourg").hex(), "count": 7, "head": secret("head").hex()},
        step,
        {"kind": "verified", **subject, "step": 1, "values": [[bits(-0.5), bits(1439.75)], [bits(120.0)]],
         "words": [[], []]},
        {**step, "step": 2, "attempt": 1, "sites": SITES[:3], "withheld": "beyond-the-bound"},
        {"kind": "verified", **subject, "step": 2, "values": [[]], "words": [[ring(0), ring(rules.RING - 1)]]},
        {"kind": "roster", "entry": {**entry, "groups": secret("groups").hex()}, "plan": secret("other plan").hex()},
        {"kind": "decision", "entry": {**entry, "groups": secret("groups").hex()}, "plan": secret("other plan").hex(),
         "approved": False, "words": "l’accord du délégué manque"},
    ]
    lines, previous = [], rules.sha256(b"")
    for number, event in enumerate(events, 1):
        digest = rules.sha256(rules.canonical("konsil/v1/journal", number, previous, event_parts(event)))
        lines.append({"number": number, "previous": previous.hex(), "event": event, "digest": digest.hex()})
        previous = digest
    return {
        "rule": "SHA-256(canonical encoding of (number, digest of the line before, kind, what it says)); "
                "before the first line stands SHA-256 of nothing",
        "lines": lines}


def roster_entries():
    conditions = [
        [],
        [{"variable": "age", "at_least": bits(18.0), "at_most": None}],
        [{"variable": "age", "at_least": None, "at_most": bits(80.0)}],
        [{"variable": "age", "at_least": bits(18.0), "at_most": bits(80.0)}],
        [{"variable": "sex", "levels": ["female"]}],
        [{"variable": "age", "at_least": bits(18.0), "at_most": None},
         {"variable": "sex", "levels": ["female", "male"]}],
    ]
    groups = [[SITES[:2], SITES[2:]], [SITES[3:1:-1], SITES[1::-1]], [[SITES[0]], SITES[1:]]]
    filters = [
        {"conditions": case,
         "digest": rules.sha256(rules.canonical("konsil/v1/filter", [condition_parts(c) for c in case])).hex()}
        for case in conditions]
    grouped = [
        {"groups": case,
         "digest": rules.sha256(rules.canonical("konsil/v1/groups", sorted(sorted(group) for group in case))).hex()}
        for case in groups]
    assert len({case["digest"] for case in filters}) == len(filters)
    assert grouped[0]["digest"] == grouped[1]["digest"] != grouped[2]["digest"]
    _, sites = identities("roster entry")
    return {
        "rule": "a site is its name, a space and SHA-256 of its identity key; groups are sorted, and the sites in each",
        "filters": filters, "groups": grouped,
        "sites": [
            {**site, "entry": f"{site['name']} {rules.sha256(bytes.fromhex(site['identity_key'])).hex()}"}
            for site in sites]}


def orders():
    owner, ada = secret("owner"), secret("ada")
    study, plan = "study: ibd\n".encode(), "plan: ibd-failure\n".encode()
    statement = rules.canonical("konsil/v1/run", RUN, rules.sha256(plan))

    def signed(seed, label, message):
        return {
            "label": label, "identity_seed": seed.hex(), "identity_key": rules.identity(seed).hex(),
            "message": message.hex(), "signature": rules.sign(seed, label, message).hex()}

    return {
        "rule": "Ed25519 over the label, a zero byte and the message; the order to run is the canonical encoding of "
                "(run, SHA-256 of the plan's bytes)",
        "run": RUN, "plan": plan.hex(),
        "study_signature": signed(owner, "konsil/v1/study", study),
        "plan_signature": signed(ada, "konsil/v1/plan", plan),
        "run_signature": signed(ada, "konsil/v1/run", statement)}
