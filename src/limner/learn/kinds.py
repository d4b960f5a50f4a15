"""The kinds of models there are, by name. A new one is a module of this room and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from limner.learn.attribute import Attributes
from limner.learn.contract import Kind
from limner.learn.lookalike import Lookalike
from limner.learn.marketing.lifecycle import Lifecycle
from limner.learn.marketing.rfm import Rfm
from limner.learn.marketing.value import Value
from limner.learn.preference.interests import InterestKind
from limner.learn.preference.tastes import TasteKind
from limner.learn.propensity import Churn, Propensity
from limner.learn.recommend.kind import Recommendation
from limner.learn.survival import Survival
from limner.learn.uplift.kind import Uplift

ALL: tuple[Kind, ...] = (
    Churn(),
    Propensity(),
    Attributes(),
    Survival(),
    Lookalike(),
    Recommendation(),
    Uplift(),
    Rfm(),
    Lifecycle(),
    Value(),
    TasteKind(),
    InterestKind(),
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in ALL}
