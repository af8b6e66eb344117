"""What the product page shows."""

from datetime import UTC, datetime

from catalog.details import ProductDetails, build_details
from tests.catalog.rows import product_row, variation

PUBLISHED = datetime.fromtimestamp(1_700_000_000, UTC)


def test_details_survive_the_cache() -> None:
    details = build_details(
        product_row(
            images=[["/1.svg", None]],
            attributes={"素材": "綿"},
            variations=[variation("R", {"色": ["赤"]}), variation("B", {"色": ["青"]}, adjustment_yen=100)],
            review_count=3,
            rating_sum=13,
        )
    )

    assert ProductDetails.from_json(details.to_json()) == details
    assert (details.price, details.rating) == (10_000, 4.33)
    assert [crumb.name for crumb in details.breadcrumb] == ["家電", "音響", "イヤホン"]


def test_a_product_is_shown_from_its_publication_on() -> None:
    details = build_details(product_row())

    assert details.is_shown(PUBLISHED)
    assert not details.is_shown(PUBLISHED.replace(year=2000))
    assert not build_details(product_row(status="draft")).is_shown(PUBLISHED)
