"""What the task says of versions."""

import pytest
from compare_versions import compare_versions


def test_the_same():
    assert compare_versions("1.2.3", "1.2.3") == 0


def test_as_numbers():
    assert compare_versions("1.9.0", "1.10.0") == -1
    assert compare_versions("10.0.0", "9.9.9") == 1


def test_from_left_to_right():
    assert compare_versions("2.0.0", "1.9.9") == 1
    assert compare_versions("1.2.3", "1.2.4") == -1


def test_a_label_is_older():
    assert compare_versions("2.0.0-beta", "2.0.0") == -1
    assert compare_versions("2.0.0", "2.0.0-rc.1") == 1


def test_labels_as_texts():
    assert compare_versions("1.0.0-alpha", "1.0.0-beta") == -1


def test_not_a_version():
    with pytest.raises(ValueError):
        compare_versions("1.2", "1.2.0")
