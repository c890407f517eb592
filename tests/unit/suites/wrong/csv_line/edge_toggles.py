"""Turns quoting on and off at every quote, wherever it stands."""


def split_csv_line(line):
    fields, field, quoted, place = [], "", False, 0
    while place < len(line):
        character = line[place]
        if character == '"':
            if quoted and line[place + 1 : place + 2] == '"':
                field += '"'
                place += 1
            else:
                quoted = not quoted
        elif character == "," and not quoted:
            fields.append(field)
            field = ""
        else:
            field += character
        place += 1
    if quoted:
        raise ValueError("quote")
    return [*fields, field]
