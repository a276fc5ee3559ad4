"""`scripts/bench masking`: masks generated and added, against AES alone, and digests against SHA-256."""

import json
import statistics
import subprocess
import sys

from common import options, say, show, use_cores

LENGTHS = [1_000, 100_000, 1_000_000]
MASKS = 10
# The length that the ratio is given of: a vector as trees have it.
HEADLINE = 100_000


def main() -> int:
    arguments = options("masking", repeats=11)
    use_cores(1)
    say("masks and AES by turns")
    run = subprocess.run(
        [arguments.programs / "konsil-bench", "masking", "--masks", str(MASKS), "--repeats", str(arguments.repeats),
         "--lengths", *map(str, LENGTHS)], capture_output=True, text=True)
    if run.returncode != 0:
        print(f"error: konsil-bench: {run.stderr}", file=sys.stderr)
        return 1
    found = json.loads(run.stdout)
    lengths = {}
    for entry in found["lengths"]:
        masked, cipher = statistics.median(entry["masked"]), statistics.median(entry["cipher"])
        lengths[str(entry["length"])] = {
            "masked_bytes_per_second": masked, "cipher_bytes_per_second": cipher,
            # Each turn by itself: both sides had the machine as it was then.
            "ratio": statistics.median(one / other for one, other in zip(entry["masked"], entry["cipher"])),
        }
    result = {
        "throughput_ratio": lengths[str(HEADLINE)]["ratio"], "length": HEADLINE, "masks": MASKS, "cores": 1,
        "configuration": arguments.configuration, "repeats": arguments.repeats, "lengths": lengths,
        "digest": {
            name: {
                "bytes_per_second": statistics.median(rates),
                "over_sha256": statistics.median(
                    one / other for one, other in zip(rates, found["digest"]["sha256"])),
            } for name, rates in found["digest"].items()},
    }
    lines = [
        f"masking: {MASKS} masks generated and added, their keys derived anew for every vector; one core",
        f"build configuration: {arguments.configuration}", "",
        "elements     masked GB/s   AES-256-CTR GB/s   ratio (at least 0.7)",
    ]
    for length, entry in lengths.items():
        lines.append(
            f"{int(length):9,}   {entry['masked_bytes_per_second'] / 1e9:11.2f}   "
            f"{entry['cipher_bytes_per_second'] / 1e9:16.2f}   {entry['ratio']:5.2f}")
    lines += ["", "a vector's digest, by bytes of a register   GB/s   over libcrypto's SHA-256"]
    for name, entry in sorted(result["digest"].items()):
        lines.append(f"{name:>43}   {entry['bytes_per_second'] / 1e9:4.2f}   {entry['over_sha256']:4.2f}")
    show("masking", result, "\n".join(lines), arguments.json)
    return 0


sys.exit(main())
