"""Rare words: what is left of a text when the genre's and the language's common words are gone."""

from monitor.stories.words import Rarity, all_words, learned, rare_words


def test_words_of_the_genre_say_nothing_and_those_of_the_event_all():
    rarity = learned()
    assert rarity("项目") == 0
    assert rarity("果胶") > 0.5
    assert rarity("淮泽") == 1
    assert 0 < rarity("柠檬") <= 1


def test_an_invented_name_is_a_word_though_no_dictionary_has_it():
    assert "涪柠" in set(all_words("重庆涪柠生物科技有限公司"))


def test_what_stands_beside_a_function_word_is_no_word():
    found = set(all_words("湛江将在湛澳之间为拓展合作"))
    assert not found & {"江将", "将在", "为拓", "澳之"}


def test_the_place_is_left_out_of_the_rare_words():
    words = rare_words(all_words("凭祥友谊关口岸的凭祥榴莲"), learned(), ("广西壮族自治区", "崇左市", "凭祥市", "凭祥"))
    assert "凭祥" not in words
    assert "榴莲" in words


def test_a_word_is_as_rare_as_the_rarer_table_allows():
    rarity = Rarity({"稀土": 0.03, "常见": 0.5}, {"日常": 9000, "寻常": 500})
    assert rarity("常见") == 0
    assert 0 < rarity("稀土") < 1
    assert rarity("日常") < rarity("寻常") < rarity("未见") == 1
    assert rarity.mass(frozenset(["未见", "常见"])) == 1


def test_latin_digits_and_an_empty_text_have_no_words():
    assert list(all_words("")) == []
    assert list(all_words("EPC 2025, abc")) == []
