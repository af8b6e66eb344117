"""Figures against numbers worked out by hand."""

from math import log2

import pytest

from relevance.metrics import measure, summarize

GRADES = {"傘": {"a": 3, "b": 2, "c": 1}}


def test_the_best_order_is_one() -> None:
    assert measure(GRADES, {"傘": ["a", "b", "c"]})["傘"].ndcg10 == pytest.approx(1)


def test_gains_are_the_grades_discounted_by_rank() -> None:
    best = 3 + 2 / log2(3) + 1 / 2
    found = 1 + 3 / 2

    assert measure(GRADES, {"傘": ["c", "x", "a"]})["傘"].ndcg10 == pytest.approx(found / best)


def test_hits_after_the_tenth_do_not_count_for_ndcg_but_for_recall() -> None:
    figures = measure(GRADES, {"傘": [*"0123456789", "a"]})["傘"]

    assert figures.ndcg10 == 0
    assert figures.recall100 == pytest.approx(1 / 2)


def test_a_query_without_hits_counts_as_nothing() -> None:
    figures = summarize(list(measure({**GRADES, "靴": {"d": 3}}, {"傘": ["a", "b", "c"], "靴": []}).values()))

    assert (figures.queries, figures.zero_hits) == (2, 0.5)
    assert figures.ndcg10 == pytest.approx(1 / 2)


def test_recall_leaves_out_queries_that_no_page_could_answer() -> None:
    many = {str(number): 3 for number in range(101)}
    measured = measure({**GRADES, "靴": many}, {"傘": ["a"], "靴": ["1"]})

    assert measured["靴"].recall100 is None
    assert summarize(list(measured.values())).recall100 == pytest.approx(1 / 2)


def test_ties_are_not_broken_by_name() -> None:
    """trec_eval sorts equal scores by name, the last first."""
    assert measure({"傘": {"a": 1}}, {"傘": ["a", "z"]})["傘"].ndcg10 == pytest.approx(1)
