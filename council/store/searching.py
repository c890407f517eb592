"""Finding knowledge by its words: FTS5 in SQLite, a tsvector in PostgreSQL, and one idea of what a word is for both."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import Connection, text

from council.types.knowledge import Knowledge

_WORD = re.compile(r"[^\W_]+")
_LONGEST = 120
_MOST = 20_000
"""Words of one text that are found again; a book belongs elsewhere."""

_ADD = {
    "sqlite": "INSERT INTO knowledge_words (rowid, title, text) VALUES (:number, :title, :text)",
    "postgresql": "INSERT INTO knowledge_words (number, words) VALUES (:number, CAST(:words AS tsvector))",
}
_REMOVE = {
    "sqlite": "DELETE FROM knowledge_words WHERE rowid = :number",
    "postgresql": "DELETE FROM knowledge_words WHERE number = :number",
}
# A hit in the title counts ten times one in the text.
_FIND = {
    "sqlite": """
        SELECT knowledge.id, knowledge.document FROM knowledge_words
        JOIN knowledge ON knowledge.number = knowledge_words.rowid
        WHERE knowledge_words MATCH :wanted
        ORDER BY bm25(knowledge_words, 10.0, 1.0), knowledge.created_at DESC, knowledge.id LIMIT :limit""",
    "postgresql": """
        SELECT knowledge.id, knowledge.document FROM knowledge_words
        JOIN knowledge ON knowledge.number = knowledge_words.number
        WHERE words @@ CAST(:wanted AS tsquery)
        ORDER BY ts_rank('{0.1, 0.1, 0.1, 1.0}', words, CAST(:wanted AS tsquery)) DESC,
            knowledge.created_at DESC, knowledge.id LIMIT :limit""",
}


def words_of(said: str) -> tuple[str, ...]:
    """Return the words of a text as they are compared: without case, accents and punctuation.

    >>> words_of("Évict the LRU-cache's test_one!")
    ('evict', 'the', 'lru', 'cache', 's', 'test', 'one')
    """
    apart = unicodedata.normalize("NFKD", said.casefold())
    plain = "".join(char for char in apart if not unicodedata.combining(char))
    return tuple(word[:_LONGEST] for word in _WORD.findall(plain)[:_MOST])


def index(connection: Connection, number: int, knowledge: Knowledge) -> None:
    """Put the words of a piece of knowledge into the index, in place of those that were there."""
    kind = connection.dialect.name
    unindex(connection, number)
    title, body = words_of(f"{knowledge.title}\n{knowledge.knowledge_id}"), words_of(knowledge.text)
    if kind == "sqlite":
        values = {"number": number, "title": " ".join(title), "text": " ".join(body)}
    else:
        values = {"number": number, "words": _vector(title, body)}
    connection.execute(text(_ADD[kind]), values)


def unindex(connection: Connection, number: int) -> None:
    """Take a piece of knowledge out of the index, with every byte of it."""
    kind = connection.dialect.name
    gone = connection.execute(text(_REMOVE[kind]), {"number": number}).rowcount
    if kind == "sqlite" and gone:
        # FTS5 only notes what was deleted until it merges its pieces; the words themselves would stay in the file.
        connection.execute(text("INSERT INTO knowledge_words (knowledge_words) VALUES ('optimize')"))


def search(connection: Connection, said: str, limit: int) -> tuple[tuple[str, str], ...]:
    """Return id and document of what holds every word, the best match first. The beginning of a word is enough."""
    kind, words = connection.dialect.name, words_of(said)
    if not words:
        return ()
    # Letters and digits only are left of what was typed, so neither language has a word for anything else in it.
    wanted = " ".join(f'"{word}"*' for word in words) if kind == "sqlite" else " & ".join(f"'{w}':*" for w in words)
    rows = connection.execute(text(_FIND[kind]), {"wanted": wanted, "limit": max(limit, 0)})
    return tuple((row[0], row[1]) for row in rows)


def _vector(title: tuple[str, ...], body: tuple[str, ...]) -> str:
    marked = [f"'{word}':{place}A" for place, word in enumerate(title, 1)]
    marked += [f"'{word}':{place}D" for place, word in enumerate(body, len(title) + 1)]
    return " ".join(marked)
