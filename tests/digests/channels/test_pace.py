"""No more messages than the platform takes, however they come; and no wait while there is room."""

from hypothesis import given
from hypothesis import strategies as st

from digests.channels import pace
from digests.channels.pace import Pace, Rate

FEISHU = (Rate(100, 60.0), Rate(5, 1.0))


def test_a_burst_within_the_rate_waits_for_nothing() -> None:
    robot = Pace([Rate(20, 60.0)])
    assert [robot.take(1000.0) for _ in range(20)] == [0.0] * 20
    assert robot.take(1000.0) > 60


def test_what_is_beyond_it_waits_until_the_first_has_left() -> None:
    robot = Pace([Rate(2, 60.0)])
    assert [robot.take(at) for at in (0.0, 30.0)] == [0.0, 0.0]
    assert round(robot.take(31.0), 1) == 30.2
    assert robot.take(500.0) == 0.0


@given(gaps=st.lists(st.floats(0, 3), min_size=1, max_size=250))
def test_no_window_ever_holds_more_than_the_rate(gaps: list[float]) -> None:
    robot = Pace(FEISHU)
    now, sent = 0.0, []
    for gap in gaps:
        now += gap
        now += robot.take(now)
        sent.append(now)
    for rate in FEISHU:
        for first, beyond in zip(sent, sent[rate.messages :], strict=False):
            assert beyond - first >= rate.seconds


def test_each_robot_has_a_pace_of_its_own(turns: list[float]) -> None:
    for robot in ("a", "a", "b"):
        pace.wait_for_turn(robot, [Rate(1, 60.0)])
    assert [wait > 0 for wait in turns] == [False, True, False]
