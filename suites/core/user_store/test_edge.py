"""Borders of the store."""

import pytest
from user_store import UserStore


def filled(*names):
    store = UserStore()
    for name in names:
        store.add(name, "x@example.org")
    return store


def test_apostrophes():
    store = UserStore()
    store.add("O'Brien", "o'brien@example.org")
    assert store.find("O'Brien") == {"id": 1, "name": "O'Brien", "email": "o'brien@example.org"}
    assert store.search("O'") == ["O'Brien"]
    assert store.remove("O'Brien") is True


def test_text_that_looks_like_a_query():
    store = filled("Ada", "Bob")
    assert store.find("' OR '1'='1") is None
    assert store.search("' OR '1'='1") == []
    assert store.remove("' OR '1'='1") is False
    assert store.search("") == ["Ada", "Bob"]


def test_text_that_looks_like_a_command():
    name = "x'); DROP TABLE users; --"
    store = filled("Ada", name)
    assert store.find(name)["name"] == name
    assert store.search("") == ["Ada", name]


def test_per_cent_and_underscore_stand_for_themselves():
    store = filled("100%", "100 euro", "a_b", "axb", "a\\b")
    assert store.search("100%") == ["100%"]
    assert store.search("a_") == ["a_b"]
    assert store.search("a\\") == ["a\\b"]
    assert store.search("%") == []


def test_stars_and_brackets_stand_for_themselves():
    store = filled("a*b", "aXb", "[a]", "a?")
    assert store.search("a*") == ["a*b"]
    assert store.search("[a") == ["[a]"]
    assert store.search("a?") == ["a?"]


def test_upper_and_lower_case():
    store = filled("Ada", "ada", "adam")
    assert store.search("ad") == ["ada", "adam"]
    assert store.find("ADA") is None


def test_refused_name_stores_nothing():
    store = filled("Ada")
    with pytest.raises(ValueError):
        store.add("Ada", "new@example.org")
    assert store.find("Ada")["email"] == "x@example.org"
    assert store.add("Bob", "bob@example.org") == 2


def test_search_in_the_order_of_ids():
    assert filled("zoe", "abe", "zac").search("") == ["zoe", "abe", "zac"]


def test_empty_store():
    assert UserStore().search("") == []
    assert UserStore().remove("Ada") is False


def test_two_stores_share_nothing():
    first, second = filled("Ada"), UserStore()
    assert first.find("Ada") is not None
    assert second.find("Ada") is None
