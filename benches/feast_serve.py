"""Portraits read over HTTP beside Feast's: its SQLite online store and its own server, 50 stored features of as many
people, asked by the same generator in the same run.

    python benches/feast_serve.py --environment DIR [--events 2000000] [--seconds 5] [--connections 4]

Feast pins old versions of what Limner needs, so it lives in an environment of its own: DIR, made when it is not there.
Without DIR, or without wrk, nothing is measured and the reason is said.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory

import readers
from gateway import free_port, running
from live import fill, is_ready

FEATURES = 50
DEFINITION = """
from datetime import timedelta
from feast import Entity, FeatureView, Field, FileSource, ValueType
from feast.types import Float64

person = Entity(name="person", join_keys=["person"], value_type=ValueType.INT64)
source = FileSource(path="people.parquet", timestamp_field="at")
portrait = FeatureView(
    name="portrait", entities=[person], ttl=timedelta(days=3650), source=source, online=True,
    schema=[Field(name=f"f{n}", dtype=Float64) for n in range(FEATURES)],
)
"""
SETTINGS = """project: bench
provider: local
registry: registry.db
online_store: {type: sqlite, path: online.db}
offline_store: {type: file}
entity_key_serialization_version: 3
"""
WRITE = """
import sys, numpy, pandas
people, features = int(sys.argv[1]), int(sys.argv[2])
chance = numpy.random.default_rng(3)
table = pandas.DataFrame({f"f{n}": chance.random(people) for n in range(features)})
table["person"], table["at"] = numpy.arange(people), pandas.Timestamp("2026-01-01", tz="UTC")
table.to_parquet("people.parquet")
"""


def make_environment(place: Path) -> Path:
    """The folder of its programs."""
    if not (place / "bin" / "feast").exists():
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        subprocess.run([str(place / "bin" / "pip"), "install", "-q", "feast"], check=True)
    return place / "bin"


def materialise(programs: Path, folder: Path, people: int) -> None:
    (folder / "portrait.py").write_text(DEFINITION.replace("FEATURES", str(FEATURES)))
    (folder / "feature_store.yaml").write_text(SETTINGS)
    began = time.perf_counter()
    subprocess.run([str(programs / "python"), "-c", WRITE, str(people), str(FEATURES)], cwd=folder, check=True)
    for command in (["apply"], ["materialize", "2025-12-01T00:00:00", "2026-02-01T00:00:00"]):
        program = [str(programs / "feast"), *command]
        done = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
    print(f"Feast has {people:,} people after {time.perf_counter() - began:.0f} s", flush=True)


def ask_feast(programs: Path, folder: Path, people: int, seconds: float, connections: int) -> readers.Told:
    port = free_port()
    names = ",".join(f'"portrait:f{n}"' for n in range(FEATURES))
    before, after = f'{{"features":[{names}],"entities":{{"person":[', "]}}"
    # As quick as it can be: it writes no log, and its worker is not begun anew every thousand requests.
    options = ["--no-access-log", "--max-requests", "100000000"]
    command = [str(programs / "feast"), "-c", str(folder), "serve", "-h", "127.0.0.1", "-p", str(port), *options]
    with running(command, port):
        time.sleep(2)
        url = f"http://127.0.0.1:{port}/get-online-features"
        request = urllib.request.Request(url, f"{before}7{after}".encode(), {"Content-Type": "application/json"})
        answer = urllib.request.urlopen(request, timeout=60).read()
        assert answer.count(b"PRESENT") >= FEATURES, answer[:500]
        asked = {"header": "Content-Type: application/json", "path": "/get-online-features"}
        readers.ask(port, people, before, after, seconds=2, connections=connections, **asked)
        return readers.ask(port, people, before, after, seconds=seconds, connections=connections, **asked)


def ask_limner(folder: Path, events: int, people: int, seconds: float, connections: int) -> readers.Told:
    keys, port = fill(folder / "shop", events, people), free_port()
    command = [str(Path(sys.executable).parent / "limner"), "-w", str(folder / "shop"), "serve", "--port", str(port)]
    with running(command, port):
        while not is_ready(port):
            time.sleep(0.2)
        header, before = f"Authorization: Bearer {keys['api']}", "/api/v1/profiles/user_id:u"
        for after in ("", "?evidence=false"):
            readers.ask(port, people, before, after, header=header, seconds=2, connections=connections)
            told = readers.ask(port, people, before, after, header=header, seconds=seconds, connections=connections)
            told.tell(f"Limner, 48 tags folded at this instant{' without evidence' if after else ''}")
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environment", type=Path)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--connections", type=int, default=4)
    options = parser.parse_args()
    if options.environment is None or not readers.is_installed():
        missing = "an --environment for Feast" if options.environment is None else "wrk"
        print(f"Skipped: this needs {missing}.")
        return
    programs, people = make_environment(options.environment.resolve()), max(options.events // 50, 10)
    with TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "feast").mkdir()
        materialise(programs, place / "feast", people)
        peer = ask_feast(programs, place / "feast", people, options.seconds, options.connections)
        peer.tell(f"Feast, {FEATURES} stored features")
        mine = ask_limner(place, options.events, people, options.seconds, options.connections)
        print(f"Limner / Feast {mine.rate / peer.rate:.1f}x")


if __name__ == "__main__":
    main()
