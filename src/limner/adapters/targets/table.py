"""A table of a database, in one transaction: replaced as a whole, or what was added and removed applied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    MetaData,
    String,
    Text,
    bindparam,
    create_engine,
    delete,
    insert,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from limner.errors import DataError, Unavailable
from limner.fold.export import CUSTOMER_ID
from limner.ports.packages import Parcel

CHANGE = "change"
AT_ONCE = 5_000


class Table:
    """Its parcels are Parquet files. The secret is the URL of the database, as SQLAlchemy writes it."""

    def __init__(self, settings: Mapping[str, Any], secret: str) -> None:
        self._name, self._schema = str(settings["table"]), settings.get("schema")
        try:
            self._url = make_url(secret)
            self._url.get_dialect()
        except (ArgumentError, NoSuchModuleError, ValueError) as error:
            raise DataError(
                "The secret is no URL of a database.", hint="postgresql+psycopg://USER:PASSWORD@HOST/NAME"
            ) from error

    def put(self, parcel: Parcel) -> None:
        file = pyarrow.parquet.ParquetFile(parcel.path)
        schema = file.schema_arrow
        columns = [_column(field) for field in schema if field.name != CHANGE]
        table = SqlTable(self._name, MetaData(schema=self._schema), *columns)
        try:
            engine = create_engine(self._url)
        except ModuleNotFoundError as error:
            raise DataError(
                f"The driver {error.name} is not installed.", hint="pip install 'limner[cluster]'"
            ) from error
        try:
            with engine.begin() as connection:
                table.create(connection, checkfirst=True)
                if not parcel.incremental:
                    connection.execute(delete(table))
                for batch in file.iter_batches(AT_ONCE):
                    rows = [_flatten(row) for row in batch.to_pylist()]
                    if parcel.incremental:
                        gone = [{"gone": row[CUSTOMER_ID]} for row in rows]
                        connection.execute(delete(table).where(table.c[CUSTOMER_ID] == bindparam("gone")), gone)
                        rows = [row for row in rows if row.pop(CHANGE) == "added"]
                    if rows:
                        connection.execute(insert(table), rows)
        except SQLAlchemyError as error:
            where = self._url.render_as_string(hide_password=True)
            raise Unavailable(f"The table {self._name} of {where} was not written: {type(error).__name__}.") from error
        finally:
            engine.dispose()


def _column(field: pa.Field) -> Column[Any]:
    if field.name == CUSTOMER_ID:
        return Column(CUSTOMER_ID, String(32), primary_key=True)
    kinds: list[tuple[Any, Any]] = [
        (pa.types.is_integer, BigInteger),
        (pa.types.is_floating, Double),
        (pa.types.is_boolean, Boolean),
        (pa.types.is_timestamp, DateTime(timezone=True)),
    ]
    return Column(field.name, next((kind for test, kind in kinds if test(field.type)), Text))


def _flatten(row: dict[str, Any]) -> dict[str, Any]:
    return {name: "|".join(map(str, value)) if isinstance(value, list) else value for name, value in row.items()}
