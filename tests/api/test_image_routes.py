"""GET /images/{name}.svg: the sample catalog's pictures."""

import pytest

from tests.api.conftest import Site

pytestmark = pytest.mark.live


@pytest.mark.parametrize("name", ["EAR-1", "EAR-1-2"])
def test_a_product_has_pictures_that_browsers_keep(site: Site, name: str) -> None:
    picture = site.client.get(f"/images/{name}.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert "完全ワイヤレスイヤホン" in picture.text
    assert "max-age" in picture.headers["cache-control"]
    again = site.client.get(f"/images/{name}.svg", headers={"If-None-Match": picture.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_pictures_of_one_product_differ(site: Site) -> None:
    assert site.client.get("/images/EAR-1.svg").text != site.client.get("/images/EAR-1-2.svg").text


@pytest.mark.parametrize("name", ["NONE", "EAR-1-x", "-1", "%00", "a" * 5_000, "..%2F..%2Fetc%2Fpasswd"])
def test_a_picture_of_nothing_is_a_404(site: Site, name: str) -> None:
    assert site.client.get(f"/images/{name}.svg").status_code == 404
