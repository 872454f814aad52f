"""The functions of a file of C++: their parameters, what they assign, whom they call."""
import functools
import re

from .tokens import arguments, closing, is_op, split, words

# A type, a name and parameters before a body; of what runs in a body, neither `if (...) {` nor a lambda.
DEFINITION = re.compile(r"^ {0,4}(?!(?:if|else|for|while|switch|do|return|catch|case|throw|foreach)\b)(?:[\w:<>,.*&~ ]+[ *&]|explicit )?\b(?:\w+::)*(\w+)"
                        r"\(((?:[^{};()]|\([^(){};]*\))*)\)(?:\s*(?:const|noexcept|&&|->\s*[\w:<>]+))*(?:\s*:(?!:)[^;]*?)?\s*\{", re.MULTILINE)


class Function:
    def __init__(self, path, name, parameters, found):
        self.path, self.name, self.found = path, name, found
        self.parameters = [str([w for w in next(split(p, "="))[1] if w.kind == "id"][-1]) for p in arguments(parameters) if any(w.kind == "id" for w in p)]

    @functools.cached_property
    def assigned(self):
        given = {}
        for place, word in enumerate(self.found):
            if is_op(word, "=") and self.found[place - 1].kind == "id" and not is_op(self.found[place + 1], "="):
                dot = "." if self.found[place - 2] in (".", "->") else ""  # an attribute is one whatever has it
                given.setdefault(dot + self.found[place - 1], []).append(next(split(self.found[place + 1:], ";"))[1])
        return given

    def calls(self, names):
        """Yields (name, arguments, words behind) of calls of those names."""
        for place, word in enumerate(self.found[:-1]):
            if word.kind == "id" and word in names and is_op(self.found[place + 1], "(", "{") and self.found[place - 1] != "class":
                end = closing(self.found, place + 1)
                yield str(word), arguments(self.found[place + 2:end]), self.found[end + 1:]


def functions_of(path):
    text = path.read_text()
    text = re.sub(r"\bSERVER_CODE\s+|\[\[[^\]]*\]\]\s*|\bnoexcept\b", "", text)
    starts = list(DEFINITION.finditer(text))
    for match, following in zip(starts, [*starts[1:], None]):
        body = text[match.end():following.start() if following else len(text)]
        yield Function(path, match[1], words(match[2], "cpp"), words(body, "cpp"))
