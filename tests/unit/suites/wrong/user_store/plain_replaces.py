"""Replaces a user of the same name."""

import sqlite3


class UserStore:
    def __init__(self):
        self.db = sqlite3.connect(":memory:")
        self.db.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE, email TEXT)")

    def add(self, name, email):
        return self.db.execute("REPLACE INTO users (name, email) VALUES (?, ?)", (name, email)).lastrowid

    def find(self, name):
        row = self.db.execute("SELECT id, name, email FROM users WHERE name = ?", (name,)).fetchone()
        return dict(zip(("id", "name", "email"), row)) if row else None

    def search(self, beginning):
        return [name for (name,) in self.db.execute("SELECT name FROM users") if name.startswith(beginning)]

    def remove(self, name):
        return self.db.execute("DELETE FROM users WHERE name = ?", (name,)).rowcount > 0
