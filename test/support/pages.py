"""The pages of docs/reference as tests read them: rows of tables, and what a row says of a function's errors."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGES = {path.stem: path.read_text() for path in sorted((ROOT / "docs/reference").glob("*.md"))}
# In schema.md the extension's own functions come first, then the control plane's.
CLOUD = "## What an application calls"
SQLSTATE = re.compile(r"\b(?=[0-9A-Z]{5}\b)(?:[0-9][0-9A-Z]\w{3}|P0\d{3}|PC\d{3}|XX\d{3}|HV\w{3})\b")


def cells(line):
    """A row of a table; a | inside `code` divides nothing."""
    return [cell.strip() for cell in re.split(r"\|(?=(?:[^`]*`[^`]*`)*[^`]*$)", line.strip().strip("|"))]


def tables(text):
    """Yields (header, rows) of each table but those that are made from the catalog alone."""
    header, found = None, []
    for line in [*re.sub(r"<!-- (?:callers|columns) -->.*?<!-- end -->", "", text, flags=re.DOTALL).splitlines(), ""]:
        if not line.startswith("|"):
            if header is not None:
                yield header, found
            header, found = None, []
        elif header is None:
            header = cells(line)
        elif not line.startswith("|--"):
            found.append(cells(line))


def rows(text):
    """Yields (header, cells) of each row."""
    for header, found in tables(text):
        for row in found:
            yield header, row


def functions_of(row):
    """The functions that a row is about, as (name, code), without their schema."""
    for code in re.findall(r"`([^`]*)`", row[0]):
        name = re.match(r"(?:CALL )?(?:primecloud\.|cloud\.)?(\w+)\(", code)
        if name:
            yield name[1], code


def codes_in(cell):
    """SQLSTATEs, and those between two of them: PC001 to PC008."""
    found = set(SQLSTATE.findall(cell))
    for first, last in re.findall(r"PC(\d{3}) to PC(\d{3})", cell):
        found |= {f"PC{number:03}" for number in range(int(first), int(last) + 1)}
    return found


def sections(text):
    """The parts of a page between its headings."""
    return re.split(r"(?m)^##+ ", text)


def declared(pages):
    """By function: the SQLSTATEs that its rows say it raises.  `the same` is the row above, `as `x`` is x's, `below` the next table
    of SQLSTATEs.  What a paragraph that begins with All, Each or Of all says, it says of every function of its section."""
    found, later = {}, {}
    for section in (part for text in pages for part in sections(text)):
        general = set()
        for paragraph in re.split(r"\n\s*\n", section):
            if re.match(r"(?:[^\n]*\n)?(?:All|Each|Of all|Errors of)\b", paragraph.strip()) and "|" not in paragraph:
                general |= codes_in(paragraph)
        listed = list(tables(section))
        for place, (header, body) in enumerate(listed):
            if "errors" not in header:
                continue
            above = set()
            for row in body:
                cell = row[header.index("errors")] if len(row) > header.index("errors") else ""
                codes = codes_in(cell)
                if re.match(r"the same\b", cell):
                    codes |= above
                if "below" in cell:
                    codes |= next(({code for line in b for code in codes_in(line[0])} for h, b in listed[place:] if h[0].startswith("SQLSTATE")), set())
                above = codes
                if row[0].startswith("all "):
                    general |= codes
                for name, _ in functions_of(row):
                    found.setdefault(name, set()).update(codes | general)
                    for others in re.findall(r"\bas ((?:`\w+`(?:, | and )?)+)", cell):
                        later.setdefault(name, set()).update(re.findall(r"\w+", others.replace(" and ", " ")))
    while True:
        before = sum(map(len, found.values()))
        for name, others in later.items():
            found[name] |= set().union(*(found.get(other, set()) for other in others))
        if sum(map(len, found.values())) == before:
            return found
