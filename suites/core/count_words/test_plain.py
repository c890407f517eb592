"""What the task says of counting words."""

from count_words import count_words


def test_counts():
    assert count_words("red blue red") == {"red": 2, "blue": 1}


def test_case_does_not_matter():
    assert count_words("Red red RED") == {"red": 3}


def test_marks_at_the_ends():
    assert count_words("Stop! (Really?) Stop.") == {"stop": 2, "really": 1}


def test_marks_in_the_middle_stay():
    assert count_words("version 3.14 or 3.14?") == {"version": 1, "3.14": 2, "or": 1}


def test_the_example():
    expected = {"the": 3, "cat": 1, "dog": 1, "and": 1, "bird": 1}
    assert count_words("The cat, the dog (and the bird)!") == expected
