"""What a process that does a task and its server say to each other besides progress: errors, as documents."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from limner.errors import (
    Conflict,
    DataError,
    DefinitionError,
    LimnerError,
    MissingExtra,
    NotFound,
    Problem,
    Unavailable,
)

KINDS = {kind.code: kind for kind in (LimnerError, DataError, NotFound, Conflict, Unavailable)}


def write_error(error: BaseException) -> dict[str, Any]:
    """An error as a document that `read_error` makes an error of again."""
    if isinstance(error, DefinitionError):
        return {"code": error.code, "problems": [asdict(problem) for problem in error.problems]}
    if isinstance(error, MissingExtra):
        return {"code": LimnerError.code, "message": str(error)}
    if isinstance(error, LimnerError):
        return {"code": error.code, "message": error.message, "hint": error.hint}
    return {"code": Unavailable.code, "message": say_unexpected(error)}


def read_error(document: Mapping[str, Any]) -> LimnerError:
    if document["code"] == DefinitionError.code:
        return DefinitionError([Problem(**problem) for problem in document["problems"]])
    kind = KINDS.get(document["code"], LimnerError)
    return kind(document["message"], hint=document.get("hint"))


def say_unexpected(error: BaseException) -> str:
    """A sentence for an error that nobody raised on purpose."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full. Free some room and resume the job; nothing written before is lost."
    if isinstance(error, MemoryError):
        return "There is not enough memory."
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}."
    return f"Limner met an error it did not expect ({type(error).__name__}: {error})."
