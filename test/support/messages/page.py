"""The tables of docs/errors.md."""
import re
import sys

from .sources import FINDING, ROOT

sys.path.insert(0, str(ROOT / "test/support"))
from pages import CLOUD, PAGES, declared, rows, sections  # noqa: E402

TITLES = {
    "tenant": "Tenancy", "secret": "Secrets", "retention": "Retention", "lifecycle": "Lifecycle", FINDING: "Lifecycle configurations",
    "types": "Types", "page": "Cursors", "json": "JSON", "contract": "The contract", "registration": "Registrations and leaving", "installation": "Installation",
    "schema": "The control plane", "pg": "Any function",
}
BEFORE = {
    FINDING: "Each begins `invalid lifecycle configuration: `, and, where a rule is at fault, `rule <number> (ID \"<id>\"): `. The detail gives "
             "MinIO's words, which are about XML, and the code that S3 answers with.",
    "pg": "What any function can answer that takes arrays or rows, or writes tables of the extension.",
}
KINDS = {"app": "create_app_role", "gate": "create_gate_role", "gateway": "create_gate_role", "platform": "create_platform_role",
         "maintenance": "create_maintenance_role", "worker": "create_worker_role", "backup": "create_backup_role"}


def code_span(text):
    return "`" + text.replace("|", "\\|") + "`"


def plain(text):
    return re.sub(r"[|<>*]", lambda m: "\\" + m[0], text)


def sqlstates():
    """By code: what stands in test/fixtures/sqlstates.md of it."""
    found = {}
    for line in (ROOT / "test/fixtures/sqlstates.md").read_text().splitlines():
        code, *rest = [cell.strip() for cell in line.strip("|").split("|")]
        found[code] = rest
    return found


def functions_by_code():
    """By code: (room, function) of the reference."""
    found, known = {}, set(sqlstates())
    for page, text in PAGES.items():
        if page == "examples":
            continue
        for name, codes in declared([text]).items():
            for code in codes & known:
                found.setdefault(code, set()).add((page, name))
    return found


def where(functions):
    if not functions:
        return ""
    if len(functions) <= 4:
        return ", ".join(f"[`{name}`](reference/{page}.md)" for page, name in sorted(functions))
    rooms = sorted({page for page, _ in functions})
    return ", ".join(f"[{room}](reference/{room}.md) {sum(page == room for page, _ in functions)}" for room in rooms)


def sqlstate_table(messages):
    raised, used = functions_by_code(), {m.code for m in messages}
    yield "| SQLSTATE | what it is | how it comes about | what to do | functions |"
    yield "|---|---|---|---|---|"
    for code, (what, cause, cure) in sqlstates().items():
        if code in used | set(raised) | {"XX000"}:
            yield f"| {code} | {what} | {cause} | {cure} | {where(raised.get(code, set()))} |"


def log_list(messages):
    return [f"- {plain(m.text)}" for m in messages if m.room == "log"]


def grants_table():
    """Which role helper gives EXECUTE on what, as the reference has it from the catalog."""
    found = {}
    for text in PAGES.values():
        part = re.search(r"<!-- callers -->(.*?)<!-- end -->", text, re.DOTALL)
        for line in part[1].splitlines() if part else []:
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            name = re.match(r"`(\w+)\(", cells[0])
            if name and cells[-1] not in ("everybody", "superusers"):
                for kind in cells[-1].split(", "):
                    found.setdefault(kind, []).append(name[1])
    yield "| granted by | functions |"
    yield "|---|---|"
    for kind, names in sorted(found.items()):
        yield f"| `{KINDS.get(kind, kind)}` | {', '.join(f'`{n}`' for n in dict.fromkeys(sorted(names)))} |"
    yield "| no helper: superusers, and whom they GRANT it | " + ", ".join(f"`{n}`" for n in superusers()) + " |"


def superusers():
    return sorted({name for text in PAGES.values() for name in re.findall(r"(?m)^\| `(\w+)\([^\n]*\| superusers \|$", text)})


def message_tables(messages):
    for room, title in TITLES.items():
        listed = [m for m in messages if m.room == room]
        if not listed:
            continue
        yield f"### {title}"
        yield ""
        if room in BEFORE:
            yield BEFORE[room]
            yield ""
        yield "| SQLSTATE | message | hint |"
        yield "|---|---|---|"
        for m in listed:
            code = "any" if m.code.startswith("<") else m.code
            hint = re.sub(r"  or: ", " *or* ", plain(m.hint)).replace("\\<hint\\>", "*made for the case*")
            yield f"| {code}{', a warning' if m.level == 'WARNING' else ''} | {code_span(m.text)} | {hint or '–'} |"
        yield ""


def parts(messages):
    return {"sqlstates": list(sqlstate_table(messages)), "token": log_list(messages), "grants": list(grants_table()),
            "messages": list(message_tables(messages))[:-1]}
