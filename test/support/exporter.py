"""monitoring/*.yaml as postgres_exporter reads them, for test/server/monitoring:

  queries            the name of each query and the query, in one line with a tab between
  columns NAME       the columns of a query, each with its usage
  page               each metric that has no threshold in docs/monitoring.md, each there that no file has, each that breaks the format
"""
import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FIGURES = ("GAUGE", "COUNTER")


def load():
    found = {}
    for path in sorted((ROOT / "monitoring").glob("*.yaml")):
        for name, query in yaml.safe_load(path.read_text()).items():
            if name in found:
                raise SystemExit(f"{path.name}: {name} is in two files")
            found[name] = query
    return found


def columns(query):
    """Of a query: (column, usage, description)."""
    return [(column, said["usage"], said.get("description", "")) for metric in query["metrics"] for column, said in metric.items()]


def thresholds(page):
    """By metric: what its rows in the page's tables say, in the columns `look when`, `why` and `do`."""
    found, metric = {}, None
    for line in page.splitlines():
        row = [cell.strip() for cell in line.strip().strip("|").split(" | ")] if line.startswith("| ") else []
        named = re.fullmatch(r"`(primecloud_\w+)`", row[0]) if row else None
        if named:
            metric = named[1]
            found.setdefault(metric, []).append(row[1:])
        elif row and row[0] in ("", "|") and metric:
            found[metric].append(row[1:])
    return found


def problems(queries, page):
    for name, query in queries.items():
        if not re.fullmatch(r"primecloud_[a-z_]+", name) or set(query) - {"query", "metrics", "cache_seconds"}:
            yield f"{name}: another form than the exporter's"
        for column, usage, description in columns(query):
            if usage not in (*FIGURES, "LABEL") or not description:
                yield f"{name}.{column}: no usage, or no description"
    metrics = {f"{name}_{column}" for name, query in queries.items() for column, usage, _ in columns(query) if usage in FIGURES}
    said = thresholds(page)
    yield from (f"{metric}: docs/monitoring.md has no threshold" for metric in sorted(metrics - set(said)))
    yield from (f"{metric}: docs/monitoring.md names it, and no query gives it" for metric in sorted(set(said) - metrics))
    for metric, rows in sorted(said.items()):
        if not all(len(row) >= 2 and row[0] for row in rows):
            yield f"{metric}: docs/monitoring.md does not say when to look"


def main(what, *names):
    queries = load()
    if what == "queries":
        for name, query in queries.items():
            print(name, " ".join(query["query"].split()), sep="\t")
    elif what == "columns":
        for column, usage, _ in columns(queries[names[0]]):
            print(column, usage)
    else:
        print("\n".join(problems(queries, (ROOT / "docs/monitoring.md").read_text())))


if __name__ == "__main__":
    main(*sys.argv[1:])
