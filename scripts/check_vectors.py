"""Recomputes every file of protocols/vectors/v1 from the rules in vectors/rules.py and compares them, byte for byte.

    scripts/check-vectors           compare
    scripts/check-vectors --write   write the files anew

Everything follows from fixed labels, but for the X-Wing ciphertexts, which cannot be made from a seed: those in the
files are opened again, and new ones are made only where there is none.
"""

import json
import pathlib
import sys

from vectors import encodings, journals, names, setups, steps, tolerant, turbo_shake

FOLDER = pathlib.Path(__file__).parent.parent / "protocols" / "vectors" / "v1"


def documents(existing):
    set_up, fixed_step = setups.set_up(existing.get("set-up")), steps.fixed_step()
    return {
        "canonical-encoding": encodings.canonical_encoding(), "fixed-point": encodings.fixed_point(),
        "key-schedule": names.key_schedule(), "attempt": names.attempt_names(), "mask-stream": names.mask_stream(),
        "vector-digest": names.vector_digests(),
        "journal": journals.journal(), "roster-entry": journals.roster_entries(), "orders": journals.orders(),
        "set-up": set_up, "set-up-bad": setups.set_up_bad(set_up),
        "fixed-step": fixed_step, "contribution-bad": steps.contribution_bad(fixed_step),
        "rings": steps.rings_of_a_step(),
        "tolerant-step": tolerant.tolerant_step(), "tolerant-bad": tolerant.tolerant_bad(),
        "secrets-of-a-tolerant-step": tolerant.secrets_of_a_tolerant_step(),
        "secrets-of-a-step": steps.secrets_of_a_step(existing.get("secrets-of-a-step")),
    }


def main() -> int:
    turbo_shake.check()
    texts = {path.stem: path.read_text() for path in FOLDER.glob("*.json")}
    computed = {
        name: json.dumps(document, indent=1, ensure_ascii=False) + "\n"
        for name, document in documents({name: json.loads(text) for name, text in texts.items()}).items()
    }
    if "--write" in sys.argv[1:]:
        for name, text in computed.items():
            (FOLDER / f"{name}.json").write_text(text)
        return 0
    wrong = sorted(name for name in computed.keys() | texts.keys() if computed.get(name) != texts.get(name))
    for name in wrong:
        print(f"{FOLDER.name}/{name}.json is not what the rules give", file=sys.stderr)
    print(f"{len(computed) - len(wrong)} of {len(computed)} files of vectors are as the rules give them")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
