"""Runs the examples of a documentation page, each page in a database of its own.

A fenced block `sql` is typed into one psql session, in order, and must succeed.
`sql error=CODE` must fail with that SQLSTATE, and with no other.
A block `text` directly after it is the exact end of what a reader must see.
`sql values=A, B | C` has parameters: A, B are those of its first statement that takes any, C of the second.
`sql skip=REASON` is not run: REASON says why it cannot be here.
`sql cluster`, `sh cluster`, and those with an `error=` behind that, are for a cluster of several servers: --cluster runs them (test/citus/run), on
the pages that have some, and nothing else of those; without it they are counted and said.
`sh` blocks run in a shell with PGDATABASE set, all of a page in one directory of their own; `sh skip=REASON` are not run.
Every other block (js, ini, console ...) is illustration.

The README, which names its databases itself, is pasted (see paste.py).
--in-order runs the pages one after another in one database, as who reads them from the first to the last.  A page whose
head says that it wants "a database of its own" gets one, where it is named.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import paste
from examples import README, ROOT, examples, in_order, problem, wants_its_own


def psql(database, script):
    environment = dict(os.environ, PGDATABASE=database, PSQLRC="/dev/null", PAGER="")
    return subprocess.run(["psql", "-X", "-q", "-v", "VERBOSITY=sqlstate"], input=script, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, check=False).stdout


def typed_of(example):
    """What is typed for an example: what a driver would send with values is prepared, and executed with them."""
    if example.value("values") is None:
        return example.body
    values = iter(example.value("values").split("|"))
    return "".join(f"PREPARE example AS {statement}EXECUTE example ({next(values)});\nDEALLOCATE example;\n" if "$1" in statement else statement
                   for statement in re.findall(r".*?;\n", example.body, re.DOTALL))


def session(page, database, todo):
    """Types examples into one psql session; returns what went wrong."""
    if not todo:
        return []
    output = psql(database, "".join(f"\\echo @@example {number}\n{typed_of(example)}\n" for number, example in enumerate(todo)))
    parts = output.split("@@example ")[1:]
    failures = []
    for part in parts:
        number, _, text = part.partition("\n")
        example = todo[int(number)]
        wrong = problem(example, text, re.findall(r"^(?:psql:\S+ )?ERROR:\s+(\w{5})", text, re.MULTILINE))
        if wrong:
            failures.append(f"{page.name}:{example.line}: {wrong}")
    if len(parts) != len(todo):
        failures.append(f"{page.name}: psql stopped after {len(parts)} of {len(todo)} examples:\n{output[-2000:]}")
    return failures


def shell(page, database, example, directory):
    done = subprocess.run(["sh", "-eu"], input=example.body, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=dict(os.environ, PGDATABASE=database), cwd=directory, check=False)
    return [f"{page.name}:{example.line}: exit {done.returncode}\n{example.body}{done.stdout}"] if done.returncode else []


def check(page, database, made, cluster=False):
    """Returns (examples run, examples skipped, list of failures); made: the databases that are there."""
    found = [example for example in examples(page.read_text()) if example.language in ("sql", "sh") and example.of_cluster == cluster]
    todo = [example for example in found if example.value("skip") is None]
    if todo and database not in made:
        subprocess.run(["createdb", database], check=True)
        made.add(database)
    typed, failures = [], []
    with tempfile.TemporaryDirectory() as directory:
        # What a page adopts: the database of an application.
        shutil.copy(ROOT / "test/fixtures/hosting_app.sql", directory)
        # What a page installs.
        shutil.copytree(ROOT / "monitoring", pathlib.Path(directory) / "monitoring")
        # One psql session from shell block to shell block: a session is what a reader has.
        for example in todo:
            if example.language == "sql":
                typed.append(example)
                continue
            failures += session(page, database, typed) + shell(page, database, example, directory)
            typed = []
        failures += session(page, database, typed)
    return len(todo), len(found) - len(todo), failures


def main(names):
    together, cluster = "--in-order" in names, "--cluster" in names
    pages = [pathlib.Path(name).resolve() for name in names if not name.startswith("--")]
    if not pages:
        pages = in_order() if together else [README, *sorted((ROOT / "docs").rglob("*.md"))]
        # (A page with a database of its own is read no otherwise in order.)
        pages = [page for page in pages if not (together and wants_its_own(page.read_text()))]
    of_cluster = {page: sum(example.of_cluster for example in examples(page.read_text())) for page in pages}
    # (Citus is in one database of its cluster.)
    status, made = 0, {"postgres"} if cluster else set()
    for page in [page for page in pages if of_cluster[page] or not cluster]:
        if cluster:
            database = "postgres"
        elif together and not wants_its_own(page.read_text()):
            database = "docs_in_order"
        else:
            database = "docs_" + re.sub(r"\W", "_", str(page.relative_to(ROOT).with_suffix("")).lower().removeprefix("docs/"))
        ran, skipped, failures = paste.check() if page == README else check(page, database, made, cluster)
        elsewhere = f", {of_cluster[page]} for a cluster (make test-citus)" if of_cluster[page] and not cluster else ""
        print(f"{page.relative_to(ROOT)}: {ran} examples run, {skipped} skipped, {len(failures)} failed{elsewhere}", flush=True)
        for failure in failures:
            print(failure)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
