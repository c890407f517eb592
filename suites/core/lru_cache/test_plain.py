"""What the task says of the cache."""

import pytest
from lru_cache import LRUCache


def test_get_what_was_put():
    cache = LRUCache(2)
    cache.put("a", 1)
    assert cache.get("a") == 1


def test_nothing_there():
    assert LRUCache(2).get("nothing") == -1


def test_capacity_limit():
    cache = LRUCache(2)
    for number in range(5):
        cache.put(number, number * 10)
    assert [cache.get(number) for number in range(5)] == [-1, -1, -1, 30, 40]


def test_get_uses_the_key():
    cache = LRUCache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert cache.get("b") == -1
    assert cache.get("a") == 1


def test_new_value_for_a_key():
    cache = LRUCache(2)
    cache.put("a", 1)
    cache.put("a", 10)
    assert cache.get("a") == 10


def test_capacity_below_one():
    with pytest.raises(ValueError):
        LRUCache(0)
