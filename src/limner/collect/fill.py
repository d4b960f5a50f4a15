"""Filling empty cells from the row above, across batches: what merged cells of a sheet mean."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc


@dataclass(slots=True)
class Filler:
    columns: tuple[str, ...]
    _last: dict[str, pa.Scalar] = field(default_factory=dict)

    def fill(self, table: pa.Table) -> pa.Table:
        for name in self.columns:
            if name not in table.column_names or not table.num_rows:
                continue
            column = table[name].combine_chunks()
            last = self._last.get(name)
            if last is not None:
                column = pa.concat_arrays([pa.array([last.as_py()], column.type), column])
            filled = pc.fill_null_forward(column)
            self._last[name] = filled[-1]
            table = table.set_column(table.column_names.index(name), name, filled[len(filled) - table.num_rows :])
        return table
