"""Arrays by address, for kernels. `get` and `put` are of int64, the others say what they are of.

Why addresses: memory maps are read-only, which signatures refuse; one signature does for any number of columns; and
numba counts references on every array it hands on, which in loops this tight costs more than the work.

There are no bounds: callers keep the arrays alive and the indices inside.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

gep: Any = cgutils.gep


def _loader(kind: Any) -> Any:
    @intrinsic
    def load(context: Any, address: Any, index: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            pointer = builder.inttoptr(arguments[0], context.get_value_type(kind).as_pointer())
            return builder.load(gep(builder, pointer, arguments[1]))

        return kind(types.int64, types.int64), generate

    return load


def _storer(kind: Any) -> Any:
    @intrinsic
    def store(context: Any, address: Any, index: Any, value: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            pointer = builder.inttoptr(arguments[0], context.get_value_type(kind).as_pointer())
            builder.store(arguments[2], gep(builder, pointer, arguments[1]))
            return context.get_dummy_value()

        return types.void(types.int64, types.int64, kind), generate

    return store


def _count_bits(context: Any, bits: Any) -> Any:

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.int64), generate


count_bits: Any = intrinsic(_count_bits)
"""How many bits of an int64 are set."""
get = _loader(types.int64)
get_int32 = _loader(types.int32)
get_int16 = _loader(types.int16)
get_int8 = _loader(types.int8)
get_uint8 = _loader(types.uint8)
get_float64 = _loader(types.float64)
put = _storer(types.int64)
put_int32 = _storer(types.int32)
put_uint8 = _storer(types.uint8)
put_float64 = _storer(types.float64)
put_float32 = _storer(types.float32)
