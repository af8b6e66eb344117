"""A shop in a few short verbs, for tests on a real PostgreSQL.

    shop = Shop(database)
    earphones = shop.product("ワイヤレスイヤホン", category="家電 > オーディオ", brand="ソニー", price=12_800)
    shop.order(earphones)
    shop.review(earphones, rating=4)

Whatever a test does not name gets a plain value. Any column of the row can be given by its own name.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from core.types import BrandId, CategoryId, ProductId, SellerId


class Shop:
    """Writes through `database` (autocommit, or the test's own transaction)."""

    def __init__(self, database: psycopg.Connection[TupleRow]) -> None:
        self.database = database
        self._numbers = count(1)
        self._categories: dict[str, CategoryId] = {}
        self._users: list[UUID] = []

    def insert(self, table: str, **columns: Any) -> UUID:
        """One row by its columns; dicts and lists become jsonb. Returns its id."""
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING id").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join([sql.Placeholder()] * len(columns)),
        )
        values = [Jsonb(value) if isinstance(value, dict | list) else value for value in columns.values()]
        row = self.database.execute(statement, values).fetchone()
        assert row is not None
        identifier: UUID = row[0]
        return identifier

    def category(self, path: str, **columns: Any) -> CategoryId:
        """The category of a path such as "本 > 漫画", made with its ancestors; columns go to the last one."""
        if path not in self._categories:
            above, _, name = path.rpartition(" > ")
            values = {"name": name, "slug": f"category-{next(self._numbers)}", **columns}
            parent_id = self.category(above) if above else None
            self._categories[path] = CategoryId(self.insert("categories", parent_id=parent_id, **values))
        return self._categories[path]

    def brand(self, name: str, kana: str | None = None, **columns: Any) -> BrandId:
        found = self.database.execute("SELECT id FROM brands WHERE name = %s", [name]).fetchone()
        return BrandId(found[0] if found else self.insert("brands", name=name, name_kana=kana, **columns))

    def seller(self, name: str = "棚番商店", **columns: Any) -> SellerId:
        found = self.database.execute("SELECT id FROM sellers WHERE company_name = %s", [name]).fetchone()
        values = {"company_name": name, "status": "active", **columns}
        return SellerId(found[0] if found else self.insert("sellers", **values))

    def product(
        self,
        name: str = "商品",
        *,
        sku: str | None = None,
        category: str | CategoryId = "雑貨",
        brand: str | BrandId | None = None,
        seller: str | SellerId = "棚番商店",
        price: int = 1_000,
        sale_price: int | None = None,
        stock: int = 10,
        status: str = "active",
        attributes: Mapping[str, list[str]] | None = None,
        images: Iterable[str] = (),
        variations: Iterable[Mapping[str, Any]] = (),
        **columns: Any,
    ) -> ProductId:
        """A shown product. A variation is the keyword arguments of `variation`."""
        values = {
            "name": name,
            "sku": sku or f"SKU-{next(self._numbers)}",
            "category_id": self.category(category) if isinstance(category, str) else category,
            "brand_id": self.brand(brand) if isinstance(brand, str) else brand,
            "seller_id": self.seller(seller) if isinstance(seller, str) else seller,
            "base_price": price,
            "sale_price": sale_price,
            "stock_quantity": stock,
            "status": status,
            "attributes": dict(attributes or {}),
            "published_at": datetime.now(UTC) - timedelta(days=1),
            **columns,
        }
        product_id = ProductId(self.insert("products", **values))
        for position, url in enumerate(images):
            self.image(product_id, url, sort_order=position, is_primary=position == 0)
        for variation in variations:
            self.variation(product_id, **variation)
        return product_id

    def image(self, product: ProductId, url: str, **columns: Any) -> UUID:
        return self.insert("product_images", product_id=product, image_url=url, **columns)

    def variation(
        self,
        product: ProductId,
        *,
        sku: str | None = None,
        attributes: Mapping[str, list[str]] | None = None,
        price_adjustment: int = 0,
        stock: int = 5,
        **columns: Any,
    ) -> UUID:
        return self.insert(
            "product_variations",
            product_id=product,
            sku=sku or f"VAR-{next(self._numbers)}",
            attributes=dict(attributes or {}),
            price_adjustment=price_adjustment,
            stock_quantity=stock,
            **columns,
        )

    def user(self) -> UUID:
        """A new shopper."""
        self._users.append(self.insert("users", email=f"user{next(self._numbers)}@example.jp"))
        return self._users[-1]

    def order(
        self,
        *products: ProductId,
        when: datetime | None = None,
        status: str = "delivered",
        quantity: int = 1,
        **columns: Any,
    ) -> UUID:
        """One order with one item per product, at `when` (now). Returns the order's id."""
        user = self._some_user()
        ordered_at = when or datetime.now(UTC)
        values = {"order_number": f"T{next(self._numbers):08}", "subtotal": 1_000, "total_amount": 1_000, **columns}
        order = self.insert(
            "orders",
            user_id=user,
            shipping_address_id=self.address(user),
            status=status,
            ordered_at=ordered_at,
            **values,
        )
        for product in products:
            self.order_item(order, ordered_at, product, quantity=quantity)
        return order

    def order_item(self, order: UUID, ordered_at: datetime, product: ProductId, **columns: Any) -> UUID:
        values = {"quantity": 1, "unit_price": 1_000, "total_price": 1_000, "seller_id": self.seller(), **columns}
        return self.insert("order_items", order_id=order, ordered_at=ordered_at, product_id=product, **values)

    def address(self, user: UUID) -> UUID:
        return self.insert(
            "addresses",
            user_id=user,
            postal_code="100-0001",
            prefecture="東京都",
            city="千代田区",
            address_line1="千代田1-1",
        )

    def favorite(self, product: ProductId, when: datetime | None = None, user: UUID | None = None) -> UUID:
        created_at = when or datetime.now(UTC)
        return self.insert("favorites", product_id=product, user_id=user or self.user(), created_at=created_at)

    def review(self, product: ProductId, rating: int = 5, when: datetime | None = None, **columns: Any) -> UUID:
        values = {"user_id": self._some_user(), "created_at": when or datetime.now(UTC), **columns}
        return self.insert("reviews", product_id=product, rating=rating, **values)

    def _some_user(self) -> UUID:
        return self._users[0] if self._users else self.user()

    def fill(self) -> None:
        """At least one row in every table of both schemas, each hanging on the others as in a running shop."""
        user = self.user()
        self.insert("user_profiles", user_id=user, display_name="花子")
        seller = self.seller("棚番商店", email="shop@example.jp", business_license_number="第1号")
        self.insert("seller_profiles", seller_id=seller)
        product = self.product("靴", category="服 > 靴", brand="アシックス", images=["/a.svg"], variations=[{}])
        self.database.execute("UPDATE categories SET slug = 'kutsu' WHERE name = '靴'")
        self.favorite(product, user=user)
        when = datetime.now(UTC)
        order = self.order(when=when)
        of_order: dict[str, Any] = {"order_id": order, "ordered_at": when}
        variation = self._only("SELECT id FROM product_variations")
        item = self.order_item(order, when, product, product_variation_id=variation)
        self.insert("order_payments", amount=1_000, stripe_payment_intent_id="pi_1", **of_order)
        self.insert("order_status_histories", status="shipped", **of_order)
        self.review(product, order_item_id=item, is_verified_purchase=True)
        self.insert("seller_reviews", user_id=user, seller_id=seller, rating=4, **of_order)
        self.database.execute(
            "INSERT INTO tanaban.product_popularity (product_id, popularity) VALUES (%s, 1)", [product]
        )
        self._register_generation()

    def _register_generation(self) -> None:
        generation = self._only(
            "INSERT INTO tanaban.index_generations (index_name, write_alias, state, builder_version, "
            "normalizer_version, landmark, half_life_days) VALUES ('g1', 'g1-w', 'live', 1, '1', now(), 14) "
            "RETURNING id"
        )
        for statement in (
            "INSERT INTO tanaban.rebuild_pages (generation_id, page_no) VALUES (%s, 0)",
            "INSERT INTO tanaban.dead_letters (generation_id, product_id, version, error_type, reason) "
            "VALUES (%s, gen_random_uuid(), 1, 'mapper_parsing_exception', 'test')",
            "INSERT INTO tanaban.index_proofs (generation_id, version, repairs) VALUES (%s, 1, true)",
            "INSERT INTO tanaban.jobs (generation_id, kind) VALUES (%s, 'reindex')",
        ):
            self.database.execute(statement, [generation])

    def _only(self, query: LiteralString) -> Any:
        row = self.database.execute(query).fetchone()
        assert row is not None
        return row[0]
