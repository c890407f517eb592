"""Borders of versions."""

import pytest
from compare_versions import compare_versions


def test_parts_of_digits_as_numbers():
    assert compare_versions("1.0.0-rc.9", "1.0.0-rc.10") == -1


def test_digits_before_letters():
    assert compare_versions("1.0.0-1", "1.0.0-alpha") == -1
    assert compare_versions("1.0.0-alpha.beta", "1.0.0-alpha.9") == 1


def test_fewer_parts():
    assert compare_versions("1.0.0-alpha", "1.0.0-alpha.1") == -1
    assert compare_versions("1.0.0-alpha.1", "1.0.0-alpha") == 1


def test_capitals_come_first():
    assert compare_versions("1.0.0-Beta", "1.0.0-alpha") == -1


def test_the_same_label():
    assert compare_versions("1.0.0-rc.1", "1.0.0-rc.1") == 0


def test_numbers_decide_before_labels():
    assert compare_versions("1.0.1-alpha", "1.0.0") == 1


def test_hyphens_in_labels():
    assert compare_versions("1.0.0-x-y", "1.0.0-x-z") == -1
    assert compare_versions("1.0.0--1", "1.0.0-1") == 1


def test_leading_zeros():
    for version in ("01.0.0", "1.00.0", "1.0.0-rc.01"):
        with pytest.raises(ValueError):
            compare_versions(version, "1.0.0")
    assert compare_versions("0.0.0", "0.0.0-0") == 1


def test_everything_else():
    for version in (
        "",
        "1",
        "1.0.0.0",
        "1.0.x",
        "-1.0.0",
        "1.0.0-",
        "1.0.0-a..b",
        "1.0.0-a_b",
        " 1.0.0",
        "1.0.0\n",
        "v1.0.0",
    ):
        with pytest.raises(ValueError):
            compare_versions("1.0.0", version)


def test_large_numbers():
    assert compare_versions("1.0.99999999999999999999", "1.0.100000000000000000000") == -1
