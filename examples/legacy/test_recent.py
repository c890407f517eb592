"""What a list of recent files must do. Written by hand."""

from recent import Recent


def test_order():
    recent = Recent(3)
    recent.open("a")
    recent.open("b")
    assert recent.latest() == ["a", "b"]


def test_the_oldest_goes_first():
    recent = Recent(2)
    for name in ("a", "b", "c"):
        recent.open(name)
    assert recent.latest() == ["b", "c"]
