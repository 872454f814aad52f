"""The examples of a page: its fenced blocks, what a reader must see of each, and in which order pages are read."""
import pathlib
import re
import typing

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
README = ROOT / "README.md"
FENCE = re.compile(r"^```(\S*)[ ]?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Example(typing.NamedTuple):
    language: str
    attribute: str
    body: str
    line: int
    expected: str | None  # of a block `text` directly after it
    before: str           # the text between the last block and this one

    @property
    def of_cluster(self):
        """Whether it is for a cluster of several servers: `sql cluster`, `sql cluster error=CODE`, `sh cluster`."""
        return self.attribute.split(" ")[0] == "cluster"

    def value(self, name):
        attribute = self.attribute.removeprefix("cluster").strip() if self.of_cluster else self.attribute
        return attribute.partition("=")[2] if attribute.startswith(name + "=") else None


def examples(text):
    found = list(FENCE.finditer(text))
    for i, match in enumerate(found):
        language, attribute, body = match.groups()
        expected = None
        if i + 1 < len(found) and found[i + 1].group(1) == "text" and not text[match.end():found[i + 1].start()].strip():
            expected = found[i + 1].group(3)
        before = text[found[i - 1].end() if i else 0:match.start()]
        yield Example(language, attribute.strip(), body, text.count("\n", 0, match.start()) + 1, expected, before)


def problem(example, output, errors):
    """What is wrong with what a reader sees of an example, or None; errors are the SQLSTATEs that came."""
    fatal = re.findall(r"^(?:psql:.*?)?(?:FATAL|PANIC|invalid command|\\\w+: ).*$", output, re.MULTILINE)
    wanted = example.value("error")
    if fatal:
        return f"{fatal[0]}\n{example.body}{output}"
    if wanted and errors != [wanted]:
        return f"wanted error {wanted}, got {errors or 'none'}\n{example.body}{output}"
    if not wanted and errors:
        return f"failed with {errors}\n{example.body}{output}"
    if example.expected is not None and not ("\n" + output.rstrip()).endswith("\n" + example.expected.rstrip()):
        return f"the output differs\n--- the page says\n{example.expected}--- psql says\n{output}"
    return None


def wants_its_own(text):
    """Whether a page says at its head that it wants a database of its own."""
    return re.search(r"\ba\s+database\s+of\s+its\s+own\b", text.partition("\n## ")[0]) is not None


def in_order():
    """The pages for readers as the table of all pages lists them, then those that it does not."""
    index = next(page for page in (ROOT / "docs/README.md", README) if page.exists())
    rows = "\n".join(re.findall(r"^\| .*$", index.read_text(), re.MULTILINE))
    listed = [(index.parent / name).resolve() for name in re.findall(r"\]\(([^)#]+\.md)[)#]", rows)]
    there = [page for page in sorted((ROOT / "docs").glob("*.md")) if page.name != "README.md"]
    return list(dict.fromkeys(page for page in [*listed, *there] if page in there))
