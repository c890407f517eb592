"""Writes the history before it looks at the amount."""


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

    def change(self, word, cents, sign):
        self.log.append((word, cents))
        if cents < 1 or self.cents + sign * cents < 0:
            raise ValueError("amount")
        self.cents += sign * cents

    def deposit(self, cents):
        self.change("deposit", cents, 1)

    def withdraw(self, cents):
        self.change("withdraw", cents, -1)

    def transfer(self, other, cents):
        self.change("transfer out", cents, -1)
        other.change("transfer in", cents, 1)
