#!/usr/bin/env python3
"""Measures how long `accord demo` takes from its start to "ready" with the sample loaded, beside the same start without a sample.

    cargo build --release --bin accord
    tests/bench/startup.py [--runs 9] [--binary target/release/accord]

Prints minimum, median and maximum of each in milliseconds, and their ratio. It asserts nothing: a figure of one machine is no promise.
"""

import argparse
import json
import statistics
import subprocess
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--runs", type=int, default=9)
parser.add_argument("--binary", default="target/release/accord")
arguments = parser.parse_args()


def start(sample):
    """Returns the milliseconds from exec to the ready line."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [arguments.binary, "demo", "--sample", sample, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--output", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    line = process.stdout.readline()
    taken = (time.perf_counter() - begun) * 1000
    process.terminate()
    process.wait(timeout=30)
    assert json.loads(line)["event"] == "ready"
    return taken


samples = ("uz-kz", "none")
taken = {sample: [] for sample in samples}
for run in range(arguments.runs + 1):
    for sample in samples:  # interleaved, so that the machine's noise falls on both
        milliseconds = start(sample)
        if run:  # the first run warms the page cache
            taken[sample].append(milliseconds)

print(f"{'sample':<8}{'min':>9}{'median':>9}{'max':>9}  ms, {arguments.runs} runs")
for sample in samples:
    values = taken[sample]
    print(f"{sample:<8}{min(values):>9.0f}{statistics.median(values):>9.0f}{max(values):>9.0f}")
print(f"ratio of the medians: {statistics.median(taken['uz-kz']) / statistics.median(taken['none']):.2f}")
