"""What docs/tenancy.md and docs/limits.md promise: the marks at their sentences, and the notes that these lead to.

A note is a footnote of the page:

    [^name]: `test/pgtap/attack_forging.sql` "SET LOCAL", "set_config"; `test/server/tokens` "a good token".

the tests that attack the sentence, and words of theirs that say so.  It ends with "Not held" where the sentence
says what is not held, and with "PostgreSQL's own: ..." where nothing of this extension holds it.  What holds
any other is taken away by blocks `promise name` of test/mutation (see test/mutants --promises).
"""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGES = ("docs/tenancy.md", "docs/limits.md")
MARK = re.compile(r"\[\^([\w-]+)\]")
NOTE = re.compile(r"^\[\^([\w-]+)\]: (.*(?:\n {4}.*)*)", re.M)
NAMED = re.compile(r"`(test/[\w./]+)` ((?:\"[^\"]+\"(?:, )?)+)")


class Note:
    def __init__(self, page, name, text):
        self.page, self.name, self.text = page, name, " ".join(text.split())
        self.tests = [(test, re.findall(r'"([^"]+)"', words)) for test, words in NAMED.findall(self.text)]
        rest = NAMED.sub("", self.text).strip("; .")
        self.has_mechanism = not rest.startswith(("Not held", "PostgreSQL's own: "))
        self.is_plain = not rest or not self.has_mechanism  # nothing that is not understood


def read(page):
    return (ROOT / page).read_text()


def notes():
    return [Note(page, *found) for page in PAGES for found in NOTE.findall(read(page))]


def words_of(test):
    """The text of a test as it would report it: literals in one piece, quotes undoubled, blanks single."""
    text = (ROOT / test).read_text().replace("'\"'\"'", "'")
    text = re.sub(r"'\s*\n\s*'", "", text)
    return " ".join(text.replace("''", "'").split())


def sentences(text):
    """Each sentence of a page with its marks, in order; of a table each row.  Not what the page says of its notes."""
    text = NOTE.sub("", re.sub(r"^## What attacks each promise$.*?(?=^\[\^)", "", text, flags=re.M | re.S))
    text = re.sub(r"<!--.*?-->", "", re.sub(r"^```.*?^```$", "\n", text, flags=re.M | re.S), flags=re.S)
    paragraph = []
    for line in [*text.splitlines(), ""]:
        starts = re.match(r"\s*(?:[-*] |\d+\. |\||#)", line)
        if (starts or not line.strip()) and paragraph:
            yield from split(" ".join(paragraph))
            paragraph = []
        if line.startswith("|"):
            yield " ".join(line.strip("| ").split())
        elif line.strip() and not line.startswith("#"):
            paragraph.append(line.strip().removeprefix("- "))


def split(paragraph):
    """A full stop within `code` ends nothing."""
    kept = []

    def keep(match):
        kept.append(match.group(0))
        return f"\0{len(kept) - 1}\0"

    text = re.sub(r"`[^`]*`", keep, " ".join(paragraph.split()))
    text = re.sub(r"([.?!:])((?:\[\^[\w-]+\])+)", r"\2\1", text)  # a mark behind the full stop is the sentence's
    for part in re.split(r"(?<=[.?!])\s+(?=[A-Z(\0*])|(?<=\.\))\s+", text):
        yield re.sub("\0(\\d+)\0", lambda m: kept[int(m.group(1))], part)
