"""From words to an exit status: 0 done, 1 the data or a definition was wrong, 2 usage, 130 Ctrl-C; no traceback."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import typer

from limner.api.verbs import crash_document, error_document
from limner.cli.answer import Answer
from limner.cli.commands import build_command
from limner.cli.door import Interrupted
from limner.cli.language import Language, choose_language, say
from limner.errors import LimnerError

INTERRUPTED = 130
"""The exit status of what somebody broke off with Ctrl-C, as shells have it."""


def main() -> None:
    """The ``limner`` command."""
    sys.exit(run(sys.argv[1:], os.environ))


def run(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Do what the words say; the exit status."""
    language = choose_language(arguments, environ)
    as_json = "--json" in arguments
    words = [word for word in arguments if word != "--json"] or ["--help"]
    try:
        outcome = build_command(language).main(args=words, prog_name="limner", standalone_mode=False)
        if isinstance(outcome, Answer):
            show = partial(_show, outcome, as_json)
            if outcome.following is not None:
                _show_all(outcome.following, as_json)
            elif outcome.serve is not None:
                outcome.serve(show)
            else:
                show()
        return outcome.status if isinstance(outcome, Answer) else int(outcome or 0)
    except Exception as error:  # the outermost boundary: people get a sentence, an unexpected traceback goes to a file
        document, status = _explain(error, language)
        if as_json:
            _print_document({"error": document})
        else:
            print(f"{say(language, 'Error')}: {document['message']}", file=sys.stderr)  # noqa: T201
        return status


def _explain(error: Exception, language: Language) -> tuple[dict[str, Any], int]:
    """What went wrong as a document, and the exit status it deserves."""
    if isinstance(error, Interrupted):
        return error_document(error), INTERRUPTED
    if isinstance(error, LimnerError):
        return error_document(error), 1
    if isinstance(error, typer.Abort):
        return {"code": "aborted", "message": say(language, "Nothing was done.")}, 1
    if isinstance(error, typer.TyperException):
        return {"code": "usage", "message": _usage(error, language)}, 2
    return crash_document(error), 1


def _usage(error: typer.TyperException, language: Language) -> str:
    """What was wrong with the words, and where the right ones are listed."""
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "limner"
    return f"{message.rstrip('.')}. {say(language, 'See: {path} --help', path=path)}"


def _show(answer: Answer, as_json: bool) -> None:
    if as_json:
        _print_document(answer.document)
        return
    from rich.console import Console

    answer.view(Console())


def _show_all(answers: Iterable[Answer], as_json: bool) -> None:
    """One by one, until there are no more, somebody presses Ctrl-C, or nobody reads them."""
    try:
        for answer in answers:
            _show(answer, as_json)
            sys.stdout.flush()
    except KeyboardInterrupt:
        return
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still to be flushed goes nowhere


def _print_document(document: Mapping[str, Any]) -> None:
    text = json.dumps(document, ensure_ascii=False, allow_nan=False)
    sys.stdout.buffer.write(text.encode() + b"\n")
    sys.stdout.flush()
