"""The shipped weights: that they are whole, and say what the priors say."""

import json
from importlib.resources import files

import pytest

from monitor.stories.comparing import FEATURES, Features
from monitor.stories.scoring import learned, score

NOTHING = dict.fromkeys(FEATURES, 0.0)


def features(**given: float) -> Features:
    return Features(**(NOTHING | given))


def test_every_feature_has_a_weight_and_nothing_else_has():
    told = json.loads((files("monitor.stories") / "weights.json").read_text(encoding="utf-8"))
    assert tuple(told["weights"]) == FEATURES
    assert 0 < told["related"] < told["same"] < 1


def test_a_county_and_a_stage_alone_are_no_event():
    assert score(features(county=1.0, stage=1.0, bare=1.0), learned()) < learned().related


def test_a_company_an_amount_and_some_wording_of_one_county_and_stage_are():
    told = features(county=1.0, stage=1.0, company=1.0, money=1.0, words=0.2, some=1.0, figures=0.4, figures_held=0.4)
    assert score(told, learned()) > 0.95


@pytest.mark.parametrize(
    "clash",
    ["far", "stage_clash", "step", "edition_clash", "guest_clash", "report_clash"],
)
def test_what_an_event_has_one_of_speaks_against_it(clash):
    told = {"county": 1.0, "stage": 1.0, "words": 0.2, "some": 1.0}
    assert score(features(**told, **{clash: 1.0}), learned()) < learned().same < score(features(**told), learned())


def test_what_is_left_out_is_not_weighed():
    told = features(county=1.0, words=0.3, some=1.0, stage_clash=1.0)
    assert score(told, learned(), but_for=("stage_clash",)) > score(told, learned())
