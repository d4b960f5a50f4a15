"""From the registry into the files: what another door published, deprecated or retired since they agreed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from limner.errors import Conflict, DataError, NotFound, did_you_mean
from limner.model.dump import digest_tag
from limner.ports.registry import Act, Registered, Registry, Status
from limner.replacing import replace_text
from limner.tags.files import TagFiles, read_tag_files, read_tag_text
from limner.tags.filing import plan_changes
from limner.tags.writing import drop_tag, put_tag

HOME = "tags/pulled.yaml"
"""Of tags that no file has."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What the files have now."""

    written: Mapping[str, int]
    """Name to version."""
    removed: Sequence[str]
    """Retired elsewhere."""
    files: Sequence[str]
    """Those that were changed."""
    kept: Sequence[str]
    """Changed in the files as well: left alone."""


def pull_tags(folder: Path, registry: Registry, names: Sequence[str] = (), force: bool = False) -> Pulled:
    """Write these tags as they are registered, or all that the files have fallen behind on or never had.

    Tags that the files changed as well are left alone unless ``force``; named ones are then a `Conflict`.
    """
    standing = {item.version.name: item for item in registry.tags()}
    if unknown := [name for name in names if name not in standing]:
        raise NotFound(f"There is no published tag {unknown[0]!r}.", hint=did_you_mean(unknown[0], standing))
    files = read_tag_files(folder)
    changes = plan_changes(files, registry)
    edited = {tag.tag.name for tag in changes.changed} | {item.name for item in changes.conflicting}
    if not force and (touched := [name for name in names if name in edited]):
        raise Conflict(
            f"{', '.join(touched)} was changed in the files as well.", hint="--force writes over what the files say."
        )
    late = {item.name for item in (*changes.behind, *changes.conflicting)}
    late |= {name for name in changes.absent if standing[name].filed is None}
    chosen = list(names) or [name for name in standing if name in late and (force or name not in edited)]
    texts = _write([standing[name] for name in chosen], files, folder.parent)
    _save(texts, folder.parent)
    used = {name: standing[name].version.version for name in chosen if standing[name].status is not Status.RETIRED}
    removed = [name for name in chosen if name not in used]
    registry.commit(Act(filed={**used, **dict.fromkeys(removed)}))
    kept = [] if force or names else [item.name for item in changes.conflicting]
    return Pulled(used, removed, sorted(texts), kept)


def _write(chosen: Sequence[Registered], files: TagFiles, home: Path) -> dict[str, str]:
    """File to its new text; every text is read again before anything is written."""
    texts: dict[str, str] = {}
    for item in chosen:
        name = item.version.name
        where = files.sources.get(name, HOME)
        if where not in texts:
            path = home / where
            texts[where] = path.read_text(encoding="utf-8-sig") if path.exists() else ""
        if item.status is Status.RETIRED:
            texts[where] = drop_tag(texts[where], name)
        else:
            texts[where] = put_tag(texts[where], name, item.version.definition)
    for where, text in texts.items():
        _check(where, text, chosen, files)
    return texts


def _check(where: str, text: str, chosen: Sequence[Registered], files: TagFiles) -> None:
    """Does the file say of these tags what the registry does, and of the others what it said before?"""
    read = read_tag_text(text, where)
    said = {tag.name: digest_tag(tag) for tag in read.tags}
    meant = {tag.name: digest_tag(tag) for tag in files.tags if files.sources[tag.name] == where}
    for item in chosen:
        if files.sources.get(item.version.name, HOME) == where:
            meant.pop(item.version.name, None)
            if item.status is not Status.RETIRED:
                meant[item.version.name] = item.version.digest
    if read.problems or said != meant:
        raise DataError(f"{where} cannot be rewritten without harm.", hint="Change it by hand; nothing was written.")


def _save(texts: Mapping[str, str], home: Path) -> None:
    """Each file whole or as it was."""
    for where, text in texts.items():
        path = home / where
        path.parent.mkdir(exist_ok=True)
        replace_text(path, text)
