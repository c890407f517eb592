"""Borders of the account."""

import pytest
from bank_account import Account


def test_everything_taken_out():
    account = Account("Ada")
    account.deposit(100)
    account.withdraw(100)
    assert account.balance() == 0


def test_amounts_below_one():
    account = Account("Ada")
    account.deposit(100)
    for cents in (0, -1, -100):
        with pytest.raises(ValueError):
            account.deposit(cents)
        with pytest.raises(ValueError):
            account.withdraw(cents)
    assert account.balance() == 100


def test_what_failed_is_not_in_the_history():
    account = Account("Ada")
    account.deposit(100)
    for wrong in (101, 0, -5):
        with pytest.raises(ValueError):
            account.withdraw(wrong)
    assert account.history() == [("deposit", 100)]


def test_refused_transfer_changes_no_account():
    ada, bob = Account("Ada"), Account("Bob")
    ada.deposit(100)
    for wrong in (101, 0, -50):
        with pytest.raises(ValueError):
            ada.transfer(bob, wrong)
    assert (ada.balance(), bob.balance()) == (100, 0)
    assert ada.history() == [("deposit", 100)]
    assert bob.history() == []


def test_history_is_a_copy():
    account = Account("Ada")
    account.deposit(100)
    account.history().clear()
    assert account.history() == [("deposit", 100)]


def test_owner_of_white_space():
    with pytest.raises(ValueError):
        Account(" \t ")


def test_two_accounts_of_one_owner():
    first, second = Account("Ada"), Account("Ada")
    first.deposit(10)
    assert second.balance() == 0
    assert second.history() == []


def test_large_amounts_stay_exact():
    account = Account("Ada")
    account.deposit(10**18 + 1)
    account.withdraw(10**18)
    assert account.balance() == 1
