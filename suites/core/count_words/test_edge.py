"""Borders of counting words."""

from count_words import count_words


def test_empty_text():
    assert count_words("") == {}


def test_only_white_space():
    assert count_words(" \t\n ") == {}


def test_marks_alone_are_no_word():
    assert count_words("well ... well !? ()") == {"well": 2}


def test_any_white_space_separates():
    assert count_words("one\ttwo\nthree  two") == {"one": 1, "two": 2, "three": 1}


def test_several_marks_at_one_end():
    assert count_words('("What?!"), she asked: "what"') == {"what": 2, "she": 1, "asked": 1}


def test_other_marks_belong_to_the_word():
    assert count_words("it's its 'its' well-known") == {"it's": 1, "its": 1, "'its'": 1, "well-known": 1}


def test_letters_beyond_ascii():
    assert count_words("Über über ÜBER, École") == {"über": 3, "école": 1}
