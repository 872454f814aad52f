"""Pastes the README into a shell, from its first line to its last, as a reader does.

`sh` blocks go into the shell as they are, and what one sets the next ones have; `sql` blocks go into a psql that is started
there, and left before the next shell block; a `js` block goes into the file that the text before it names.
`sql error=CODE` and `text` are as in run.py.
`sh needs=node` needs Node and its packages: it runs with --node (make test-clients).  Without, the SQL that the js block
sends is sent by psql, with a token that is signed by openssl.

  paste.py [--node] [DIRECTORY]     DIRECTORY is where it is pasted, and stays
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from examples import README, ROOT, examples, problem


def set_by(body, setter):
    return re.search(setter + r"\((?:\{.*kid: )?'([^']+)'", body).group(1)


def signed(body):
    """Shell that leaves in $token what the js block signs, for the first owner."""
    header = json.dumps({"alg": "EdDSA", "kid": set_by(body, "setProtectedHeader")})
    claims = json.dumps({"aud": set_by(body, "setAudience"), "account": "ACCOUNT", "sub": "USER"}).rstrip("}")
    return f"""
base64url() {{ openssl base64 -A | tr '+/' '-_' | tr -d '='; }}
set -- $(psql -XAtF ' ' -c "SELECT account_id, user_id FROM cloud.account_members WHERE role = 'owner' ORDER BY email LIMIT 1")
now=$(date +%s)
claims=$(printf '%s, "iat": %s, "exp": %s}}' '{claims}' "$now" "$((now + 120))" | sed "s/ACCOUNT/$1/; s/USER/$2/")
printf '%s.%s' "$(printf '%s' '{header}' | base64url)" "$(printf '%s' "$claims" | base64url)" > signed
token=$(cat signed).$(openssl pkeyutl -sign -rawin -inkey issuer.pem -in signed | base64url)
"""


def sent(body):
    """Shell that sends what the js block does, over a connection like its own."""
    database, user = re.search(r"Pool\(\{ database: '(\w+)', user: '(\w+)' \}\)", body).groups()
    known = {"": "", "token": ":token", "after": "NULL"}
    statements = "\n".join(f"{statement.replace('$1', known[value])};"
                           for statement, value in re.findall(r"\.query\('([^']*)'(?:, \[(\w+)\])?\)", body))
    return f"""{signed(body)}
PGPASSWORD=$password psql -X -q -d {database} -U {user} -v ON_ERROR_STOP=1 -v token="'$token'" 2>&1 <<'@@end'
{statements}
@@end
"""


def pasted(example, node):
    """What is typed for an example; None where it is nothing for this machine."""
    if example.language == "sql":
        return f"{example.body}\\echo @@state :LAST_ERROR_SQLSTATE"
    if example.language == "js":
        name = re.findall(r"`(\w+\.mjs)`", example.before)[-1]
        return f"cat > {name} <<'@@end'\n{example.body}@@end\n" if node else sent(example.body)
    return example.body if node or example.value("needs") != "node" else None


def script(todo):
    lines, typing = ["set -eu"], False
    for number, (example, typed) in enumerate(todo):
        if typing != (example.language == "sql"):
            typing = not typing
            lines.append("psql -X -q 2>&1 <<'@@end'" if typing else "@@end")
        lines.append(f"{chr(92) if typing else ''}echo @@example {number}\n{typed}")
    return "\n".join([*lines, "@@end" if typing else "", ""])


def seen(example, output):
    """What is wrong with what stands on the screen after an example."""
    output, _, state = output.partition("@@state ")
    errors = re.findall(r"^ERROR: ", output, re.MULTILINE)
    return problem(example, output, [state.strip()] * len(errors) if example.language == "sql" else [])


def check(node=False, directory=None):
    """Returns (examples run, examples that need Node, list of failures)."""
    found = [example for example in examples(README.read_text()) if example.language in ("sql", "sh", "js")]
    todo = [(example, typed) for example in found if (typed := pasted(example, node)) is not None]
    with tempfile.TemporaryDirectory() as scratch:
        checkout = pathlib.Path(directory or scratch)
        (checkout / "test").symlink_to(ROOT / "test")  # where a reader stands: in the sources
        password_asked("shop_app")
        environment = {name: value for name, value in os.environ.items() if name != "PGDATABASE"}
        done = subprocess.run(["sh", "-c", script(todo)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, cwd=checkout, env=dict(environment, PSQLRC="/dev/null", PAGER=""), check=False)
    failures = []
    parts = done.stdout.split("@@example ")[1:]
    for part in parts:
        number, _, text = part.partition("\n")
        example = todo[int(number)][0]
        last = number == str(len(parts) - 1) and done.returncode
        wrong = f"exit {done.returncode}\n{example.body}{text}" if last else seen(example, text)
        if wrong:
            failures.append(f"README.md:{example.line}: {wrong}")
    if len(parts) != len(todo) and not failures:
        failures.append(f"README.md: the shell stopped after {len(parts)} of {len(todo)} examples:\n{done.stdout[-2000:]}")
    if not node and not failures:
        failures = page_of_orders(next(text for (example, _), text in zip(todo, parts) if example.language == "js"))
    if node:
        print(parts[-1].partition("\n")[2] if parts else done.stdout)
    return len(todo), len(found) - len(todo), failures


def page_of_orders(text):
    items = [json.loads(item) for item in re.findall(r"\| (\{.*\})", text)]
    accounts = {item["accountId"] for item in items}
    if len(items) == 20 and len(accounts) == 1 and all(item["orderNumber"] for item in items):
        return []
    return [f"README.md: no page of 20 orders of one account\n{text}"]


def password_asked(role):
    """The server asks the application for its password, as one that is installed does."""
    rules = pathlib.Path(os.environ["PGDATA"], "pg_hba.conf")
    rules.write_text(f"local all {role} scram-sha-256\n" + rules.read_text())
    subprocess.run(["psql", "-XAtqc", "SELECT pg_reload_conf()", "postgres"], stdout=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != "--node"]
    _, _, wrong_ones = check("--node" in sys.argv, *arguments)
    print("\n".join(wrong_ones), file=sys.stderr)
    sys.exit(1 if wrong_ones else 0)
