"""Every message of the tree, with its room and its SQLSTATE."""
import os
import pathlib
import re
import subprocess
from typing import NamedTuple

from . import of_cpp, of_sql

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
# What a token is refused for: the server's log has it, in the DETAIL of the one message that callers see.
IN_LOG = {"src/core/tenant/token.cpp", "src/core/tenant/token_claims.cpp", "src/tenant/verified_claims.cpp", "src/tenant/enter_token.cpp"}
# What a dialect would refuse is an answer of lifecycle_problem(), no error; the reporters themselves say what they were given.
ANSWERS = {"src/core/lifecycle/dialects.cpp", "src/core/lifecycle/dialect_aws.cpp", "src/core/lifecycle/dialect_minio.cpp", "src/core/lifecycle/finding.hpp",
           "src/core/lifecycle/problem.hpp", "src/core/lifecycle/position.cpp:<what>", "src/pg/server_function.hpp", "sql/schema/schema_objects.sql:made to be undone",
           "sql/tenant/guard.sql:<what>", "src/secret/passwords.cpp:<message>",
           "src/secret/root_key_source.cpp:<problem>", "src/types/aggregates.cpp:cannot add amounts in <code><code><code> and <code><code><code>"}
FINDING = "lifecycle configuration"
SEEN = {"EXCEPTION", "ERROR", "FATAL", "WARNING"}


class Message(NamedTuple):
    room: str
    code: str
    text: str
    hint: str
    level: str
    path: str

    @property
    def is_carried(self):
        """Words of others alone: what was caught, or decided elsewhere."""
        return re.fullmatch(r"<\w+>", self.text) is not None


def conditions():
    """By name of a condition, and of its macro: the SQLSTATE, as the server has it."""
    share = subprocess.run([os.environ.get("PG_CONFIG", "pg_config"), "--sharedir"], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()
    found = {}
    for line in pathlib.Path(share, "errcodes.txt").read_text().splitlines():
        words = line.split()
        if len(words) > 2 and re.fullmatch(r"[0-9A-Z]{5}", words[0]):
            found[words[2].lower()] = words[0]
            if len(words) > 3 and (words[1] == "E" or words[3] == "warning"):  # a name is an error's, in PL/pgSQL
                found.setdefault(words[3], words[0])
    return found


def constants(paths):
    """Codes that the C++ has names for, in each file."""
    found = {}
    for path in paths:
        text = path.read_text()
        for name, code in re.findall(r"\bconstexpr sqlstate (\w+)\{\"(\w{5})\"\}", text):
            found[name] = code
        for name, letters in re.findall(r"\bconstexpr int (\w+) = MAKE_SQLSTATE\(([^)]*)\)", text):
            found[path, name] = "".join(re.findall(r"'(.)'", letters))
    return found


def cpp_messages():
    paths = sorted(p for p in (ROOT / "src").rglob("*") if p.suffix in (".cpp", ".hpp"))
    known, names = conditions(), constants(paths)
    read = of_cpp.Sources(paths)
    for path, text in read.told("token_problem"):
        yield Message("log", "28000", text, "", "ERROR", str(path.relative_to(ROOT)))
    for path, level, code, text, hint in read.messages():
        name = str(path.relative_to(ROOT))
        if level not in SEEN or not ANSWERS.isdisjoint({name, f"{name}:{text}"}):
            continue
        word = code.strip("<>")
        found = known.get(word) or names.get((path, word)) or names.get(word) or code
        room = name.split("/")[2 if name.startswith("src/core/") else 1]
        if room == "lifecycle" and code.startswith("refusals::"):
            found, room = "54000" if code == "refusals::limit" else "22P02", FINDING
        yield Message("log" if name in IN_LOG else room, found, text, hint, level, name)


def sql_messages():
    known = conditions()
    for path in sorted((ROOT / "sql").rglob("*.sql")):
        if "upgrade" in path.parts:
            continue
        name = str(path.relative_to(ROOT))
        for level, code, text, hint in of_sql.messages(path):
            if level in SEEN and f"{name}:{text}" not in ANSWERS:
                yield Message(name.split("/")[1] if name.count("/") > 1 else "installation", known.get(code, code), text, hint, level, name)


def all_messages():
    """Sorted, each once; several hints of one message are one message."""
    hints = {}
    for message in [*sql_messages(), *cpp_messages()]:
        if message.code != "XX000":
            key = message._replace(hint="", path="", level="WARNING" if message.level == "WARNING" else "ERROR")
            said = hints.setdefault(key, ([], message.path))[0]
            said += [h for h in message.hint.split("  or: ") if h and h not in said]
    return sorted(key._replace(hint="  or: ".join(said), path=path) for key, (said, path) in hints.items())
