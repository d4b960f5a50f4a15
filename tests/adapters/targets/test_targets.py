"""Every kind of target against a real server of its kind: an SFTP server of asyncssh, moto's S3 server, SQLite and
PostgreSQL, an HTTP receiver."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncssh
import boto3
import pyarrow as pa
import pyarrow.parquet
import pytest
from moto.server import ThreadedMotoServer
from sqlalchemy import create_engine, text
from tests.postgres import Postgres
from tests.receiver import Reaction, Receiver

from limner.adapters.targets import AnyTargets
from limner.adapters.targets.webhook import sign_bytes
from limner.errors import DataError, Unavailable
from limner.ports.packages import Parcel

BODY = "\ufeffcustomer_id,城市\nc1,上海\n".encode()


@pytest.fixture
def parcel(tmp_path: Path) -> Parcel:
    path = tmp_path / "vip-1-full.csv"
    path.write_bytes(BODY)
    return Parcel(path.name, path, "text/csv", "vip-1", False)


def put(settings: dict[str, Any], secret: str | None, parcel: Parcel) -> None:
    AnyTargets().open(settings, secret).put(parcel)


def test_a_folder_has_it_whole_and_once(tmp_path: Path, parcel: Parcel) -> None:
    folder = {"kind": "folder", "path": str(tmp_path / "out" / "deep")}
    put(folder, None, parcel)
    put(folder, None, parcel)
    assert [path.name for path in (tmp_path / "out" / "deep").iterdir()] == [parcel.name]
    assert (tmp_path / "out" / "deep" / parcel.name).read_bytes() == BODY
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="cannot be written to"):
        put({"kind": "folder", "path": str(tmp_path / "file")}, None, parcel)


@contextmanager
def sftp_server(root: Path) -> Iterator[tuple[int, str]]:
    """A real one on a free port: its port and its host key. The user `limner` has the password `secret`."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    loop = asyncio.new_event_loop()
    started = threading.Event()
    found: dict[str, int] = {}

    class Gate(asyncssh.SSHServer):
        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return (username, password) == ("limner", "secret")

    def make(channel: asyncssh.SSHServerChannel[bytes]) -> asyncssh.SFTPServer:
        return asyncssh.SFTPServer(channel, chroot=str(root).encode())

    async def serve() -> None:
        server = await asyncssh.create_server(Gate, "127.0.0.1", 0, server_host_keys=[key], sftp_factory=make)
        found["port"] = server.get_port()
        started.set()
        await stopping.wait()
        server.close()
        await server.wait_closed()

    stopping = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert started.wait(20)
    try:
        yield found["port"], key.export_public_key().decode().strip()
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join()
        loop.close()


def test_an_sftp_server_has_it_whole_and_once(tmp_path: Path, parcel: Parcel) -> None:
    root = tmp_path / "root"
    (root / "in").mkdir(parents=True)
    with sftp_server(root) as (port, key):
        target = {"kind": "sftp", "host": "127.0.0.1", "port": port, "user": "limner", "path": "/in", "host_key": key}
        put(target, "secret", parcel)
        put(target, "secret", parcel)
        assert [path.name for path in (root / "in").iterdir()] == [parcel.name]
        assert (root / "in" / parcel.name).read_bytes() == BODY
        with pytest.raises(Unavailable):
            put(target, "wrong", parcel)
        other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
        with pytest.raises(Unavailable):  # somebody else answers at the address
            put({**target, "host_key": other}, "secret", parcel)
        with pytest.raises(Unavailable):
            put({**target, "path": "/nowhere"}, "secret", parcel)
        with pytest.raises(DataError, match="host key"):
            put({**target, "host_key": "ssh-rsa x"}, "secret", parcel)
    with pytest.raises(Unavailable):
        put(target, "secret", parcel)


def test_s3_has_it_whole_and_once(parcel: Parcel) -> None:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        client = boto3.client(
            "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
        )
        client.create_bucket(Bucket="crowds")
        target = {"kind": "s3", "bucket": "crowds", "prefix": "ads/vip", "endpoint": endpoint, "access_key": "k"}
        put(target, "s", parcel)
        put(target, "s", parcel)
        listed = client.list_objects_v2(Bucket="crowds")["Contents"]
        assert [each["Key"] for each in listed] == [f"ads/vip/{parcel.name}"]
        assert client.get_object(Bucket="crowds", Key=listed[0]["Key"])["Body"].read() == BODY
        with pytest.raises(Unavailable):
            put({**target, "bucket": "nobodys"}, "s", parcel)
    finally:
        server.stop()


def test_a_webhook_gets_it_signed(parcel: Parcel) -> None:
    receiver, secret = Receiver(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    try:
        target = {"kind": "webhook", "url": receiver.url, "allow_private": True}
        put(target, secret, parcel)
        [got] = receiver.received
        assert got.body == BODY
        assert got.headers["webhook-id"] == "vip-1"
        signed = sign_bytes(secret, "vip-1", int(got.headers["webhook-timestamp"]), BODY)
        assert got.headers["webhook-signature"] == signed
        receiver.behave = lambda _: Reaction(503)
        with pytest.raises(Unavailable, match="503"):
            put(target, secret, parcel)
        receiver.behave = lambda _: Reaction(404)
        with pytest.raises(DataError, match="404"):
            put(target, secret, parcel)
    finally:
        receiver.close()
    with pytest.raises(DataError):
        put({"kind": "webhook", "url": receiver.url}, None, parcel)


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty one."""
    if request.param == "SQLite":
        return f"sqlite:///{tmp_path / 'crm.sqlite'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.make_database()


def table_parcel(tmp_path: Path, rows: list[dict[str, Any]], incremental: bool) -> Parcel:
    path = tmp_path / "rows.parquet"
    pyarrow.parquet.write_table(pa.Table.from_pylist(rows), path)
    return Parcel(path.name, path, "", "k", incremental)


def ask(database: str, *statements: str) -> list[tuple[Any, ...]]:
    """Rows of the last statement."""
    engine = create_engine(database)
    try:
        with engine.begin() as connection:
            answers = [connection.execute(text(statement)) for statement in statements]
            return [tuple(row) for row in answers[-1]] if answers[-1].returns_rows else []
    finally:
        engine.dispose()


def test_a_table_is_replaced_or_brought_up(database: str, tmp_path: Path) -> None:
    target = {"kind": "table", "table": "limner_vips"}
    first = [{"customer_id": f"c{i}", "spend": i * 1.5, "likes": ["茶", "b"], "vip": i == 1} for i in range(3)]
    put(target, database, table_parcel(tmp_path, first, False))
    put(target, database, table_parcel(tmp_path, first, False))
    changed = [{**first[0], "change": "removed"}, {**first[1], "spend": 9.0, "change": "added"}]
    changed.append({"customer_id": "c7", "spend": None, "likes": None, "vip": None, "change": "added"})
    for _ in range(2):  # once more changes nothing
        put(target, database, table_parcel(tmp_path, changed, True))
    rows = ask(database, "select customer_id, spend, likes from limner_vips order by 1")
    assert rows == [("c1", 9.0, "茶|b"), ("c2", 3.0, "茶|b"), ("c7", None, None)]
    put(target, database, table_parcel(tmp_path, first[:1], False))
    assert ask(database, "select customer_id from limner_vips") == [("c0",)], "in full it takes the place of all"


def test_times_and_whole_numbers_have_their_types(database: str, tmp_path: Path) -> None:
    when = datetime(2026, 11, 11, 0, 1, tzinfo=UTC)
    rows = [{"customer_id": "c1", "when": when, "orders": 1 << 40, "vip": True}]
    put({"kind": "table", "table": "Of All"}, database, table_parcel(tmp_path, rows, False))
    ((orders, vip),) = ask(database, 'select orders, vip from "Of All" where orders > 1')
    assert (orders, bool(vip)) == (1 << 40, True)
    if database.startswith("postgresql"):
        assert ask(database, 'select "when" from "Of All"') == [(when,)]


def test_a_table_of_other_columns_stays_as_it_is(database: str, tmp_path: Path) -> None:
    ask(database, "create table vips (customer_id text, other text)", "insert into vips values ('x', 'y')")
    parcel = table_parcel(tmp_path, [{"customer_id": "c1", "a": 1}], False)
    with pytest.raises(Unavailable, match="was not written"):
        put({"kind": "table", "table": "vips"}, database, parcel)
    assert ask(database, "select * from vips") == [("x", "y")]


def test_what_is_no_database_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no URL"):
        put({"kind": "table", "table": "vips"}, "nonsense", table_parcel(tmp_path, [{"customer_id": "c1"}], False))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"kind": "ftp"}, "no target 'ftp'"),
        ({"kind": "folder"}, "needs path"),
        ({"kind": "folder", "path": "out"}, "no absolute path"),
        ({"kind": "s3", "bucket": "b", "pat": 1}, "has no pat"),
        ({"kind": "s3", "bucket": "b", "endpoint": "minio:9000"}, "no address"),
        ({"kind": "webhook", "url": "http://10.0.0.1/"}, "go encrypted"),
        ({"kind": "sftp", "host": "h"}, "needs host_key, user"),
    ],
)
def test_what_can_never_be_brought_to_is_said(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        AnyTargets().check(settings)
