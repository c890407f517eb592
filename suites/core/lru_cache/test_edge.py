"""Borders of the cache."""

import pytest
from lru_cache import LRUCache


def test_put_uses_the_key():
    cache = LRUCache(3)
    cache.put("old", 1)
    cache.put("middle", 2)
    cache.put("new", 3)
    cache.put("old", 10)
    cache.put("next", 4)
    assert cache.get("middle") == -1
    assert cache.get("old") == 10


def test_new_value_in_a_full_cache_drops_nothing():
    cache = LRUCache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.put("b", 20)
    assert cache.get("a") == 1
    assert cache.get("b") == 20


def test_capacity_one():
    cache = LRUCache(1)
    cache.put("a", 1)
    assert cache.get("a") == 1
    cache.put("a", 2)
    assert cache.get("a") == 2
    cache.put("b", 3)
    assert cache.get("a") == -1
    assert cache.get("b") == 3


def test_exactly_full():
    cache = LRUCache(3)
    for key in "abc":
        cache.put(key, key.upper())
    assert [cache.get(key) for key in "abc"] == ["A", "B", "C"]


def test_missed_get_changes_nothing():
    cache = LRUCache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("c") == -1
    cache.put("d", 4)
    assert cache.get("a") == -1
    assert cache.get("b") == 2


def test_repeated_access():
    cache = LRUCache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    for _ in range(5):
        assert cache.get("a") == 1
    cache.put("c", 3)
    cache.put("d", 4)
    assert cache.get("a") == -1
    assert (cache.get("c"), cache.get("d")) == (3, 4)


def test_values_that_look_like_nothing():
    cache = LRUCache(3)
    cache.put("none", None)
    cache.put("zero", 0)
    cache.put(0, "")
    assert cache.get("none") is None
    assert cache.get("zero") == 0
    assert cache.get(0) == ""


def test_a_dropped_key_comes_back():
    cache = LRUCache(1)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.put("a", 3)
    assert cache.get("a") == 3
    assert cache.get("b") == -1


def test_negative_capacity():
    with pytest.raises(ValueError):
        LRUCache(-1)


def test_two_caches_share_nothing():
    first, second = LRUCache(2), LRUCache(2)
    first.put("a", 1)
    assert second.get("a") == -1
