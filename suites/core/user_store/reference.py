"""Users in a database in memory."""

import sqlite3


class UserStore:
    """Keeps users by name."""

    def __init__(self):
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, email TEXT NOT NULL)"
        )

    def add(self, name, email):
        """Store a user and return its id."""
        if self.find(name) is not None:
            raise ValueError(f"there is a user {name!r} already")
        with self._database:
            return self._database.execute("INSERT INTO users (name, email) VALUES (?, ?)", (name, email)).lastrowid

    def find(self, name):
        """Return the user of this name, or None."""
        row = self._database.execute("SELECT id, name, email FROM users WHERE name = ?", (name,)).fetchone()
        return None if row is None else dict(zip(("id", "name", "email"), row))

    def search(self, beginning):
        """Return the names that begin with the text."""
        rows = self._database.execute("SELECT name FROM users ORDER BY id").fetchall()
        return [name for (name,) in rows if name.startswith(beginning)]

    def remove(self, name):
        """Remove a user and return whether there was one."""
        with self._database:
            return self._database.execute("DELETE FROM users WHERE name = ?", (name,)).rowcount > 0
