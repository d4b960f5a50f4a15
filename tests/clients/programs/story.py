"""What a program sent, for whoever started it."""

import json
import sys


class Sent:
    def __init__(self) -> None:
        self.events: list[tuple[str, int | None]] = []
        self.heard: list[str] = []

    def note(self, name: str, number: int | None = None) -> None:
        """An event was given to the client."""
        self.events.append((name, number))

    def hear(self, error: object, *_: object) -> None:
        """The client told of an error."""
        self.heard.append(str(error))

    def tell(self) -> None:
        json.dump({"events": self.events, "heard": self.heard}, sys.stdout)
