"""Arrays by address, for kernels: memory maps are read-only, which signatures refuse, and a kernel that takes
addresses has one signature whatever the number of columns.

There are no bounds: callers keep the arrays alive and the indices inside.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.core import cgutils
from numba.extending import intrinsic


def _loader(kind: Any) -> Any:
    @intrinsic  # type: ignore[untyped-decorator]
    def load(context: Any, address: Any, index: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            pointer = builder.inttoptr(arguments[0], context.get_value_type(kind).as_pointer())
            return builder.load(cgutils.gep(builder, pointer, arguments[1]))

        return kind(types.int64, types.int64), generate

    return load


def _storer(kind: Any) -> Any:
    @intrinsic  # type: ignore[untyped-decorator]
    def store(context: Any, address: Any, index: Any, value: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            pointer = builder.inttoptr(arguments[0], context.get_value_type(kind).as_pointer())
            builder.store(arguments[2], cgutils.gep(builder, pointer, arguments[1]))
            return context.get_dummy_value()

        return types.void(types.int64, types.int64, kind), generate

    return store


load_int64 = _loader(types.int64)
load_int32 = _loader(types.int32)
load_int16 = _loader(types.int16)
load_int8 = _loader(types.int8)
load_uint8 = _loader(types.uint8)
load_float64 = _loader(types.float64)
store_int64 = _storer(types.int64)
store_uint8 = _storer(types.uint8)
store_int32 = _storer(types.int32)
store_float64 = _storer(types.float64)
store_float32 = _storer(types.float32)
