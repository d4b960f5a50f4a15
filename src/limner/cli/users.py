"""Commands about the people who sign in to the console: list, add, passwd, role, disable, enable."""

from __future__ import annotations

import getpass
import sys
from enum import StrEnum
from typing import Annotated, Any

from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, Session, View, grid, lines, session_of
from limner.cli.door import ask as ask_verb
from limner.errors import DataError

Name = Annotated[str, Argument(metavar="NAME", help="What they sign in with.")]
Ask = Annotated[
    bool, Option("--ask", help="Ask for the password, or read it from standard input, instead of generating one.")
]


class Role(StrEnum):
    """Those of people: the role write is for keys."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ANALYST = "analyst"
    REVIEWER = "reviewer"
    ADMIN = "admin"


def register(app: Typer) -> None:
    users = Typer(help="Who may sign in to the console.")
    users.command("list")(list_)
    users.command("add")(add)
    users.command("passwd")(passwd)
    users.command("role")(role)
    users.command("disable")(disable)
    users.command("enable")(enable)
    app.add_typer(users, name="users")


def list_(context: Context) -> Answer:
    """List all users, disabled ones too; never their passwords."""
    session = session_of(context)
    users = ask_verb(session, "users_list")
    heads = [session.say(head) for head in ("user", "role", "signs in by", "created", "seen", "state")]
    return Answer({"users": users}, grid(heads, [_row(session, user) for user in users]))


def _row(session: Session, user: dict[str, Any]) -> tuple[str, ...]:
    seen, disabled = user["seen_at"] or "", user["disabled_at"]
    state = session.say("in use") if disabled is None else session.say("disabled {day}", day=disabled[:10])
    return user["name"], user["role"], user["by"], user["created_at"][:10], seen[:16].replace("T", " "), state


def add(
    context: Context,
    name: Name,
    role: Annotated[Role, Option("--role", help="What they may do.")] = Role.VIEWER,
    ask: Ask = False,
) -> Answer:
    """Add a user and print a generated password, once."""
    session = session_of(context)
    given = _read_password(session) if ask else None
    document = ask_verb(session, "users_add", name=name, role=role.value, password=given, author=getpass.getuser())
    return Answer(document, _told(session, document))


def passwd(context: Context, name: Name, ask: Ask = False) -> Answer:
    """Give a user a new password and print it, once. The user is signed out everywhere."""
    session = session_of(context)
    given = _read_password(session) if ask else None
    document = ask_verb(session, "users_password", name=name, password=given, author=getpass.getuser())
    return Answer(document, _told(session, document))


def role(context: Context, name: Name, role: Annotated[Role, Argument(metavar="ROLE")]) -> Answer:
    """Change what a user may do. The user is signed out everywhere."""
    session = session_of(context)
    document = ask_verb(session, "users_role", name=name, role=role.value, author=getpass.getuser())
    return Answer(document, _told(session, document))


def disable(context: Context, name: Name) -> Answer:
    """Let a user sign in no more, at once."""
    session = session_of(context)
    document = ask_verb(session, "users_disable", name=name, author=getpass.getuser())
    return Answer(document, lines(session.say("{user} is disabled.", user=document["name"])))


def enable(context: Context, name: Name) -> Answer:
    """Let a user sign in again."""
    session = session_of(context)
    document = ask_verb(session, "users_enable", name=name, author=getpass.getuser())
    return Answer(document, _told(session, document))


def _told(session: Session, document: dict[str, Any]) -> View:
    texts = [session.say("{user} ({role})", user=document["name"], role=document["role"])]
    if "password" in document:
        texts.append(session.say("password: {password}", password=document["password"]))
        texts.append(session.say("Keep it now: only its hash is stored."))
    return lines(*texts)


def _read_password(session: Session) -> str:
    """From the terminal, twice and unseen; else the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass(session.say("Password: "))
    if getpass.getpass(session.say("Once more: ")) != password:
        raise DataError(session.say("The two are not the same."))
    return password
