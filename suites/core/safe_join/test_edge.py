"""Borders of joining paths."""

import pytest
from safe_join import safe_join


def refused(name):
    with pytest.raises(ValueError):
        safe_join("/srv/data", name)


def test_neighbour_with_the_same_beginning():
    refused("../data-secret/key")


def test_above_and_back_again():
    refused("../data/a")
    refused("a/../../data/b")


def test_far_above():
    refused("a/b/../../../../etc/passwd")


def test_backslash():
    refused("..\\secret")
    refused("a\\b")


def test_nul_character():
    refused("a.txt\0.png")


def test_nothing_below():
    for name in (".", "./", "a/..", "a/b/../.."):
        refused(name)


def test_several_slashes_at_the_beginning():
    refused("//etc/passwd")


def test_dots_that_are_names():
    assert safe_join("/srv/data", "...") == "/srv/data/..."
    assert safe_join("/srv/data", "..a/b..") == "/srv/data/..a/b.."
    assert safe_join("/srv/data", ".hidden") == "/srv/data/.hidden"


def test_other_characters_stay():
    assert safe_join("/srv/data", "a b/ü~$HOME%2e%2e") == "/srv/data/a b/ü~$HOME%2e%2e"


def test_slash_at_the_end_of_the_name():
    assert safe_join("/srv/data", "a/") == "/srv/data/a"
