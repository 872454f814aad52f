"""Words of C++ and of SQL: what stands between quotes is one word, and so is a comment, which nobody sees."""
import re

SPACE = r"\s+|--[^\n]*|/\*.*?\*/"
SQL = re.compile(rf"(?P<no>{SPACE})|(?P<str>[eE]?'(?:[^']|'')*')|(?P<quoted>\"[^\"]*\")|(?P<no2>\$\w*\$)|(?P<id>\w+)|(?P<op>\|\||:=|::|->>|.)", re.DOTALL)
CPP = re.compile(r"(?P<no>\s+|//[^\n]*|/\*.*?\*/|^#[^\n]*)|(?P<str>\"(?:[^\"\\\n]|\\.)*\")|(?P<char>'(?:[^'\\]|\\.)+')|(?P<id>\w+)|(?P<op>::|->|.)",
                 re.DOTALL | re.MULTILINE)
ESCAPES = {r"\"": '"', r"\\": "\\", r"\n": "\n"}
OPEN, CLOSE = set("([{"), set(")]}")


class Word(str):
    """A word, the text of a literal without its quotes; `kind` is str, id or op, `at` its place."""

    def __new__(cls, text, kind, at):
        made = super().__new__(cls, text)
        made.kind, made.at = kind, at
        return made

    @property
    def is_text(self):
        return self.kind == "str"


def words(text, language):
    found = []
    for match in (SQL if language == "sql" else CPP).finditer(text):
        kind = match.lastgroup
        if kind.startswith("no"):
            continue
        word = match[0]
        if kind == "str" and language == "sql":
            word = word[word.index("'") + 1:-1].replace("''", "'")
        elif kind == "str":
            word = re.sub(r"\\.", lambda e: ESCAPES.get(e[0], e[0]), word[1:-1])
        found.append(Word(word, kind, match.start()))
    return found


def is_op(word, *ops):
    return word.kind in ("op", "id") and word in ops


def closing(found, begin):
    """The place of what closes the bracket at `begin`."""
    depth = 0
    for place in range(begin, len(found)):
        if found[place].kind == "op":
            depth += (found[place] in OPEN) - (found[place] in CLOSE)
        if depth == 0:
            return place
    raise ValueError(f"nothing closes {found[begin:begin + 8]}")


def split(found, *separators):
    """The parts between separators that stand in no bracket and in no CASE; yields (separator before, part)."""
    depth, part, before = 0, [], None
    for word in found:
        if word.kind == "op":
            depth += (word in OPEN) - (word in CLOSE)
        if word.kind == "id" and word == "END":
            depth -= 1
        if depth == 0 and is_op(word, *separators):
            yield before, part
            before, part = word, []
        else:
            part.append(word)
        if word.kind == "id" and word == "CASE":
            depth += 1
    yield before, part


def arguments(found):
    """Of the words of a call between its brackets."""
    return [part for _, part in split(found, ",")] if found else []
