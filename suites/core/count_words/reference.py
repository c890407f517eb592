"""Counts the words of a text."""

MARKS = '.,;:!?"()'


def count_words(text):
    """Return how often each word occurs, in lower case and without marks at its ends."""
    counts = {}
    for piece in text.split():
        word = piece.strip(MARKS).lower()
        if word:
            counts[word] = counts.get(word, 0) + 1
    return counts
