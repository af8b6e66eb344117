"""From a template and its values to an answer: Jinja2, the pages' headers, and errors as Japanese pages."""

import gzip
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from api import links
from api.errors import Problem
from api.pages_product import discount_percent
from api.pages_static import load_static_files
from catalog.tree import CategoryTree
from core.limits import QUERY_MAX_CHARS

STATIC_FILES = load_static_files()

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing inline, nothing from elsewhere but pictures, which shops keep on image hosts."""

GZIP_LEVEL = 5
"""A list page of 80 KB in about 1 ms to an eighth; nothing secret is on a page, so BREACH has nothing to guess."""


@dataclass(frozen=True, slots=True)
class ErrorText:
    heading: str
    advice: str


ERROR_TEXTS = {
    400: ErrorText(
        "条件を読み取れませんでした", "アドレスの条件に誤りがあります。検索し直すか、条件を減らしてお試しください。"
    ),
    404: ErrorText("ページが見つかりません", "アドレスが変わったか、入力に誤りがある可能性があります。"),
    410: ErrorText("この商品の取り扱いは終了しました", "よく似た商品を、検索やカテゴリからお探しください。"),
    503: ErrorText(
        "ただいまご利用いただけません",
        "サーバーが応答していません。しばらくしてから、もう一度お試しください。",
    ),
}
OTHER_ERROR = ErrorText("ページを表示できません", "しばらくしてから、もう一度お試しください。")


def format_yen(yen: int) -> str:
    """
    >>> format_yen(12800)
    '¥12,800'
    """
    return f"¥{yen:,}"


def mark_highlighted(html: str | None) -> Markup | None:
    """A highlight comes escaped, with <mark> as its only tag (search/result.py)."""
    return Markup(html) if html else None


def _create_environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("api"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"yen": format_yen, "highlighted": mark_highlighted}
    environment.globals |= {
        "static_url": lambda name: STATIC_FILES[name].url,
        "category_url": links.category_url,
        "product_url": links.product_url,
        "with_query": links.with_query,
        "discount_percent": discount_percent,
        "query_max_chars": QUERY_MAX_CHARS,
    }
    return environment


TEMPLATES = _create_environment()


def render_page(
    request: Request, template: str, tree: CategoryTree | None, *, status: int = 200, **values: Any
) -> Response:
    """`tree` gives the header's categories. `values` are the template's own; base.html's have defaults here."""
    roots = tree.shown_children(None) if tree else ()
    defaults: dict[str, Any] = {"canonical": None, "noindex": False, "json_ld": [], "text": "", "scope": None}
    html = TEMPLATES.get_template(template).render(defaults | {"roots": roots} | values).encode()
    headers = {"Content-Security-Policy": CONTENT_POLICY, "Cache-Control": "no-cache"}
    return compressed_response(request, html, gzip.compress(html, GZIP_LEVEL), "text/html", headers, status)


def compressed_response(
    request: Request,
    body: bytes,
    gzipped: bytes,
    media_type: str,
    headers: dict[str, str],
    status: int = 200,
) -> Response:
    headers = headers | {"Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(body, status, headers, media_type)
    return Response(gzipped, status, headers | {"Content-Encoding": "gzip"}, media_type)


def render_error(request: Request, problem: Problem, tree: CategoryTree | None) -> Response:
    """`problem.message` (English, names the parameter) is shown for a 400 only: there a person can mend it."""
    request.scope["problem"] = problem
    text = ERROR_TEXTS.get(problem.status, OTHER_ERROR)
    response = render_page(
        request,
        "error.html",
        tree,
        status=problem.status,
        title=f"{text.heading} | 棚番",
        description=text.heading,
        noindex=True,
        heading=text.heading,
        advice=text.advice,
        problem_status=problem.status,
        detail=problem.message if problem.status == 400 else "",
    )
    response.headers.update(problem.headers | {"Cache-Control": "no-store"})
    return response
