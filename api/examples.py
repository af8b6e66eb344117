"""Example answers for OpenAPI; a test checks each against the type that the endpoint answers with."""

from typing import Any

Json = dict[str, Any]

_PRODUCT_ID = "0d9f1c52-6c1a-4b0e-9a55-3f0f6f1c2a10"
_VARIATION_ID = "7a4b8f63-02c9-4f0e-8f4b-5d1f0a9c3e21"
_BRAND_ID = "5b7e2d14-93aa-4c1e-8b7d-2f6a1c0d9e32"
_VARIATION = {"id": _VARIATION_ID, "sku": "EAR-0001-BK", "name": "ブラック", "attributes": {"色": ["ブラック"]}}

SEARCH: Json = {
    "hits": [
        {
            "id": _PRODUCT_ID,
            "sku": "EAR-0001",
            "name": "完全ワイヤレスイヤホン ノイズキャンセリング",
            "price": 12800,
            "list_price": 15800,
            "image": "/images/EAR-0001.svg",
            "brand": "オトネ",
            "category_path": "家電 > オーディオ > イヤホン",
            "rating": 4.3,
            "review_count": 128,
            "in_stock": True,
            "variation": _VARIATION,
            "highlight": {"name": "完全<mark>ワイヤレス</mark><mark>イヤホン</mark> ノイズキャンセリング"},
            "score": 14.2,
        }
    ],
    "total": 1,
    "page": 1,
    "pages": 1,
    "cursor": None,
    "facets": {
        "category": [
            {
                "slug": "kaden",
                "name": "家電",
                "count": 1,
                "selected": False,
                "children": [{"slug": "audio", "name": "オーディオ", "count": 1, "selected": False, "children": []}],
            }
        ],
        "brand": [{"value": _BRAND_ID, "name": "オトネ", "count": 1, "selected": False}],
        "price": {
            "min": 12800,
            "max": 12800,
            "ranges": [{"min": 10000, "max": 19999, "count": 1, "selected": False}],
        },
        "rating": [{"value": "4", "name": "4", "count": 1, "selected": False}],
        "in_stock": {"value": "true", "name": "在庫あり", "count": 1, "selected": False},
        "attributes": [
            {"name": "色", "values": [{"value": "ブラック", "name": "ブラック", "count": 1, "selected": True}]}
        ],
    },
    "query": {
        "stage": "strict",
        "applied": [{"parameter": "attr.色", "value": "ブラック", "label": "色: ブラック"}],
        "dropped": [],
        "suggestion": None,
    },
    "took_ms": 4,
}

SUGGEST: Json = {
    "ranked": [
        {"kind": "query", "key": "オトネ イヤホン", "text": "オトネ イヤホン"},
        {"kind": "brand", "key": _BRAND_ID, "text": "オトネ"},
        {"kind": "product", "key": _PRODUCT_ID, "text": "オトネ 完全ワイヤレスイヤホン"},
    ],
    "queries": [{"text": "オトネ イヤホン"}],
    "categories": [{"slug": "audio", "name": "オーディオ", "path": "家電 > オーディオ"}],
    "brands": [{"id": _BRAND_ID, "name": "オトネ", "count": 42}],
    "products": [
        {
            "id": _PRODUCT_ID,
            "name": "オトネ 完全ワイヤレスイヤホン",
            "image": "/images/EAR-0001.svg",
            "price": 12800,
        }
    ],
}

CATEGORIES: Json = {
    "categories": [
        {
            "slug": "kaden",
            "name": "家電",
            "children": [{"slug": "audio", "name": "オーディオ", "children": []}],
        }
    ]
}

CATEGORY: Json = {
    "slug": "audio",
    "name": "オーディオ",
    "path": [{"slug": "kaden", "name": "家電"}, {"slug": "audio", "name": "オーディオ"}],
    "children": [{"slug": "earphones", "name": "イヤホン"}],
    "siblings": [{"slug": "camera", "name": "カメラ"}],
}

PRODUCT: Json = {
    "id": _PRODUCT_ID,
    "sku": "EAR-0001",
    "name": "完全ワイヤレスイヤホン ノイズキャンセリング",
    "description": "通勤の騒音をおさえ、音楽に集中できます。",
    "status": "active",
    "searchable": True,
    "shown_from": "2026-04-01T10:00:00+09:00",
    "price": 12800,
    "list_price": 15800,
    "in_stock": True,
    "brand": {"id": _BRAND_ID, "name": "オトネ"},
    "seller": {"id": "2c8d6e05-7f31-4a9b-b0c2-9e4d5f6a7b43", "name": "音屋本店"},
    "breadcrumb": [{"slug": "kaden", "name": "家電"}, {"slug": "audio", "name": "オーディオ"}],
    "attributes": {"接続": ["Bluetooth"]},
    "images": [{"url": "/images/EAR-0001.svg", "alt": ""}],
    "variations": [
        _VARIATION
        | {"price": 12800, "list_price": 15800, "stock": 7, "in_stock": True, "image": "/images/EAR-0001.svg"}
    ],
    "rating": 4.3,
    "review_count": 128,
}

JOB: Json = {
    "id": "c1d2e3f4-0516-4728-8394-a5b6c7d8e9f0",
    "state": "running",
    "done": 12000,
    "total": 20000,
    "rate_per_s": 6100.0,
    "eta_s": 1.3,
    "generation": 7,
    "reason": None,
}

_PROOF = {
    "index": "products-20260801t061233-g12",
    "generation": 12,
    "state": "live",
    "clean": True,
    "obstacle": None,
    "products": 20000,
    "repaired": {"stale": {"documents": 1, "ids": [_PRODUCT_ID]}},
    "left": {},
    "purged": 3,
    "seconds": 4.2,
}

RECONCILE: Json = {
    "id": "d2e3f405-1627-4839-84a5-b6c7d8e9f001",
    "state": "done",
    "repair": True,
    "done": 20000,
    "total": 20000,
    "rate_per_s": 4800.0,
    "eta_s": None,
    "reason": None,
    "result": {"clean": True, "generations": [_PROOF]},
}

REPLAY: Json = {
    "id": "e3f40516-2738-494a-95b6-c7d8e9f00112",
    "state": "done",
    "done": 3,
    "total": 3,
    "rate_per_s": 40.0,
    "eta_s": None,
    "reason": None,
    "result": {"accepted": 2, "gone": 0, "rejected": 1, "dropped": 0},
}

LIVE: Json = {"id": 12, "index_name": "products-20260801t061233-g12"}

INDEX: Json = {
    "searched_index": "products-20260801t061233-g12",
    "is_consistent": True,
    "generations": [
        LIVE
        | {
            "state": "live",
            "is_searched": True,
            "products_total": 20000,
            "documents": 20000,
            "size_bytes": 31457280,
            "pages_written": 20,
            "pages": 20,
            "dead_letters": 0,
            "reason": None,
            "created_at": "2026-08-01T06:12:33+00:00",
            "live_at": "2026-08-01T06:12:39+00:00",
        }
    ],
}

DEAD_LETTERS: Json = {
    "dead_letters": [
        {
            "generation_id": 12,
            "product_id": _PRODUCT_ID,
            "version": 4711,
            "error_type": "document_parsing_exception",
            "reason": "failed to parse field [price] of type [float]",
            "attempts": 1,
            "created_at": "2026-08-01T06:12:35+00:00",
        }
    ]
}

EXPLANATION: Json = {
    "index": "products-20260801t030000-g7",
    "stage": "strict",
    "words": {"引越し": ["term:引ッ越シ", "term:ヒッコシ ×0.9"]},
    "recognised": {"5000円以下": "5,000円以下"},
    "dropped": [],
    "pivot": 5.1,
    "body": {"query": {"bool": {"must": []}}},
    "total": 1,
    "hits": [
        {
            "id": _PRODUCT_ID,
            "name": "引っ越し用 段ボール 10枚",
            "score": 5.4,
            "text": 4.6,
            "popularity": 0.8,
            "parts": [{"term": "name_terms:引ッ越シ", "score": 4.3}, {"term": "in_stock:T", "score": 0.3}],
        }
    ],
}

SYNC: Json = {
    "is_running": True,
    "stopped_at": None,
    "slot": {"is_active": True, "wal_status": "reserved", "lag_bytes": 1840},
    "live_lane": {"events": 12, "oldest_s": 0.03, "products_per_s": 48.5},
    "low_lane": {"jobs": 1, "products_done": 12000, "products_total": 50000, "rate_per_s": 3800.0, "eta_s": 10.0},
    "fanouts": [
        {
            "id": 7,
            "kind": "brand",
            "key": _BRAND_ID,
            "done": 12000,
            "total": 50000,
            "rate_per_s": 3800.0,
            "eta_s": 10.0,
            "created_at": "2026-08-01T06:20:01+00:00",
        }
    ],
    "dead_letters": 0,
    "freshness": {"p50_ms": 72.0, "p99_ms": 140.0, "samples": 1000},
    "proofs": [
        {
            "generation": 12,
            "index_name": "products-20260801t061233-g12",
            "state": "live",
            "clean_at": "2026-08-01T06:12:39+00:00",
            "clean_products": 20000,
            "drift": 0,
        }
    ],
    "stream": None,
}


IMPORT: Json = {
    "created": 2,
    "updated": 1,
    "unchanged": 0,
    "pruned": 0,
    "prune_refused": None,
    "bad_lines": 1,
    "bad": [{"line": 3, "reason": "price: is required"}],
}

HEALTH: Json = {
    "status": "degraded",
    "dependencies": {
        "postgresql": {"is_up": True, "ms": 0.8, "error": None},
        "opensearch": {"is_up": True, "ms": 1.4, "error": None},
        "redis": {"is_up": False, "ms": 0.5, "error": "ConnectionError"},
    },
    "index": "products-20260801t061233-g12",
    "reasons": ["redis does not answer: ConnectionError"],
    "sync": SYNC,
}
