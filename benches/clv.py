"""Customer value: BG/NBD and gamma-gamma fitted to simulated purchases. Limner against lifetimes, on the same rows.

    python benches/clv.py [--customers 1000000] [--lifetimes PYTHON]

lifetimes 0.11.3 is not maintained and wants numpy 1.23, scipy 1.10 and pandas 1.5: make it an environment of its own
(Python 3.11) and give that one's interpreter. Without it, only Limner is measured. Parameters are compared.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.learn.clv import BetaGeo, GammaGamma

Floats = npt.NDArray[np.float64]
PEER = """
import json, sys, time, warnings
import numpy as np
from lifetimes import BetaGeoFitter, GammaGammaFitter
warnings.simplefilter("ignore")
rows = np.load(sys.argv[1])
x, last, age, value = (rows[name] for name in ("frequency", "recency", "age", "value"))
started = time.perf_counter()
purchases = BetaGeoFitter().fit(x, last, age)
between = time.perf_counter()
back = x > 0
spending = GammaGammaFitter().fit(x[back], value[back])
ended = time.perf_counter()
found = [{k: float(v) for k, v in fit.params_.items()} for fit in (purchases, spending)]
print(json.dumps({"seconds": [between - started, ended - between], "params": found}))
"""


def simulate(customers: int) -> dict[str, Floats]:
    """Histories in weeks, to the day, of customers as those of CDNOW."""
    chance = np.random.default_rng(11)
    age = chance.integers(20, 270, customers) / 7
    rates, stops = chance.gamma(0.25, 1 / 4.4, customers), chance.beta(0.8, 2.5, customers)
    clock, last, frequency = (np.zeros(customers) for _ in range(3))
    living = np.arange(customers)
    while len(living):
        clock[living] += chance.exponential(1 / np.maximum(rates[living], 1e-12))
        living = living[clock[living] <= age[living]]
        frequency[living] += 1
        last[living] = np.minimum(np.ceil(clock[living] * 7) / 7, age[living])
        living = living[chance.random(len(living)) >= stops[living]]
    value = np.zeros(customers)
    back = frequency > 0
    mean = chance.gamma(3.74, 1 / 15.44, int(back.sum()))
    value[back] = chance.gamma(6.25 * frequency[back], 1 / (frequency[back] * mean))
    return {"frequency": frequency, "recency": last, "age": age, "value": value}


def ask_lifetimes(python: str, rows: dict[str, Floats]) -> Any:
    with TemporaryDirectory() as folder:
        place = Path(folder) / "rows.npz"
        np.savez(place, **rows)  # type: ignore[arg-type]
        answer = subprocess.run([python, "-c", PEER, str(place)], check=True, capture_output=True, text=True)
        return json.loads(answer.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--lifetimes", metavar="PYTHON", help="an interpreter that has lifetimes")
    asked = parser.parse_args()
    rows = simulate(asked.customers)
    started, before = time.perf_counter(), time.process_time()
    purchases = BetaGeo().fit(rows["frequency"], rows["recency"], rows["age"])
    between = time.perf_counter()
    back = rows["frequency"] > 0
    spending = GammaGamma().fit(rows["frequency"][back], rows["value"][back])
    seconds, worked = time.perf_counter() - started, time.process_time() - before
    print(f"{asked.customers:,} customers, {int(back.sum()):,} of them bought again")
    print(
        f"Limner: {seconds:.2f} s (BG/NBD {between - started:.2f}, gamma-gamma {seconds + started - between:.2f}), "
        f"{worked:.1f} of processor"
    )
    if asked.lifetimes is None:
        print("lifetimes: not asked (--lifetimes PYTHON)")
        return
    peer = ask_lifetimes(asked.lifetimes, rows)
    whole = sum(peer["seconds"])
    away = max(
        abs(ours.params[name] / theirs[name] - 1)
        for ours, theirs in zip((purchases, spending), peer["params"], strict=True)
        for name in ours.params
    )
    print(f"lifetimes: {whole:.1f} s, {whole / seconds:.1f}x; parameters differ by at most {away:.1e} of themselves")


if __name__ == "__main__":
    main()
