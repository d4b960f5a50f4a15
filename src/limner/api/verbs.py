"""The verbs of a workspace by name, with plain values in and out: what the CLI calls here or through the socket."""

from __future__ import annotations

import errno
import math
import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from inspect import signature
from typing import Any

from limner.errors import DefinitionError, LimnerError

Progress = Callable[[str, int, int], None]
"""Told (what, done, total) now and then; total 0 = unknown."""

VERBS = frozenset(
    {
        "import_files",
        "rejects_list",
        "rejects_export",
        "rejects_retry",
        "tags_check",
        "tags_plan",
        "tags_apply",
        "tags_list",
        "tags_show",
        "tags_pull",
        "tags_draft",
        "tags_discard",
        "tags_submit",
        "tags_withdraw",
        "tags_refuse",
        "tags_approve",
        "tags_reviews",
        "tags_publish",
        "tags_rollback",
        "tags_deprecate",
        "tags_restore",
        "tags_retire",
        "tags_versions",
        "tags_diff",
        "events_seen",
        "event_properties",
        "templates_list",
        "template_add",
        "template_apply",
        "tags_explain",
        "tags_preview",
        "tags_previewed",
        "tags_import",
        "tags_runs",
        "tags_refresh",
        "tag_set",
        "tag_unset",
        "forms_list",
        "form_fill",
        "tags_health",
        "tags_examine",
        "tags_lineage",
        "sources_list",
        "sources_show",
        "fold",
        "explain_fold",
        "profile",
        "profiles_lookup",
        "audience_count",
        "audience_export",
        "audience_save",
        "audience_list",
        "audience_show",
        "audience_snapshot",
        "audience_snapshots",
        "audience_members",
        "audience_diff",
        "audience_insight",
        "audience_differences",
        "audience_cross",
        "audience_overlap",
        "audience_trend",
        "personas_fit",
        "personas_list",
        "personas_show",
        "personas_edit",
        "personas_write",
        "personas_publish",
        "package_save",
        "package_list",
        "package_drop",
        "package_send",
        "package_write",
        "package_deliveries",
        "package_retry",
        "audience_drop",
        "export",
        "identity_show",
        "identity_merge",
        "identity_split",
        "identity_explain",
        "identity_block",
        "identity_unblock",
        "heavy_list",
        "keys_list",
        "keys_create",
        "keys_change",
        "keys_rotate",
        "keys_disable",
        "users_list",
        "users_add",
        "users_password",
        "users_role",
        "users_disable",
        "users_enable",
        "users_sign_out",
        "webhooks_list",
        "webhooks_create",
        "webhooks_map",
        "webhooks_rotate",
        "webhooks_disable",
        "destinations_list",
        "destinations_add",
        "destinations_change",
        "destinations_test",
        "destinations_disable",
        "destinations_enable",
        "destinations_replay",
        "destinations_replay_preview",
        "destinations_dead",
        "destinations_retry",
        "models_check",
        "models_list",
        "models_show",
        "models_fit",
        "models_evaluate",
        "models_publish",
        "models_explain",
        "models_plot",
        "jobs_list",
        "jobs_show",
        "jobs_cancel",
        "jobs_resume",
        "next_best_action",
        "action_decide",
        "actions_list",
        "actions_decide",
        "recommendations",
        "rank_candidates",
        "erase",
        "backup",
        "events_recent",
        "events_violations",
        "doctor",
        "doctor_parity",
    }
)
"""What may be asked for by name; nothing else of a workspace is reachable so."""


PLAIN = frozenset({str, int, bool, type(None)})
"""Types of values that are JSON as they are."""


class Relayed(LimnerError):
    """An error another process reported, raised again on this side with its own code and problems."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = dict(document)
        self.code = str(document["code"])
        super().__init__(str(document["message"]))


def call_verb(workspace: object, verb: str, arguments: Mapping[str, Any], progress: Progress) -> Any:
    """Call one verb and return its answer as plain, JSON-able values. Raises what the verb raises."""
    if verb not in VERBS:
        raise LimnerError(f"There is no verb {verb!r}.")
    method = getattr(workspace, verb)
    told = {"progress": progress} if "progress" in signature(method).parameters else {}
    return plain(method(**arguments, **told))


def plain(value: Any) -> Any:
    """JSON-able copy of a verb's answer: `as_dict`, dataclasses, arrays and times become plain values, NaN None."""
    kind = type(value)
    if kind in PLAIN:
        return value
    if kind is dict:
        return {key if type(key) is str else str(key): plain(item) for key, item in value.items()}
    if kind is list:
        return [plain(item) for item in value]
    return _plain_of_others(value)


def _plain_of_others(value: Any) -> Any:
    """Few of what answers consist of: to ask what a value can do takes ten times as long as what it is."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, Sequence | set | frozenset):
        return [plain(item) for item in value]
    return plain(_unwrapped(value))


def _unwrapped(value: Any) -> Any:
    if hasattr(value, "as_dict"):
        return value.as_dict()
    if is_dataclass(value) and not isinstance(value, type):
        return {name: getattr(value, name) for name in _members(type(value))}
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "tolist"):  # numpy scalars and arrays
        return value.tolist()
    return str(value)  # paths, identifiers of other libraries


@cache
def _members(kind: type) -> tuple[str, ...]:
    """Of a dataclass. `asdict` copies what they hold as well, which takes longer than all the rest."""
    return tuple(field.name for field in fields(kind))


def error_document(error: LimnerError) -> dict[str, Any]:
    """``code``, ``message`` and, for definitions, ``problems``: the inside of every door's error."""
    if isinstance(error, Relayed):
        return error.document
    document: dict[str, Any] = {"code": error.code, "message": str(error)}
    if isinstance(error, DefinitionError):
        document["problems"] = [plain(problem) for problem in error.problems]
    return document


def crash_document(error: BaseException) -> dict[str, Any]:
    """The same for an error nobody raised on purpose: a sentence, and where the traceback was written."""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        sentence = "The disk is full. Free some room and give the command again; nothing written before is lost."
        return {"code": "unavailable", "message": sentence}
    if isinstance(error, OSError) and error.filename is not None:
        return {"code": "data", "message": f"{error.filename}: {error.strerror}."}
    with tempfile.NamedTemporaryFile(
        "w", prefix="limner-crash-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.writelines(traceback.format_exception(error))
    sentence = f"Limner met an error it did not expect ({type(error).__name__}). The traceback is in {file.name}."
    return {"code": "unexpected", "message": sentence}
