"""Signatures of functions, as pages write them and as the catalog has them, in one form to compare."""
import re

UNITS = {"second": 1, "minute": 60, "hour": 3600}
WORDS = {"timestamp with time zone": "timestamptz", "character varying": "varchar", "SETOF ": "setof ", "primecloud.": "", "primecloud_internal.": ""}


def normal(text):
    """Short names of types, DEFAULT for =, no casts, intervals as the server writes them."""
    for long, short in WORDS.items():
        text = text.replace(long, short)
    text = re.sub(r"::[a-z_]\w*(?: [a-z]+)*(?:\[\])?", "", text)
    text = re.sub(r"(?<![<>=])\s=\s", " DEFAULT ", text)

    def clock(found):
        seconds = int(found[1]) * UNITS[found[2]]
        return f"'{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}'"

    return re.sub(r"\s+", " ", re.sub(r"'(\d+) (second|minute|hour)s?'", clock, text)).strip()


def divided(text):
    """Arguments one by one: commas within brackets and quotes divide nothing."""
    return [part.strip() for part in re.findall(r"(?:[^,'(\[{]|'[^']*'|\([^)]*\)|\[[^\]]*\]|\{[^}]*\})+", text) if part.strip()]


def taken(arguments):
    """What a function takes, without what it gives."""
    return ", ".join(re.sub(r"^(?:IN|VARIADIC) ", "", part) for part in divided(normal(arguments)) if not part.startswith("OUT "))


def written(code):
    """(arguments, result) of a signature in a page; a result that is none or words is None."""
    code = re.sub(r"\s*\[, ([^\]]*)\]", r", \1", code)
    found = re.match(r"(?:CALL )?(?:primecloud\.)?\w+\((.*?)\)(?: → (.*))$", code) or re.match(r"(?:CALL )?(?:primecloud\.)?\w+\((.*)\)()$", code)
    if not found:
        return None
    result = normal(found[2])
    return taken(found[1]), None if result.startswith(("(", "TABLE", "table", "record")) or not result else result
