"""Counts what is empty as a word, and splits at single blanks."""


def count_words(text):
    counts = {}
    for piece in text.split(" "):
        word = piece.strip('.,;:!?"()').lower()
        counts[word] = counts.get(word, 0) + 1
    return counts
