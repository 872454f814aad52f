"""Runs the examples of a documentation page, each page in a database of its own.

A fenced block `sql` is typed into one psql session, in order, and must succeed.
`sql error=CODE` must fail with that SQLSTATE, and with no other.
A block `text` directly after it is the exact end of what a reader must see.
`sql skip=REASON` is not run: REASON says why it cannot be here.
`sh` blocks run in a shell with PGDATABASE set, all of a page in one directory of their own; `sh skip=REASON` are not run.
Every other block (js, ini, console ...) is illustration.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FENCE = re.compile(r"^```(\S*)[ ]?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(text):
    """Yields (language, attribute, body, line number, expected output or None)."""
    found = list(FENCE.finditer(text))
    for i, match in enumerate(found):
        language, attribute, body = match.groups()
        expected = None
        if i + 1 < len(found) and found[i + 1].group(1) == "text":
            between = text[match.end():found[i + 1].start()]
            if not between.strip():
                expected = found[i + 1].group(3)
        yield language, attribute.strip(), body, text.count("\n", 0, match.start()) + 1, expected


def psql(database, script):
    environment = dict(os.environ, PGDATABASE=database, PSQLRC="/dev/null", PAGER="")
    return subprocess.run(["psql", "-X", "-q", "-v", "VERBOSITY=sqlstate"], input=script, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, check=False).stdout


def check(page, database):
    """Returns (examples run, examples skipped, list of failures)."""
    todo, skipped, failures, shells = [], 0, [], 0
    for language, attribute, body, line, expected in blocks(page.read_text()):
        if language not in ("sql", "sh"):
            continue
        if attribute.startswith("skip="):
            skipped += 1
        else:
            todo.append((language, attribute, body, line, expected))
    if not todo:
        return 0, skipped, []
    subprocess.run(["createdb", database], check=True)
    # One psql session from shell block to shell block: a session is what a reader has.
    script, session = "", []
    scratch = tempfile.TemporaryDirectory()
    # What a page adopts: the database of an application.
    shutil.copy(ROOT / "test/fixtures/hosting_app.sql", scratch.name)

    def flush():
        nonlocal script, session
        output = psql(database, script)
        parts = output.split("@@example ")
        for part in parts[1:]:
            number, _, text = part.partition("\n")
            judge(session[int(number)], text)
        if len(parts) - 1 != len(session):
            failures.append(f"{page.name}: psql stopped after {len(parts) - 1} of {len(session)} examples:\n{output[-2000:]}")
        script, session = "", []

    def judge(example, text):
        _, attribute, body, line, expected = example
        errors = re.findall(r"^(?:psql:\S+ )?ERROR:\s+(\w{5})", text, re.MULTILINE)
        fatal = re.findall(r"^(?:psql:.*?)?(?:FATAL|PANIC|invalid command|\\\w+: ).*$", text, re.MULTILINE)
        wanted = attribute.partition("=")[2] if attribute.startswith("error=") else None
        where = f"{page.name}:{line}"
        if fatal:
            failures.append(f"{where}: {fatal[0]}\n{body}{text}")
        elif wanted and errors != [wanted]:
            failures.append(f"{where}: wanted error {wanted}, got {errors or 'none'}\n{body}{text}")
        elif not wanted and errors:
            failures.append(f"{where}: failed with {errors}\n{body}{text}")
        elif expected is not None and not ("\n" + text.rstrip()).endswith("\n" + expected.rstrip()):
            failures.append(f"{where}: the output differs\n--- the page says\n{expected}--- psql says\n{text}")

    for example in todo:
        language, attribute, body, line, _ = example
        if language == "sh":
            if session:
                flush()
            done = subprocess.run(["sh", "-eu"], input=body, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  env=dict(os.environ, PGDATABASE=database), cwd=scratch.name, check=False)
            if done.returncode:
                failures.append(f"{page.name}:{line}: exit {done.returncode}\n{body}{done.stdout}")
            shells += 1
            continue
        script += f"\\echo @@example {len(session)}\n{body}\n"
        session.append(example)
    if session:
        flush()
    scratch.cleanup()
    return len(todo), skipped, failures


def main(names):
    pages = [pathlib.Path(n).resolve() for n in names] or [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    status = 0
    for page in pages:
        if not page.exists():
            continue
        database = "docs_" + re.sub(r"\W", "_", str(page.relative_to(ROOT).with_suffix("")).lower().removeprefix("docs/"))
        ran, skipped, failures = check(page, database)
        print(f"{page.relative_to(ROOT)}: {ran} examples run, {skipped} skipped, {len(failures)} failed")
        for failure in failures:
            print(failure)
            status = 1
    return status


sys.exit(main(sys.argv[1:]))
