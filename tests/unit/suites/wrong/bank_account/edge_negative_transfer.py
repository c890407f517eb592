"""Lets a negative transfer take money from the other account."""


class Account:
    def __init__(self, owner):
        if not owner:
            raise ValueError("owner")
        self.cents = 0
        self.log = []

    def balance(self):
        return self.cents

    def history(self):
        return self.log

    def deposit(self, cents):
        if cents <= 0:
            raise ValueError("amount")
        self.cents += cents
        self.log.append(("deposit", cents))

    def withdraw(self, cents):
        if cents <= 0 or cents > self.cents:
            raise ValueError("amount")
        self.cents -= cents
        self.log.append(("withdraw", cents))

    def transfer(self, other, cents):
        if cents > self.cents:
            raise ValueError("amount")
        self.cents -= cents
        other.cents += cents
        self.log.append(("transfer out", cents))
        other.log.append(("transfer in", cents))
