"""What an expression says, as templates: its literals, and <name> where a value would stand.  One that chooses gives several."""
import itertools
import re

from .tokens import arguments, closing, is_op, split

MOST, FEW = 12, 4
NAMES = {"rel": "table", "col": "column", "relation": "table", "attname": "column", "oid": "number", "letters": "currency", "e": "element", "child": "element", "n": "number",
         "atttypid": "type", "nspname": "schema", "relname": "table", "leaf": "table", "inventory": "table", "tab": "table", "source": "table",
         "conrelid": "table", "confrelid": "table", "polrelid": "table", "conname": "constraint", "polname": "policy", "proowner": "owner"}
DIRECTIVE = re.compile(r"%(?:%|(?:(\d)\$)?(?:\.\*s|[-0-9.]*(?:ll|z|l)?[a-zA-Z]))")
WRAPPERS = {"string", "string_view", "move", "sqlstate", "c_string", "psprintf", "format"}
FORMATS = {"psprintf", "format"}
NO_NAMES = {"coalesce", "NULL", "nullptr", "std", "pg", "static_cast", "int", "text", "size_t", "CASE", "WHEN", "THEN", "ELSE", "END", "long", "name"}


def placeholder(found, language):
    """A word for the value: a name in the expression that is no call's, no type's and no namespace's."""
    names = []
    for place, word in enumerate(found):
        after = found[place + 1] if place + 1 < len(found) else ""
        before = found[place - 1] if place else ""
        if word.kind in ("id", "quoted") and not word.isdigit() and after not in ("(", "<") and (before if language == "sql" else after) != "::":
            names.append(word.strip('"'))
    good = [n for n in names if n not in NO_NAMES] or names or ["value"]
    name = good[-1] if "->" in found or "." in found else good[0]
    return f"<{NAMES.get(name, name).lower()}>"


class Reader:
    """Reads expressions of one language; resolve(name) gives the templates of a variable, or None."""

    def __init__(self, language, resolve=lambda name: None):
        self.language, self.resolve = language, resolve

    def read(self, found):
        """The templates of an expression."""
        made = list(dict.fromkeys(self._read(list(found))))
        return made if len(made) <= MOST else [placeholder(found, self.language)]

    def has_text(self, found):
        return any(w.is_text and len(w) > 1 for w in found)

    def _read(self, found):
        while found and is_op(found[0], "(", "{") and closing(found, 0) == len(found) - 1:
            found = found[1:-1]
        if not found:
            return [""]
        if all(w.is_text for w in found):
            return ["".join(found)]
        if self.language == "cpp":
            return self._cpp(found)
        return self._sql(found)

    def _joined(self, parts):
        return self._combined([self.read(part) for part in parts], parts)

    def _combined(self, slots, parts):
        """One of each; where that is too many, a word for what is chosen."""
        made = ["".join(chosen) for chosen in itertools.product(*slots)]
        return made if len(made) <= FEW else ["".join(s[0] if len(s) == 1 else placeholder(p, self.language) for s, p in zip(slots, parts))]

    def _cpp(self, found):
        choice = [part for _, part in split(found, "?")]
        if len(choice) > 1:
            rest = found[len(choice[0]) + 1:]
            sides = [part for _, part in split(rest, ":")]
            yes, no = sides[0], rest[len(sides[0]) + 1:]
            return self.read(yes) + self.read(no) if self.has_text(rest) else [placeholder(found, self.language)]
        parts = [part for _, part in split(found, "+")]
        if len(parts) > 1 and self.has_text(found):
            return self._joined(parts)
        return self._call(found)

    def _sql(self, found):
        parts = [part for _, part in split(found, "||")]
        if len(parts) > 1:
            return self._joined(parts)
        if found[0] == "CASE":
            return self._case(found)
        if found[0] == "SELECT" and self.has_text(found):
            return self.read(next(split(found[1:], "FROM", "INTO"))[1])
        return self._call([part for _, part in split(found, "::")][0])

    def _case(self, found):
        branches = list(split(found[1:-1], "WHEN", "THEN", "ELSE"))
        return [t for before, part in branches if before in ("THEN", "ELSE") for t in self.read(part)]

    def _call(self, found):
        names = list(itertools.takewhile(lambda w: w.kind == "id" or is_op(w, "::", "."), found))
        rest = found[len(names):]
        if found[0] == "refusals":
            return ["".join(found)]
        if not rest and all(w.kind == "id" or w in (".", "->") for w in found):
            return self.resolve(found[0] if len(found) == 1 else "".join(found)) or [placeholder(found, self.language)]
        if not names or not rest or rest[0] not in ("(", "{") or closing(rest, 0) != len(rest) - 1:
            return [placeholder(found, self.language)]
        given, name = arguments(rest[1:-1]), names[-1]
        if name == "MAKE_SQLSTATE":
            return ["".join(rest[1:-1]).replace("'", "").replace(",", "")]
        if name == "coalesce" and any(len(w) > 8 for w in found if w.is_text):
            return [t for part in given for t in self.read(part)]
        if name in ("quoted", "in_quotes", "quote_literal"):
            return ['"' + t + '"' for t in self.read(given[0])]
        if name in WRAPPERS and given:
            first = self.read(given[0])
            return [t for shape in first for t in self.filled(shape, given[1:])] if name in FORMATS else first
        return self.resolve(f"{name}()") or [placeholder(found, self.language)]

    def filled(self, shape, given):
        """A format with its values; a choice between literals gives several."""
        slots, parts, at, last = [], [], 0, 0
        for match in DIRECTIVE.finditer(shape):
            slots.append([shape[last:match.start()]])
            last = match.end()
            if match[0] == "%%":
                slots[-1][0] += "%"
                parts.append([])
                continue
            at += ".*" in match[0]  # its width is an argument too
            number = int(match[1]) - 1 if match[1] else at
            at += 1
            part = given[number] if number < len(given) else []
            slots.append(self.read(part) if self.has_text(part) or all(w.kind == "id" or w == "." for w in part) else [placeholder(part, self.language)])
            parts += [[], part]
        return self._combined([*slots, [shape[last:]]], [*parts, []])
