"""What Limner says in English when something is wrong, for those who read Chinese: errors, jobs and deliveries that
failed, rules that cannot be counted. It is read off the English when it is shown, so that older records are told as
well; the words of another system stay as they are within the Chinese sentence.
"""

from limner.retold.access import ACCESS
from limner.retold.audiences import AUDIENCES
from limner.retold.customers import CUSTOMERS
from limner.retold.definitions import DEFINITIONS
from limner.retold.deliveries import DELIVERIES
from limner.retold.files import FILES
from limner.retold.language import LANGUAGE
from limner.retold.models import MODELS
from limner.retold.speech import Speech
from limner.retold.tags import TAGS
from limner.retold.things import PLACES, ROLES, THINGS
from limner.retold.upkeep import UPKEEP

__all__ = ["say_error"]

_SENTENCES = {
    **LANGUAGE, **DEFINITIONS, **TAGS, **AUDIENCES, **CUSTOMERS, **MODELS, **FILES, **DELIVERIES, **ACCESS, **UPKEEP
}  # fmt: skip
_CHINESE = Speech(_SENTENCES, THINGS, ROLES, PLACES)


def say_error(text: str) -> dict[str, str]:
    """By language; each line is a sentence with its hint, or some, and maybe their place before them.

    >>> say_error("There is no tag 'citty'. Did you mean city?")["zh"]
    '没有标签“citty”。是否指 city？'
    >>> say_error("Words of somebody else.")
    {'en': 'Words of somebody else.'}
    """
    return _CHINESE.tell(text)
