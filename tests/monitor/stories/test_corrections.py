"""What hands said of pairs of posts, and what follows for others."""

from monitor.stories.corrections import Corrections, chain


def test_posts_are_together_by_way_of_others() -> None:
    said = Corrections(together=[(1, 2), (4, 5), (2, 4)])
    assert set(said.together_with(1)) == {2, 4, 5}
    assert set(said.together_with(5)) == {1, 2, 4}
    assert said.groups() == ((1, 2, 4, 5),)


def test_of_others_nothing_was_said() -> None:
    said = Corrections(together=[(1, 2)], apart=[(1, 3)])
    assert said.together_with(7) == ()
    assert said.kept_from(7) == ()


def test_a_group_is_apart_from_a_group_when_two_of_their_posts_are() -> None:
    said = Corrections(together=[(1, 2), (3, 4)], apart=[(2, 3)])
    assert said.kept_from(1) == (3, 4)
    assert said.kept_from(4) == (1, 2)


def test_a_chain_holds_posts_together_with_the_fewest_pairs() -> None:
    assert chain([5, 1, 3]) == ((1, 3), (3, 5))
    assert chain([7]) == ()
