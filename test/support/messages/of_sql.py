"""RAISE in sql/: (level, condition or SQLSTATE, message, hint) of each, the message and the hint as templates."""
import re

from .expression import Reader
from .tokens import closing, is_op, split, words

LEVELS = {"EXCEPTION", "WARNING", "NOTICE", "LOG", "INFO", "DEBUG"}
# By name: the condition with which a function of ours refuses what its arguments say, the message and the hint; and what it adds.
REFUSING = {"guard_against": ("insufficient_privilege", " A superuser may SET primecloud.guard = off.")}
BEGINS = re.compile(r"^CREATE (?:OR REPLACE )?(?:FUNCTION|PROCEDURE)\b|^DO \$", re.MULTILINE)


def statement(found, begin):
    """The words from `begin` to the semicolon."""
    return next(split(found[begin:], ";"))[1]


def assigned(found):
    """By variable: the expressions that it is given."""
    given = {}
    for place, word in enumerate(found):
        if is_op(word, ":=") and place and found[place - 1].kind == "id":
            name = place - 1
            # Of a declaration the type stands between.
            while name and not is_op(found[name - 1], ";") and found[name - 1] not in ("DECLARE", "THEN", "ELSE", "LOOP", "BEGIN", "AS"):
                name -= 1
            given.setdefault(str(found[name]), []).append(statement(found, place + 1))
    return given


def raised(found, reader):
    """Yields (level, code, messages, hints) of every RAISE among the words."""
    for place, word in enumerate(found):
        if word != "RAISE" or word.kind != "id" or place + 1 >= len(found):
            continue
        parts = [part for _, part in split(statement(found, place + 1), "USING")]
        head, options = parts[0], {}
        if not head and len(parts) == 1:
            continue  # again what was caught
        for part in [p for _, p in split(parts[1], ",")] if len(parts) > 1 else []:
            options[str(part[0])] = part[2:]
        level = head.pop(0) if head and head[0] in LEVELS else "EXCEPTION"
        if head and head[0] == "SQLSTATE":
            code, message = str(head[1]), options.get("MESSAGE", [])
        elif head and head[0].is_text:
            shape, *given = [p for _, p in split(head, ",")]
            code = "raise_exception" if level == "EXCEPTION" else "warning"
            options["MESSAGE"] = None
            told = re.sub("%", "%s", "".join(shape))
            yield level, options.get("ERRCODE", code), reader.filled(told, given), reader.read(options["HINT"]) if "HINT" in options else []
            continue
        else:
            code, message = str(head[0]) if head else options.get("ERRCODE", []), options.get("MESSAGE", [])
        yield level, code, reader.read(message), reader.read(options["HINT"]) if "HINT" in options else []


def refused(found, reader):
    """Yields the same of calls to REFUSING; the hint that is left out is the function's own."""
    for place, word in enumerate(found[:-1]):
        if word not in REFUSING or not is_op(found[place + 1], "(") or found[place - 3] == "FUNCTION":
            continue
        given = [p for _, p in split(found[place + 2:closing(found, place + 1)], ",")]
        code, added = REFUSING[word]
        hints = reader.read(given[1]) if len(given) > 1 else ["Use primecloud.unprotect_table() if this is meant."]
        yield "EXCEPTION", code, reader.read(given[0]), [hint + added for hint in hints]


def messages(path):
    """Yields (level, code, message, hint) of a file; a choice of several is one each."""
    text = path.read_text()
    elsewhere = assigned(words(text, "sql"))
    starts = [0, *(m.start() for m in BEGINS.finditer(text)), len(text)]
    for begin, end in zip(starts, starts[1:]):
        found = words(text[begin:end], "sql")
        if not {"RAISE", *REFUSING} & set(found):
            continue
        given = assigned(found)
        reader = Reader("sql")
        reading = set()

        def resolve(name, given=given, reader=reader, reading=reading):
            # An attribute of what another function of the file has returned is what that one has put there.
            known = given if name in given else elsewhere
            name = name.rpartition(".")[2]
            if name not in known or name in reading:
                return None
            reading.add(name)
            said = [t for expression in known[name] if reader.has_text(expression) for t in reader.read(expression)]
            reading.discard(name)
            return said or None

        reader.resolve = resolve
        for level, code, told, hints in [*raised(found, reader), *refused(found, reader)]:
            code = code if isinstance(code, str) else "<code>"  # of what was caught
            for number, message in enumerate(told):
                # What chooses the message chooses the hint, where there is one for each.
                yield level, code, message, hints[number] if len(hints) == len(told) else "  or: ".join(hints)
