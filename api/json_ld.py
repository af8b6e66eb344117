"""Structured data for search engines (https://schema.org), as the pages embed it. Pure."""

from typing import Any

from api import links
from catalog.details import Crumb, ProductDetails

Json = dict[str, Any]


def build_product_json_ld(product: ProductDetails, public_url: str) -> Json:
    """https://schema.org/Product; what is unknown is left out."""
    known: Json = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.name,
        "sku": product.sku,
        "url": public_url + links.product_url(product.id),
        "category": " > ".join(crumb.name for crumb in product.breadcrumb),
        "description": product.description,
        "image": [_absolute(image.url, public_url) for image in product.images],
        "brand": {"@type": "Brand", "name": product.brand.name} if product.brand else None,
        "offers": _build_offers(product, public_url),
        "aggregateRating": _build_rating(product),
    }
    return {name: value for name, value in known.items() if value}


def build_breadcrumb_json_ld(trail: tuple[Crumb, ...], current: tuple[str, str] | None, public_url: str) -> Json:
    """https://schema.org/BreadcrumbList of categories, and the product's (name, path) at the end."""
    steps = [(crumb.name, links.category_url(crumb.slug)) for crumb in trail] + ([current] if current else [])
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": public_url + path}
            for position, (name, path) in enumerate(steps, start=1)
        ],
    }


def _build_offers(product: ProductDetails, public_url: str) -> Json:
    prices = [variation.price for variation in product.variations]
    shared: Json = {
        "priceCurrency": "JPY",
        "availability": f"https://schema.org/{'InStock' if product.in_stock else 'OutOfStock'}",
        "url": public_url + links.product_url(product.id),
        "seller": {"@type": "Organization", "name": product.seller.name},
    }
    if min(prices) == max(prices):
        return {"@type": "Offer", "price": min(prices)} | shared
    span: Json = {"lowPrice": min(prices), "highPrice": max(prices), "offerCount": len(prices)}
    return {"@type": "AggregateOffer"} | span | shared


def _build_rating(product: ProductDetails) -> Json | None:
    if product.rating is None:
        return None
    return {"@type": "AggregateRating", "ratingValue": product.rating, "reviewCount": product.review_count}


def _absolute(url: str, public_url: str) -> str:
    return public_url + url if url.startswith("/") else url
