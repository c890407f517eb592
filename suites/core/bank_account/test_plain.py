"""What the task says of the account."""

import pytest
from bank_account import Account


def test_new_account():
    account = Account("Ada")
    assert account.balance() == 0
    assert account.history() == []


def test_deposit_and_withdraw():
    account = Account("Ada")
    account.deposit(500)
    account.withdraw(120)
    assert account.balance() == 380


def test_history():
    account = Account("Ada")
    account.deposit(500)
    account.withdraw(120)
    assert account.history() == [("deposit", 500), ("withdraw", 120)]


def test_transfer():
    ada, bob = Account("Ada"), Account("Bob")
    ada.deposit(500)
    ada.transfer(bob, 200)
    assert (ada.balance(), bob.balance()) == (300, 200)


def test_history_of_a_transfer():
    ada, bob = Account("Ada"), Account("Bob")
    ada.deposit(500)
    ada.transfer(bob, 200)
    assert ada.history() == [("deposit", 500), ("transfer out", 200)]
    assert bob.history() == [("transfer in", 200)]


def test_more_than_there_is():
    account = Account("Ada")
    account.deposit(100)
    with pytest.raises(ValueError):
        account.withdraw(101)


def test_no_owner():
    with pytest.raises(ValueError):
        Account("")
