"""Hands the text to Python."""


def evaluate(text):
    try:
        return eval(text, {"__builtins__": {}})
    except ZeroDivisionError:
        raise
    except Exception:
        raise ValueError("expression") from None
