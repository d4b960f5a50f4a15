"""A real cluster on this machine: a master and two workers in processes of their own, a driver in another."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from tests.contract.engine.conftest import demand_java
from tests.contract.engine.lives import DAY, START, make_tags
from tests.contract.engine.test_engine import demand_same

from limner.fold.columns import load_columns
from limner.fold.embedded import Embedded

ROOT = Path(__file__).parents[3]
LOOPBACK = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_PUBLIC_DNS": "127.0.0.1"}
SMALL = {"SPARK_DAEMON_MEMORY": "256m", "SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
PATIENCE = 120
"""Seconds for a JVM to come up on a busy machine."""


@contextmanager
def run_spark(folder: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Spark daemon until the block ends; the wheel has no start scripts, but has the classes."""
    import pyspark

    command = [str(Path(pyspark.__file__).parent / "bin" / "spark-class"), *words]
    folder.mkdir()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=os.environ | LOOPBACK | SMALL, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


def find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail("the master did not come up")


@contextmanager
def run_cluster(folder: Path) -> Iterator[str]:
    """The URL of a master with two workers of one core each."""
    port = find_port()
    places = ["--host", "127.0.0.1", "--webui-port", "0"]
    with ExitStack() as running:
        master = run_spark(folder / "master", "org.apache.spark.deploy.master.Master", *places, "--port", str(port))
        await_port(port, running.enter_context(master))
        url = f"spark://127.0.0.1:{port}"
        for name in ("one", "two"):
            size = ["--cores", "1", "--memory", "600m", "--work-dir", str(folder / name / "work")]
            worker = run_spark(folder / name, "org.apache.spark.deploy.worker.Worker", *places, *size, url)
            running.enter_context(worker)
        yield url


@pytest.mark.slow
@pytest.mark.spark
@pytest.mark.timeout(600)
def test_a_cluster_gives_the_same_bits(embedded: Embedded, lake: Path, tmp_path: Path) -> None:
    demand_java()
    as_of = START + 100 * DAY
    with run_cluster(tmp_path) as url:
        driver = [
            sys.executable,
            "-m",
            "tests.contract.engine.fold_on",
            url,
            str(lake),
            str(as_of),
            str(tmp_path / "out"),
        ]
        environment = os.environ | LOOPBACK | {"PYSPARK_PYTHON": sys.executable}
        ran = subprocess.run(
            driver, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=500, check=False
        )
        assert ran.returncode == 0, ran.stderr[-4000:]
        for name in ("one", "two"):
            assert list((tmp_path / name / "work").glob("app-*")), f"worker {name} did nothing"
    stored = load_columns(tmp_path / "out")
    assert stored is not None
    demand_same(stored.folded, embedded.fold(make_tags(), as_of))
