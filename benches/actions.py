"""Next best action over HTTP: four candidates, three models, caps and consent, for a workspace that is served.

    python benches/actions.py [--events 800000] [--people 40000] [--rate 1000] [--seconds 6] [--connections 4]
    python benches/actions.py --place DIR ...

The log is filled as by `live.py`; the models are fitted and published before. Asked is about people at random, with
nothing else going on and while events come in at ``--rate``; then everybody is decided on by one job. Beside it the
portraits of the same people are read without evidence: a decision folds for itself what a portrait has ready. With
``--place`` what was filled is kept, and used again.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from gateway import free_port, running
from live import Probe, ask_place, fill, filled, is_ready, read, sending

import limner

MODELS = """
models:
  chance:
    {kind: propensity, event: login, horizon: 30d, dates: 1, features: [logins_90d, spend_90d, events_7d],
     quality: {auc: 0.3, calibration_error: 1}}
  stage: {kind: lifecycle, event: login, horizon: 30d}
  cells: {kind: rfm, event: login, horizon: 30d}
"""
TAGS = """
tags:
  login_chance: {layer: prediction, model: chance}
  stage: {layer: model, model: {name: stage, type: text}}
  segment: {layer: model, model: {name: cells, type: text}}
"""
ACTIONS = """
actions:
  coupon: {channel: sms, if: {stage: [成熟, 衰退]}, effect: 0.04, value: 60, cost: 1}
  mail: {channel: email, propensity: login_chance, value: 12, cost: 0.1}
  call: {channel: phone, if: {did: login, sum: amount, is: {gte: 1000}, within: 90d},
         effect: 0.1, value: 60, cost: 8}
  banner: {channel: app, if: {segment: [重要价值客户, 重要发展客户]}, effect: 0.01, value: 300}
explore: 0.05
channels:
  sms: {consent: {events_ever: {gte: 1}}, most: {1d: 1, 30d: 4}, quiet: ['02:00', '02:01']}
  email: {consent: not needed, most: {7d: 2}}
  phone: {consent: {logins_90d: {gte: 1}}, most: {30d: 1}}
  app: {consent: not needed}
"""


def prepare(place: Path, events: int, people: int) -> dict[str, str]:
    keys = fill(place, events, people)
    (place / "models").mkdir()
    for path, text in (("models/bench.yaml", MODELS), ("tags/models.yaml", TAGS), ("actions.yaml", ACTIONS)):
        (place / path).write_text(text, encoding="utf-8")
    with limner.open(place) as workspace:
        workspace.tags_apply()
        for name in ("chance", "stage", "cells"):
            workspace.models_fit(name)
            workspace.models_publish(name)
    return keys


def decide_all(probe: Probe) -> tuple[float, dict[str, Any]]:
    """Seconds until everybody is decided on, and what the job says."""
    began = time.perf_counter()
    job = probe.call("/api/v1/actions:decide", {"rule": {"all": []}})
    while job["state"] not in ("done", "failed", "cancelled"):
        time.sleep(0.05)
        job = probe.call(f"/api/v1/jobs/{job['id']}")
    return time.perf_counter() - began, job


def measure(probe: Probe, asked: argparse.Namespace) -> None:
    while not is_ready(probe.port):
        time.sleep(0.1)
    probe.call("/api/v1/profiles/user_id:u1/next-best-action")
    what = probe.port, probe.keys["api"], asked.people
    how = asked.connections, "/next-best-action"
    read(*what, 2, *how)
    read(*what, asked.seconds, asked.connections).tell("portraits, nothing else going on")
    read(*what, asked.seconds, *how).tell("next best action, nothing else going on")
    with sending(probe.port, probe.keys["write"], asked.seconds + 4, asked.rate):
        read(*what, asked.seconds, *how).tell(f"next best action at {asked.rate:,.0f} events/s")
    seconds, job = decide_all(probe)
    print(f"everybody decided on in {seconds:.1f} s: {json.dumps(job.get('result'), ensure_ascii=False)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=800_000)
    parser.add_argument("--people", type=int, default=40_000)
    parser.add_argument("--rate", type=float, default=1_000)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--connections", type=int, default=4)
    ask_place(parser)
    asked = parser.parse_args()
    with filled(asked, lambda place: prepare(place, asked.events, asked.people)) as (place, keys):
        if asked.fill:
            return
        port, command = free_port(), [str(Path(sys.executable).parent / "limner"), "-w", str(place), "serve"]
        with running([*command, "--port", str(port)], port):
            measure(Probe(port, keys, asked.people), asked)


if __name__ == "__main__":
    main()
