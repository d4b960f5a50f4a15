"""Tables of other databases, by SQLAlchemy URL, streamed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Engine, MetaData, Table, create_engine, inspect, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, NoSuchTableError, SQLAlchemyError

from limner.errors import DataError, did_you_mean
from limner.ports.rows import ForeignTable

FETCH_ROWS = 10_000


class SqlTables:
    """`ports.rows.Tables` for databases."""

    def open(self, place: str, table: str | None) -> ForeignTable:
        url, named = _split(place)
        name = table or named
        shown = url.render_as_string(hide_password=True)
        try:
            engine = create_engine(url)
            if url.get_backend_name() == "sqlite":
                _check_file(url)
            if not name:
                raise DataError(
                    f"{shown} does not say which table.", hint=f"Add ?table=NAME. {_tables(engine)}".strip()
                )
            source = _reflect(engine, name, shown)
        except ModuleNotFoundError as error:
            raise DataError(
                f"{shown} needs the Python package {error.name}.", hint=f"pip install {error.name}"
            ) from error
        except SQLAlchemyError as error:
            raise DataError(f"{shown} cannot be read: {_reason(error, url)}.") from error
        return ForeignTable(tuple(source.columns.keys()), _stream(engine, source, shown))


def _split(place: str) -> tuple[URL, str | None]:
    """The database's URL and the table that ``table=`` names in it."""
    try:
        url = make_url(place)
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError) as error:
        scheme = place.partition("://")[0]
        raise DataError(
            f"{scheme}://... is no database URL Limner knows.", hint="Such as sqlite:///shop.db?table=orders."
        ) from error
    except ModuleNotFoundError as error:
        raise DataError(
            f"{url.drivername} needs the Python package {error.name}.", hint=f"pip install {error.name}"
        ) from error
    table = url.query.get("table")
    return url.difference_update_query(["table"]), table if isinstance(table, str) else None


def _check_file(url: URL) -> None:
    """SQLite would make a new file where there is none."""
    from pathlib import Path

    if not url.database or not Path(url.database).is_file():
        raise DataError(f"There is no SQLite file {url.database!r}.")


def _reflect(engine: Engine, name: str, shown: str) -> Table:
    schema, _, plain = name.rpartition(".")
    try:
        return Table(plain, MetaData(), schema=schema or None, autoload_with=engine)
    except NoSuchTableError:
        known = inspect(engine).get_table_names(schema=schema or None)
        raise DataError(f"{shown} has no table {name!r}.", hint=did_you_mean(name, known)) from None


def _tables(engine: Engine) -> str:
    names = sorted(inspect(engine).get_table_names())
    return f"It has {', '.join(names)}." if 0 < len(names) <= 30 else ""


def _stream(engine: Engine, source: Table, shown: str) -> Iterator[Sequence[Sequence[Any]]]:
    try:
        with engine.connect().execution_options(yield_per=FETCH_ROWS) as connection:
            yield from connection.execute(select(source)).partitions()
    except SQLAlchemyError as error:
        raise DataError(f"Reading {source.name} of {shown} broke off: {_reason(error, engine.url)}.") from error
    finally:
        engine.dispose()


def _reason(error: SQLAlchemyError, url: URL) -> str:
    """The driver's own first line, without the password should the driver repeat it."""
    reason = str(getattr(error, "orig", None) or error).splitlines()[0].rstrip(".")
    password = str(url.password) if url.password else ""
    return reason.replace(password, "***") if password else reason
