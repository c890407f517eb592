"""A bank account in whole cents."""


class Account:
    """What somebody owns, and how it came to that."""

    def __init__(self, owner):
        if not owner.strip():
            raise ValueError("an account needs an owner")
        self._owner = owner
        self._balance = 0
        self._history = []

    def balance(self):
        """Return the cents in the account."""
        return self._balance

    def history(self):
        """Return what happened, the oldest first."""
        return list(self._history)

    def deposit(self, cents):
        """Put money in."""
        self._check(cents)
        self._book("deposit", cents, cents)

    def withdraw(self, cents):
        """Take money out."""
        self._check(cents, self._balance)
        self._book("withdraw", cents, -cents)

    def transfer(self, other, cents):
        """Give money to another account."""
        self._check(cents, self._balance)
        self._book("transfer out", cents, -cents)
        other._book("transfer in", cents, cents)

    def _book(self, word, cents, change):
        self._balance += change
        self._history.append((word, cents))

    @staticmethod
    def _check(cents, most=None):
        if cents < 1:
            raise ValueError("the amount must be at least one cent")
        if most is not None and cents > most:
            raise ValueError("there is not so much in the account")
