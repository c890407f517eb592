"""What task.md asks of an LRU cache."""

import pytest
from lru_cache import LRUCache


def held(cache, keys):
    """Return which of the keys a cache still holds."""
    return [key for key in keys if cache.get(key) != -1]


def test_capacity_limit():
    cache = LRUCache(2)
    for number in range(3):
        cache.put(number, number * 10)
    assert len(held(cache, range(3))) == 2
    for number in range(3, 50):
        cache.put(number, number * 10)
    assert len(held(cache, range(50))) == 2


def test_lru_ordering():
    cache = LRUCache(3)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.put("c", 3)
    assert cache.get("a") == 1
    for key in ("d", "e", "f", "g"):
        cache.put(key, 0)
        assert cache.get("a") == 1, f"'a' was used just before {key!r} came"
    assert cache.get("b") == -1


def test_update_order():
    cache = LRUCache(3)
    cache.put("old", 1)
    cache.put("middle", 2)
    cache.put("new", 3)
    cache.put("old", 10)
    cache.put("next", 4)
    cache.put("last", 5)
    assert cache.get("old") == 10
    assert cache.get("middle") == -1


def test_capacity_one():
    cache = LRUCache(1)
    cache.put("a", 1)
    assert cache.get("a") == 1
    cache.put("b", 2)
    assert cache.get("a") == -1
    assert cache.get("b") == 2


def test_edge_cases():
    cache = LRUCache(2)
    assert cache.get("nothing") == -1
    cache.put("none", None)
    cache.put("zero", 0)
    assert cache.get("none") is None
    assert cache.get("zero") == 0
    cache.put("zero", 5)
    assert cache.get("zero") == 5
    assert cache.get("none") is None
    for capacity in (0, -1):
        with pytest.raises(ValueError):
            LRUCache(capacity)
