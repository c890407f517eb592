"""What the task says of joining paths."""

import pytest
from safe_join import safe_join


def test_below_the_folder():
    assert safe_join("/srv/data", "a/b.txt") == "/srv/data/a/b.txt"


def test_slash_at_the_end():
    assert safe_join("/srv/data/", "b.txt") == "/srv/data/b.txt"


def test_up_and_down():
    assert safe_join("/srv/data", "a/../b.txt") == "/srv/data/b.txt"


def test_parts_left_out():
    assert safe_join("/srv/data", "./a//b.txt") == "/srv/data/a/b.txt"


def test_above_the_folder():
    with pytest.raises(ValueError):
        safe_join("/srv/data", "../secret")


def test_absolute_name():
    with pytest.raises(ValueError):
        safe_join("/srv/data", "/etc/passwd")


def test_empty_name():
    with pytest.raises(ValueError):
        safe_join("/srv/data", "")
