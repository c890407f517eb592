"""Lets an account fall below zero."""


class Account:
    def __init__(self, owner):
        if not owner.strip():
            raise ValueError("owner")
        self.cents = 0
        self.log = []

    def balance(self):
        return self.cents

    def history(self):
        return list(self.log)

    def deposit(self, cents):
        self.cents += cents
        self.log.append(("deposit", cents))

    def withdraw(self, cents):
        self.cents -= cents
        self.log.append(("withdraw", cents))

    def transfer(self, other, cents):
        self.withdraw(cents)
        other.deposit(cents)
