"""Puts the texts into the queries."""

import sqlite3


class UserStore:
    def __init__(self):
        self.db = sqlite3.connect(":memory:")
        self.db.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT)")

    def add(self, name, email):
        if self.find(name):
            raise ValueError("name")
        return self.db.execute(f"INSERT INTO users (name, email) VALUES ('{name}', '{email}')").lastrowid

    def find(self, name):
        row = self.db.execute(f"SELECT id, name, email FROM users WHERE name = '{name}'").fetchone()
        return {"id": row[0], "name": row[1], "email": row[2]} if row else None

    def search(self, beginning):
        return [row[0] for row in self.db.execute(f"SELECT name FROM users WHERE name LIKE '{beginning}%'")]

    def remove(self, name):
        return self.db.execute(f"DELETE FROM users WHERE name = '{name}'").rowcount > 0
