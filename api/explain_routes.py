"""GET /admin/explain: why a search finds what it finds, as `tanaban explain` tells it."""

from datetime import UTC, datetime

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api import examples
from api.admin_access import require_admin
from api.params import Text, WholeNumber
from api.query_string import read_parameters
from api.responses import answers, json_response, query_parameters
from api.state import shared
from search.explain import Explanation
from search.request import SearchRequest

router = APIRouter(prefix="/admin", tags=["admin"], dependencies=[Depends(require_admin)])

EXPLAINED_HITS_MAX = 50


class ExplainParameters(BaseModel):
    """Query parameters of `GET /admin/explain`."""

    model_config = ConfigDict(frozen=True)

    q: Text = Field("", description="Search text, as a shopper would type it.")
    per_page: WholeNumber = Field(10, ge=1, le=EXPLAINED_HITS_MAX, description="Hits to explain, the first ones.")


@router.get(
    "/explain",
    summary="How a text is read, and what each hit's score is made of",
    responses=answers(Explanation, examples.EXPLANATION),
    openapi_extra=query_parameters(ExplainParameters),
)
async def explain(request: Request) -> Response:
    """Words with all that would satisfy them, what was recognised, the rung of the zero-hit ladder, the body that
    OpenSearch received, and the parts of each hit's score.
    """
    state = shared(request)
    parameters = read_parameters(ExplainParameters, request.scope["query_string"])
    asked = SearchRequest(parameters.q, per_page=parameters.per_page)
    tree, vocabulary = await state.tree(), await state.vocabulary()
    return json_response(await state.search.explain(asked, tree, vocabulary, datetime.now(UTC)))
