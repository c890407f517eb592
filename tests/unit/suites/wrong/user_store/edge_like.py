"""Uses parameters, and lets wildcards and case be."""

import sqlite3


class UserStore:
    def __init__(self):
        self.db = sqlite3.connect(":memory:")
        self.db.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE, email TEXT)")

    def add(self, name, email):
        try:
            return self.db.execute("INSERT INTO users (name, email) VALUES (?, ?)", (name, email)).lastrowid
        except sqlite3.IntegrityError:
            raise ValueError("name") from None

    def find(self, name):
        row = self.db.execute("SELECT id, name, email FROM users WHERE name = ?", (name,)).fetchone()
        return dict(zip(("id", "name", "email"), row)) if row else None

    def search(self, beginning):
        rows = self.db.execute("SELECT name FROM users WHERE name LIKE ? ORDER BY id", (beginning + "%",))
        return [name for (name,) in rows]

    def remove(self, name):
        return self.db.execute("DELETE FROM users WHERE name = ?", (name,)).rowcount > 0
