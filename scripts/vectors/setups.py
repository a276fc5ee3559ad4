"""A whole set-up, and changes to it that a site refuses."""

from . import rules
from .shown import SITES, flipped, identities, secret


def set_up(existing):
    seeds, sites = identities("set-up")
    plan, run, epoch_number = secret("plan"), secret("run").hex()[:32], 3
    epoch = (plan, run, epoch_number)
    keys, xwing = [], [secret(f"X-Wing of {site}") for site in SITES]
    for number, (site, seed) in enumerate(zip(sites, seeds)):
        public = rules.xwing_keys(xwing[number])[2]
        journal = (10 + number, secret(f"journal of {site['name']}"))
        statement = rules.setup_key_statement(epoch, public, journal)
        signature = rules.sign(seed, "konsil/v1/setup-key", statement)
        keys.append((site["name"], public, journal, signature))
        site.update(
            xwing_seed=xwing[number].hex(), public_key=public.hex(), journal_count=journal[0],
            journal_head=journal[1].hex(), statement=statement.hex(), signature=signature.hex())
    setup = rules.setup_digest(epoch, keys)
    lists, pairs = [], []
    for lower in range(4):
        texts = [
            bytes.fromhex(existing["lists"][lower]["ciphertexts"][place]) if existing
            else rules.xwing_encapsulate(keys[lower + 1 + place][1])
            for place in range(3 - lower)
        ]
        statement = rules.ciphertexts_statement(setup, lower, texts)
        lists.append({
            "site": SITES[lower], "ciphertexts": [text.hex() for text in texts], "statement": statement.hex(),
            "signature": rules.sign(seeds[lower], "konsil/v1/ciphertexts", statement).hex(),
        })
        for place, text in enumerate(texts):
            higher = lower + 1 + place
            shared = rules.xwing_decapsulate(xwing[higher], text)
            root = rules.pair_root(
                shared, keys[lower][1], keys[higher][1], rules.sha256(text), setup, lower, higher)
            pairs.append({"lower": lower, "higher": higher, "shared_secret": shared.hex(), "root": root.hex()})
    return {
        "rule": "a whole set-up of four sites from their seeds and these ciphertexts",
        "plan": plan.hex(), "run": run, "epoch": epoch_number, "sites": sites, "setup": setup.hex(), "lists": lists,
        "pairs": pairs,
    }


def set_up_bad(good):
    """One change each to set-up.json, signed anew by the site itself where a colluding site could."""
    seeds, _ = identities("set-up")
    epoch = (bytes.fromhex(good["plan"]), good["run"], good["epoch"])
    site = good["sites"][1]
    public, head = bytes.fromhex(site["public_key"]), bytes.fromhex(site["journal_head"])
    signature = bytes.fromhex(site["signature"])

    def signed_key(epoch=epoch, public=public, count=site["journal_count"], seed=seeds[1], label="konsil/v1/setup-key"):
        statement = rules.setup_key_statement(epoch, public, (count, head))
        return {
            "public_key": public.hex(), "journal_count": count, "signature": rules.sign(seed, label, statement).hex()}

    other_plan = (secret("another plan"), *epoch[1:])
    not_reduced = b"\xff" * 1184 + public[1184:]
    keys = [
        ("public key changed", 2, {"public_key": flipped(public, 700)}, "bad-signature"),
        ("signature changed", 2, {"signature": flipped(signature)}, "bad-signature"),
        ("journal count changed", 2, {"journal_count": 12}, "bad-signature"),
        ("journal head changed", 2, {"journal_head": flipped(head)}, "bad-signature"),
        ("signed for another plan", 2, signed_key(epoch=other_plan), "bad-signature"),
        ("signed for another run", 2, signed_key(epoch=(epoch[0], "0" * 32, epoch[2])), "bad-signature"),
        ("signed for the epoch before", 2, signed_key(epoch=(*epoch[:2], epoch[2] - 1)), "bad-signature"),
        ("signed by another site", 2, signed_key(seed=seeds[2]), "bad-signature"),
        ("signed as a list of ciphertexts", 2, signed_key(label="konsil/v1/ciphertexts"), "bad-signature"),
        ("key one byte short", 0, signed_key(public=public[:-1]), "malformed-key"),
        ("key empty", 0, signed_key(public=b""), "malformed-key"),
        ("ML-KEM key not reduced", 0, signed_key(public=not_reduced), "malformed-key"),
        ("X25519 key of small order", 0, signed_key(public=public[:1184] + bytes(32)), "malformed-key"),
    ]
    setup, first = bytes.fromhex(good["setup"]), good["lists"][0]
    texts = [bytes.fromhex(text) for text in first["ciphertexts"]]
    digests = [rules.sha256(text) for text in texts]

    def signed_list(setup=setup, index=0, texts=texts, seed=seeds[0], label="konsil/v1/ciphertexts"):
        statement = rules.ciphertexts_statement(setup, index, texts)
        return {
            "digests": [rules.sha256(text).hex() for text in texts],
            "signature": rules.sign(seed, label, statement).hex()}

    short = texts[:2] + [texts[2][:-1]]
    small_order = texts[:2] + [texts[2][:1088] + bytes(32)]
    ciphertexts = [
        ("ciphertext changed", {"ciphertext": flipped(texts[2], 5)}, "ciphertext-mismatch"),
        ("another site's ciphertext", {"ciphertext": texts[1].hex()}, "ciphertext-mismatch"),
        ("ciphertext and digest changed", {
            "ciphertext": flipped(texts[2], 5),
            "digests": [d.hex() for d in digests[:2]] + [rules.sha256(bytes.fromhex(flipped(texts[2], 5))).hex()],
        }, "bad-signature"),
        ("digests reordered", {"digests": [digests[i].hex() for i in (1, 0, 2)]}, "bad-signature"),
        ("digest dropped", {"digests": [d.hex() for d in digests[1:]]}, "bad-signature"),
        ("signature changed", {"signature": flipped(bytes.fromhex(first["signature"]))}, "bad-signature"),
        ("signed over another D", signed_list(setup=secret("another D")), "bad-signature"),
        ("signed with another index", signed_list(index=1), "bad-signature"),
        ("list of another site", {
            "digests": [rules.sha256(bytes.fromhex(t)).hex() for t in good["lists"][1]["ciphertexts"]],
            "signature": good["lists"][1]["signature"]}, "bad-signature"),
        ("signed as a contribution", signed_list(label="konsil/v1/contribution"), "bad-signature"),
        ("a list too short, signed", signed_list(texts=texts[1:]), "ciphertext-mismatch"),
        ("a list too long, signed", signed_list(texts=[texts[0], *texts]), "ciphertext-mismatch"),
        ("a list with one more at its end, signed", signed_list(texts=[*texts, texts[0]]), "ciphertext-mismatch"),
        ("ciphertext one byte short, signed",
         {"ciphertext": short[2].hex(), **signed_list(texts=short)}, "ciphertext-mismatch"),
        ("X25519 point of small order, signed",
         {"ciphertext": small_order[2].hex(), **signed_list(texts=small_order)}, "ciphertext-mismatch"),
    ]
    return {
        "rule": "changes to set-up.json that the receiving site refuses with this code, naming the changed site",
        "keys": [
            {"why": why, "receiver": SITES[receiver], "site": SITES[1], "change": change, "code": code}
            for why, receiver, change, code in keys
        ],
        "ciphertexts": [
            {"why": why, "receiver": SITES[3], "site": SITES[0], "change": change, "code": code}
            for why, change, code in ciphertexts
        ],
    }
