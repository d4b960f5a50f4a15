"""Models: what is declared and fitted, and having them fitted, tested and published as jobs beside the server."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Caller, Open, reply, require
from limner.api.once import WriteOnce
from limner.api.said import say_beside, say_in_page
from limner.govern.roles import Action

router = APIRouter(prefix="/api/v1", tags=["models"], route_class=WriteOnce)
Reader = Depends(require(Action.READ_TAGS))
Fitter = Annotated[Caller, Depends(require(Action.CHANGE_TAGS))]
Publisher = Annotated[Caller, Depends(require(Action.PUBLISH_TAGS))]
Name = Annotated[str, Path(description="As models/*.yaml has it.")]
Version = Annotated[int | None, Query(ge=1, lt=1 << 31, description="The newest unless given.")]


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: int | None = Field(None, ge=1, lt=1 << 31, description="The newest unless given.")
    as_of: str | None = Field(None, description="ISO 8601; the end of the data unless given.")


class AskedFit(BaseModel):
    model_config = ConfigDict(extra="forbid")
    as_of: str | None = Field(None, description="ISO 8601; the end of the data unless given.")


@router.get("/models", dependencies=[Reader])
def list_models(workspace: Open) -> Response:
    """`{"models": [{name, kind, title, version, passed, missing, said, metrics, published, published_at, tags}]}`.
    ``said``: what is `missing`, each by language."""
    return reply(say_in_page({"models": workspace.models_list()}, "models", "missing"))


@router.get("/models/{name}", dependencies=[Reader])
def show_model(workspace: Open, name: Name, version: Version = None) -> Response:
    """One model: its declaration, its versions, and the `card` of one of them, curves for plots included."""
    return reply(say_beside(workspace.models_show(name, version), "missing"))


@router.get("/models/{name}/reasons", dependencies=[Depends(require(Action.READ_PORTRAITS))])
def explain_prediction(
    workspace: Open,
    name: Name,
    key: Annotated[str, Query(description="`type:value` or a customer id.")],
    version: Version = None,
) -> Response:
    """Why a customer's prediction would be what it is now: `{"customer_id", "model", "version", "as_of", "reasons":
    [{feature, weight, words: {zh, en}}]}`, the strongest first."""
    return reply(workspace.models_explain(name, key, version))


@router.get("/models/{name}/plots/{curve}", dependencies=[Reader], response_class=Response)
def draw_plot(
    workspace: Open,
    name: Name,
    curve: Annotated[str, Path(description="One of the card's `curves`, such as calibration.")],
    version: Version = None,
    format: Annotated[Literal["svg", "png"], Query(description="What it is drawn as.")] = "svg",
    language: Annotated[Literal["zh", "en"], Query(description="Of its words.")] = "en",
) -> Response:
    """A curve of a version's card as a picture."""
    media = {"svg": "image/svg+xml", "png": "image/png"}[format]
    return Response(workspace.models_draw(name, curve, version, format, language), media_type=media)


@router.post("/models/{name}:fit", status_code=202)
def fit_model(workspace: Open, caller: Fitter, name: Name, asked: AskedFit | None = None) -> Response:
    """Fit a new version. The answer is the job that does it (`GET /api/v1/jobs/{id}`); its result is the card."""
    as_of = None if asked is None else asked.as_of
    return reply(workspace.models_submit("fit", name, as_of=as_of, author=caller.who), 202)


@router.post("/models/{name}:evaluate", status_code=202)
def evaluate_model(workspace: Open, caller: Fitter, name: Name, asked: Asked | None = None) -> Response:
    """Test a version again on the latest time whose outcome is known. The answer is the job."""
    asked = asked or Asked(version=None, as_of=None)
    return reply(workspace.models_submit("evaluate", name, asked.version, asked.as_of, author=caller.who), 202)


@router.post("/models/{name}:publish", status_code=202)
def publish_model(workspace: Open, caller: Publisher, name: Name, asked: Asked | None = None) -> Response:
    """Write what a version says of everybody into the tags that show it. The answer is the job; 409 with what is
    missing where it is not good enough."""
    asked = asked or Asked(version=None, as_of=None)
    return reply(workspace.models_submit("predict", name, asked.version, asked.as_of, author=caller.who), 202)
