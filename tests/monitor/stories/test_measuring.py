"""Pairwise and B-cubed figures against labels."""

from monitor.stories.measuring import Figures, b_cubed, pairs

EVENTS = {"a": "1", "b": "1", "c": "2", "d": "3"}


def test_the_labels_themselves_score_full_marks():
    assert pairs(EVENTS, EVENTS).figures == Figures(1.0, 1.0)
    assert b_cubed(EVENTS, EVENTS) == Figures(1.0, 1.0)


def test_all_alone_finds_nothing_and_errs_nowhere():
    found = pairs(EVENTS, {})
    assert found.figures == Figures(1.0, 0.0)
    assert found.missed == (("a", "b"),)
    assert b_cubed(EVENTS, {}) == Figures(1.0, 0.75)  # a and b find half of their event each


def test_all_together_finds_all_and_names_what_is_wrong():
    found = pairs(EVENTS, dict.fromkeys(EVENTS, "x"))
    assert found.figures == Figures(1 / 6, 1.0)
    assert ("c", "d") in found.wrong
    assert b_cubed(EVENTS, dict.fromkeys(EVENTS, "x")) == Figures((0.5 + 0.5 + 0.25 + 0.25) / 4, 1.0)


def test_two_sets_add_up():
    total = pairs(EVENTS, EVENTS) + pairs(EVENTS, {})
    assert (total.right, len(total.wrong), len(total.missed)) == (1, 0, 1)
    assert total.figures == Figures(1.0, 0.5)
    assert str(total.figures) == "P 1.000 R 0.500 F1 0.667"


def test_nothing_to_find_is_found():
    assert pairs({}, {}).figures == Figures(1.0, 1.0)
    assert b_cubed({}, {}) == Figures(1.0, 1.0)
