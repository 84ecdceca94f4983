"""How long `zhaoshang --help` takes: `python benchmarks/startup.py [RUNS]`. The aim is under 0.3 s."""

import statistics
import subprocess
import sys
import time


def main() -> None:
    """Print minimum, median and maximum over some runs of the whole process."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    seconds: list[float] = []
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "monitor.cli", "--help"], check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - started)
    print(f"{runs} runs: min {min(seconds):.3f} s, median {statistics.median(seconds):.3f} s, max {max(seconds):.3f} s")


if __name__ == "__main__":
    main()
