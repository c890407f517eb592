"""What task.md asks of fizzbuzz."""

from fizzbuzz import fizzbuzz


def test_first_five():
    assert fizzbuzz(5) == ["1", "2", "Fizz", "4", "Buzz"]


def test_multiples_of_both():
    words = fizzbuzz(30)
    assert words[14] == words[29] == "FizzBuzz"
    assert words.count("FizzBuzz") == 2


def test_length():
    assert fizzbuzz(0) == []
    assert len(fizzbuzz(100)) == 100
