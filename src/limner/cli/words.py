"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from typer import Argument, Option

Folder = Annotated[
    Path, Option("-w", "--workspace", metavar="DIR", help="The workspace; the current folder unless given.")
]
Lang = Annotated[str | None, Option("--lang", metavar="zh|en", help="Language of the texts; else the locale's.")]
Key = Annotated[
    str, Argument(metavar="KEY", help="A customer: type:value, such as phone:13800000000, or a customer_id.")
]
Keys = Annotated[
    list[str], Argument(metavar="KEY...", help="Customers: type:value, such as phone:13800000000, or a customer_id.")
]
AsOf = Annotated[
    str | None, Option("--as-of", metavar="TIME", help="The instant asked about; a bare date is its first moment.")
]
KnownAt = Annotated[
    str | None, Option("--known-at", metavar="TIME", help="Only what had been received by then, and links known then.")
]
Rule = Annotated[
    str, Option("--rule", metavar="JSON", help='A condition, such as {"value_tier": "high"}; @FILE reads it.')
]
Out = Annotated[Path, Argument(metavar="OUT", help="The file to write.")]
FileFormat = Annotated[
    Literal["parquet", "csv", "ndjson"] | None,
    Option("--format", metavar="parquet|csv|ndjson", help="What to write; else as the file's name ends."),
]
Author = Annotated[str, Option("--author", help="Who decides; kept with the decision.")]
Reason = Annotated[str, Option("--reason", help="Why; kept with the decision.")]
