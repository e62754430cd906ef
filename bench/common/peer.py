"""What every peer in Python needs: the clock and the protocol of bench/run; see peer.h."""
import json
import os
import time


def measure(work):
    """Does the work again and again, prints how long each time took, and gives the first result."""
    repeat = int(os.environ.get("BENCH_REPEAT", "5"))
    budget = float(os.environ.get("BENCH_BUDGET", "1"))
    seconds = []
    begin = time.perf_counter()
    first = None
    while len(seconds) < repeat and (not seconds or time.perf_counter() - begin < budget):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
        if first is None:
            first = result
    print(json.dumps({"seconds": seconds}))
    return first


def threads():
    return int(os.environ.get("BENCH_THREADS", "1"))
