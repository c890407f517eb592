"""Splits at every comma."""


def split_csv_line(line):
    if line.count('"') % 2:
        raise ValueError("quote")
    return [field.strip('"') for field in line.split(",")]
