"""Errors in src/: (level, code, message, hint) of every ereport() and errsave(), of every error that is made, of pg::raise() and of what a
lifecycle configuration is refused for.  What a function reports with words that it was given, its callers are asked for."""
import re

from .expression import MOST, Reader
from .functions import functions_of
from .tokens import arguments, closing, is_op, split, words

# Made by their first argument: what S3 says beside our own words.
FINDINGS = {"refuse", "found", "problem", "refused"}
# Attributes that hold words for a message.
WORDS = {".why_not"}
# Of every element of a document, whatever its name: callers are not asked.
GENERAL = {"position.cpp"}


def behind(found):
    """What is added to an error where it is made: .with_hint(...)."""
    added = {}
    while len(found) > 3 and is_op(found[0], ".") and found[1] in ("with_hint", "with_detail"):
        end = closing(found, 2)
        added[str(found[1])] = found[3:end]
        found = found[end + 1:]
    return added.get("with_hint")


class Sources:
    def __init__(self, paths):
        self.functions = [f for path in paths for f in functions_of(path)]
        self.by_name, self.constants = {}, {}
        for path in paths:
            for name, number in re.findall(r"\bconstexpr [\w: ]+ (\w+) = (\d[\d' *]*);", path.read_text()):
                product = 1
                for factor in number.replace("'", "").split("*"):
                    product *= int(factor)
                self.constants[name] = [str(product)]
        for function in self.functions:
            self.by_name.setdefault(function.name, []).append(function)
        # By each name the functions that have it in their bodies.
        self.naming = {}
        for function in self.functions:
            for name in {str(word) for word in function.found if word.kind == "id"}:
                self.naming.setdefault(name, []).append(function)

    def callers(self, function):
        """Yields (caller, arguments): of the file, or else of the room."""
        calling = [(f, given) for f in self.naming.get(function.name, ()) if f is not function for _, given, _ in f.calls({function.name})]
        for near in (lambda f: f.path == function.path, lambda f: f.path.parent == function.path.parent, lambda f: function.path.suffix == ".hpp"):
            found = [(f, given) for f, given in calling if near(f)]
            if found:
                return found
        return []

    def sayings(self, function, expressions, depth=3):
        """What a function says by some expressions together: for each of its callers, as long as their words are in them."""
        names = {str(w) for e in expressions for w in e if w.kind == "id"}
        for name in sorted(names & set(function.assigned)):
            names |= {str(w) for e in function.assigned[name] for w in e if w.kind == "id"}
        wanted = names & set(function.parameters)
        told = False
        if wanted and depth and function.path.name not in GENERAL:
            for caller, given in self.callers(function):
                asked = {p: given[n] if n < len(given) else [] for n, p in enumerate(function.parameters)}
                if not any(w.is_text for p in wanted for w in asked[p]) and not any(self.lends(caller, asked[p]) for p in wanted):
                    continue
                told = True
                order = sorted(wanted)
                for said in self.sayings(caller, [asked[p] for p in order], depth - 1):
                    yield from self.read(function, expressions, dict(zip(order, said)))
        if not told:
            yield from self.read(function, expressions, {})

    def lends(self, caller, expression):
        names = {str(w) for w in expression if w.kind == "id"}
        return len(expression) == 1 and bool(names & set(caller.parameters)) or any(
            any(w.is_text for w in e) for name in names & set(caller.assigned) for e in caller.assigned[name])

    def read(self, function, expressions, given):
        reading = set()

        def resolve(name):
            if name in given:
                return [given[name]] if given[name] != f"<{name}>" else None
            if "." in name:
                attribute = f".{name.rpartition('.')[2]}"
                if attribute not in WORDS or attribute in reading:
                    return None
                reading.add(attribute)
                near = [f for f in self.functions if f.path.parent == function.path.parent]
                said = [t for f in near for e in f.assigned.get(attribute, ()) for t in reader.read(e) if t]
                reading.discard(attribute)
                return said[:MOST] or None
            if name in function.assigned and name not in reading:
                reading.add(name)
                said = [t for e in function.assigned[name] if any(w.is_text for w in e) or WORDS & {f".{w}" for w in e} for t in reader.read(e)]
                reading.discard(name)
                return said[:MOST] or None
            return self.returned(name[:-2]) if name.endswith("()") else self.constants.get(name)

        reader = Reader("cpp", resolve)
        lists = [[""] if e in ([], ["nullptr"]) else reader.read(e) for e in expressions]
        longest = max(len(each) for each in lists)
        for number in range(longest):  # what chooses the message chooses the hint
            yield tuple(each[number] if len(each) == longest else each[0] if len(each) == 1 else "  or: ".join(map(str, each)) for each in lists)

    def returned(self, name):
        """The texts that a function of ours returns, where it returns nothing else."""
        if len(self.by_name.get(name, [])) != 1:
            return None
        said = [next(split(self.by_name[name][0].found[place + 1:], ";"))[1]
                for place, word in enumerate(self.by_name[name][0].found) if word == "return" and word.kind == "id"]
        texts = [t for e in said if e and all(w.is_text for w in e) for t in ["".join(e)]]
        return texts or None

    def told(self, name):
        """Yields (path, message) of a function that returns what is wrong."""
        for function in self.by_name.get(name, []):
            for place, word in enumerate(function.found):
                if word == "return" and word.kind == "id" and any(w.is_text for w in next(split(function.found[place + 1:], ";"))[1]):
                    for (said,) in self.sayings(function, [next(split(function.found[place + 1:], ";"))[1]]):
                        yield function.path, said

    def messages(self):
        """Yields (path, level, code, message, hint)."""
        for function in self.functions:
            for name, given, rest in function.calls({"ereport", "errsave", "error", "raise", *FINDINGS}):
                for level, code, message, hint in self.made(name, given, rest):
                    for said in self.sayings(function, [code, message, hint] if hint is not None else [code, message]):
                        yield function.path, level, *said, *([""] if hint is None else [])

    def made(self, name, given, rest):
        if name in ("ereport", "errsave"):
            options = {str(w): part[i + 2:closing(part, i + 1)] for part in given[1:] for i, w in enumerate(part[:-1])
                       if w in ("errcode", "errmsg", "errmsg_internal", "errhint") and part[i + 1] == "("}
            message = options.get("errmsg", options.get("errmsg_internal"))
            shape = lambda part: words("psprintf(", "cpp") + part + words(")", "cpp") if part else None  # noqa: E731
            if message:
                yield str(given[0][-1]) if name == "ereport" else "ERROR", options.get("errcode", []), shape(message), shape(options.get("errhint"))
        elif name == "error" and len(given) >= 2:
            yield "ERROR", given[0], given[1], behind(rest)
        elif name == "raise" and len(given) >= 2:
            yield "ERROR", given[0], given[1], given[2] if len(given) > 2 else None
        elif name in FINDINGS and given:
            if name == "refused" and len(given) == 1:
                given = arguments(given[0][1:-1]) if given[0][0] == "{" else []
            if len(given) >= 2 and given[0][0] in ("refusals", "as"):
                yield "ERROR", given[0], given[1], given[2] if len(given) > 2 and given[2] not in ([], ["{", "}"]) else None
