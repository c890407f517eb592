"""What the task says of the store."""

import pytest
from user_store import UserStore


def test_add_and_find():
    store = UserStore()
    assert store.add("Ada", "ada@example.org") == 1
    assert store.find("Ada") == {"id": 1, "name": "Ada", "email": "ada@example.org"}


def test_ids_count_up():
    store = UserStore()
    assert [store.add(name, "x@example.org") for name in ("a", "b", "c")] == [1, 2, 3]


def test_nobody():
    assert UserStore().find("Bob") is None


def test_name_already_there():
    store = UserStore()
    store.add("Ada", "ada@example.org")
    with pytest.raises(ValueError):
        store.add("Ada", "other@example.org")


def test_search():
    store = UserStore()
    for name in ("Anna", "Bob", "Anton"):
        store.add(name, "x@example.org")
    assert store.search("An") == ["Anna", "Anton"]


def test_remove():
    store = UserStore()
    store.add("Ada", "ada@example.org")
    assert store.remove("Ada") is True
    assert store.find("Ada") is None
    assert store.remove("Ada") is False
