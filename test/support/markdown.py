"""Pages as GitHub shows them: headings with their anchors, sections, links."""
import re

FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#{1,6}) +(.+?) *#*$", re.MULTILINE)
LINK = re.compile(r"\[(?:[^\[\]]|`[^`]*`)*\]\(([^()\s]+)\)")


def without_code(text):
    """The text with blanks for code, so that every place stays where it is."""
    text = FENCED.sub(lambda block: re.sub(r"[^\n]", " ", block[0]), text)
    return re.sub(r"`[^`\n]*`", lambda code: " " * len(code[0]), text)


def anchor_of(title):
    shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).replace("`", "").replace("*", "")
    return re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")


def sections(text):
    """By anchor: the section, to the next heading of the same or a higher level."""
    fenceless = FENCED.sub(lambda block: re.sub(r"[^\n]", " ", block[0]), text)
    found, seen = {}, {}
    headings = list(HEADING.finditer(fenceless))
    for place, heading in enumerate(headings):
        end = next((h.start() for h in headings[place + 1:] if len(h[1]) <= len(heading[1])), len(text))
        anchor = anchor_of(heading[2])
        again = seen.get(anchor, 0)
        seen[anchor] = again + 1
        found[f"{anchor}-{again}" if again else anchor] = text[heading.end():end]
    return found


def links(text):
    """What a page leads to, but for other sites."""
    return [target for target in LINK.findall(without_code(text)) if not re.match(r"\w+:", target)]
