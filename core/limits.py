"""Every limit of a public request, in one place (I11). docs/settings.md prints this table.

A limit is a constant where a shop has no reason to move it; what a shop may tune is in core/settings.py.
"""

QUERY_MAX_CHARS = 200
"""Characters of a search text after normalisation; longer is a 400. Real queries are under 50."""

QUERY_WORDS_MAX = 24
"""Words of a search text that must be found; further ones are left out and named."""

QUERY_CLAUSES_MAX = 600
"""Clauses that the words of a search text become, by leaving synonyms out; OpenSearch refuses more than 1,024 with all
that is excluded and ranked by."""

LITERALS_MAX = 20
"""Parts of a search text that a request takes as written."""

PARTIAL_WORDS_MAX = 8
"""Words of a search text of which one may be left out when nothing has all of them; a longer text is a title."""

QUERY_STRING_MAX_BYTES = 64 * 2**10
"""Bytes of a request's query string, percent-encoded as received; decoding it takes well under 1 ms."""

QUERY_FIELDS_MAX = 600
"""`name=value` pairs of a query string: more than every filter at its limit needs."""

PER_PAGE_MAX = 100
PER_PAGE_DEFAULT = 24
PAGE_WINDOW_MAX = 10_000
"""page x per_page; OpenSearch's own `index.max_result_window`. Beyond it: the cursor."""

FILTER_VALUES_MAX = 50
"""Values of one filter (OR), such as brands in one request."""

FILTER_VALUE_MAX_CHARS = 255
"""Characters of one filter value: brand, seller, category slug, attribute name or value."""

ATTRIBUTE_FILTERS_MAX = 10
"""Different attribute names filtered in one request (AND)."""

FACET_VALUES_MAX = 50
"""Values that one facet answers with, the most frequent first."""

ATTRIBUTE_TOKENS_MAX = 1_000
"""Buckets of the one aggregation that finds every attribute and value of a result set, the most frequent first."""

ATTRIBUTE_FACETS_MAX = 30
"""Attributes that a result shows as facets, the ones that count most products over their values first."""

ATTRIBUTE_NAMES_MAX = 10_000
"""Different attribute names that a catalog can be filtered by."""

FACET_SHARD_VALUES_MAX = 100_000
"""Different values of one facet that each of several shards counts; beyond it counts may be low (I10)."""

SUGGESTED_CATEGORIES_MAX = 12_000
"""Categories that each API process keeps for suggestions, those with most products."""

SUGGESTED_BRANDS_MAX = 5_000
"""Brands, likewise."""

SUGGESTED_PAIR_CATEGORIES_MAX = 1_000
"""Categories of which brands are suggested with them (ソニー イヤホン), likewise."""

SUGGESTED_PAIR_BRANDS_MAX = 5
"""Brands of each."""

SUGGESTED_PAIR_PRODUCTS_MAX = 20_000
"""Products of each shard, the popular ones, among which these brands are counted."""

SUGGESTED_QUERIES_MAX = 1_000
"""Texts that shoppers search for which each API process suggests, and checks each minute that they find something."""

LOGGED_QUERY_MAX_CHARS = 50
"""Characters of a search text that is counted for suggestions."""

LOGGED_QUERIES_MAX = 100_000
"""Such texts that are kept; of more, those of fewest callers are forgotten, of these the longest ago asked for."""

LOGGED_QUERY_DAYS = 30
"""How long one is kept that nobody asks for."""

LOGGED_AT_ONCE_MAX = 1_000
"""Different texts that one API process counts between two writes, which are 5 s apart."""

SUGGEST_MAX = 10
CURSOR_MAX_CHARS = 6_000
"""Room for the longest reading that can be sorted by (1,024 characters of up to 4 bytes, as base64)."""

CURSOR_LIFE_DAYS = 1
"""How long a walk may take; popularity is weighed as when it began."""

PRICE_MAX_YEN = 10**12
CATALOG_BODY_MAX_BYTES = 64 * 2**20
"""Body of one `POST /admin/catalog`; larger catalogs go through the CLI or in several requests."""

ADMIN_BODY_MAX_BYTES = 2**10
"""Body of an admin's JSON request: a few switches."""

CATALOG_LINE_MAX_BYTES = 2**20
"""One line of a catalog file: a product with all its variations, usually 1 to 3 KB."""

SHOWN_VARIATIONS_MAX = 200
"""Variations of one product that are indexed; OpenSearch refuses more than 10,000 nested objects."""

SHOWN_ATTRIBUTES_MAX = 100
"""Attribute values of one product or variation that are indexed."""

SYNONYM_ROWS_MAX = 20_000
"""Rows that a shop's own synonyms, the fetched ones and the switched-off ones may be together."""

SYNONYM_MAX_CHARS = 50
"""Characters of a synonym's source or target."""

SYNONYM_SOURCE_WORDS_MAX = 3
"""Words that a synonym's source may be; a query is looked up by spans of so many."""

SYNONYM_TARGET_WORDS_MAX = 4
"""Words that a synonym's target may be; all of them must be in a product."""

SYNONYM_TARGETS_MAX = 10
"""Targets that one source may have, and so alternatives that synonyms add to one word of a query."""
