"""What to offer a customer now: the best items, or given ones in order."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Caller, Open, reply, require
from limner.govern.roles import Action
from limner.learn.recommend.scene import parse_scene

router = APIRouter(prefix="/api/v1", tags=["recommendations"])
Reader = Annotated[Caller, Depends(require(Action.READ_PORTRAITS))]
MODEL = "The model; may be left out where one is declared."


class Candidate(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str = Field(max_length=500)
    attributes: dict[str, str | int | float | bool | None] = Field(
        default_factory=dict, description="Of what is not in the item table."
    )


class Scene(BaseModel):
    model_config = ConfigDict(extra="forbid")
    time: str | None = Field(None, description="ISO 8601, or `now`.")
    place: str | None = Field(None, max_length=200, description="A value of the property the model calls place.")


class Ranking(BaseModel):
    model_config = ConfigDict(extra="forbid")
    candidates: list[Candidate] = Field(min_length=1, max_length=1000)
    model: str | None = Field(None, description=MODEL)
    scene: Scene | None = None


@router.get("/profiles/{key:path}/recommendations")
def recommend(
    workspace: Open,
    caller: Reader,
    key: str,
    n: Annotated[int, Query(ge=1, le=200)] = 10,
    model: Annotated[str | None, Query(description=MODEL)] = None,
    scene: Annotated[str | None, Query(description="`time:now`, `place:VALUE`, or both with a comma.")] = None,
) -> Response:
    """`{"customer_id", "model", "version", "as_of", "interactions", "items": [{item, score, because, reason,
    attributes}]}`."""
    return reply(workspace.recommendations(key, n, model, parse_scene(scene)))


@router.post("/profiles/{key:path}/recommendations")
def rank_candidates(workspace: Open, caller: Reader, key: str, asked: Ranking) -> Response:
    """The candidates in the order in which they go with the customer and the scene; answers as the other one does."""
    candidates: list[Any] = [one.model_dump() for one in asked.candidates]
    scene = None if asked.scene is None else asked.scene.model_dump(exclude_none=True)
    return reply(workspace.rank_candidates(key, candidates, asked.model, scene))
