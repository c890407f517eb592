"""Keeps a running sum, which keeps the errors of large values."""


def moving_average(values, size):
    if size < 1:
        raise ValueError("size")
    if len(values) < size:
        return []
    total = sum(values[:size])
    averages = [total / size]
    for new, old in zip(values[size:], values):
        total += new - old
        averages.append(total / size)
    return averages
