"""Language models that speak OpenAI's chat protocol."""

from limner.adapters.chat.writer import ChatWriter

__all__ = ["ChatWriter"]
