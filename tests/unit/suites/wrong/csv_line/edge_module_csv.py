"""Leaves it to the library, which is lenient."""

import csv


def split_csv_line(line):
    if line.count('"') % 2:
        raise ValueError("quote")
    return next(csv.reader([line]), [""]) or [""]
