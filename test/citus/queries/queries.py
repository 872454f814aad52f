"""SELECTs that nobody would write, over the tables of test/citus/queries/tables.sql.

Each seed makes the same one again: joins of every kind, LATERAL, subqueries in FROM, in the select list and in conditions,
correlated or not, set operations, aggregates, windows.  Ties of accounts are likely, never certain: what Citus cannot give
to one shard is what is sought.
"""
import random

TENANT_COLUMNS = ['account_id', 'id', 'value']
SHARED_COLUMNS = ['id', 'value']
TABLES = {'orders': TENANT_COLUMNS, 'lines': TENANT_COLUMNS, 'notes': TENANT_COLUMNS, 'events': TENANT_COLUMNS, 'early': TENANT_COLUMNS,
          'prices': SHARED_COLUMNS, 'plain': SHARED_COLUMNS}
OFTEN = [5, 3, 3, 2, 2, 3, 2]
JOINS = ['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN', 'CROSS JOIN', ',']
SETS = ['UNION ALL', 'UNION', 'EXCEPT', 'INTERSECT']


def named(column):
    return '.'.join(column)


class Queries:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.aliases = 0

    def chance(self, share):
        return self.random.random() < share

    def alias(self):
        self.aliases += 1
        return f'a{self.aliases}'

    def any_of(self, columns):
        return named(self.random.choice(columns))

    # What stands in FROM: its text, and the columns that it has as (alias, name).
    def table(self):
        name = self.random.choices(list(TABLES), OFTEN)[0]
        alias = self.alias()
        return f'q.{name} AS {alias}', [(alias, column) for column in TABLES[name]]

    def relation(self, depth, outer=()):
        kind = self.random.random()
        if depth <= 0 or kind < 0.5:
            return self.table()
        alias = self.alias()
        if kind < 0.56:
            return f'(VALUES (1, 2), (2, 3), (1, NULL)) AS {alias}(id, value)', [(alias, 'id'), (alias, 'value')]
        if kind < 0.6:
            return f'generate_series(1, 3) AS {alias}(id)', [(alias, 'id')]
        query, columns = self.select(depth - 1, outer if self.chance(0.3) else ())
        return f'LATERAL ({query}) AS {alias}', [(alias, column) for column in columns]

    def relations(self, depth, outer):
        text, columns = self.relation(depth, outer)
        for _ in range(self.random.choices([0, 1, 2], [4, 4, 2])[0]):
            join = self.random.choices(JOINS, [5, 3, 1, 1, 1, 1])[0]
            seen = list(outer) + columns if join in ('JOIN', 'LEFT JOIN', 'CROSS JOIN', ',') and self.chance(0.2) else outer
            right, of_right = self.relation(depth - 1, seen)
            if join == ',':
                text = f'{text}, {right}'
            elif join == 'CROSS JOIN':
                text = f'{text} CROSS JOIN {right}'
            else:
                text = f'{text} {join} {right} ON {self.tie(columns, of_right)}'
            columns = columns + of_right
        return text, columns

    # Conditions.
    def tie(self, left, right):
        if self.chance(0.4):
            return self.condition(left + right, 0)
        accounts = [[column for column in side if column[1] == 'account_id'] for side in (left, right)]
        tie = f'{self.any_of(left)} = {self.any_of(right)}'
        if all(accounts) and self.chance(0.5):
            by_account = f'{self.any_of(accounts[0])} = {self.any_of(accounts[1])}'
            return by_account if self.chance(0.5) else f'{by_account} AND {tie}'
        return tie

    def condition(self, columns, depth):
        kind = self.random.random()
        column = self.any_of(columns)
        if kind < 0.2:
            return f'{column} = {self.random.randint(1, 3)}'
        if kind < 0.36:
            return f'{column} > {self.random.randint(0, 2)}'
        if kind < 0.46:
            return f'{column} IS NOT NULL'
        if kind < 0.54:
            return f'({self.condition(columns, 0)} OR {self.condition(columns, 0)})'
        if kind < 0.6:
            return f'NOT ({self.condition(columns, 0)})'
        if depth <= 0:
            return f'{column} = {self.random.randint(1, 3)}'
        if kind < 0.8:
            query, _ = self.select(depth - 1, columns if self.chance(0.6) else (), bare=True)
            return f'{self.random.choice(["", "NOT "])}EXISTS ({query})'
        query, _ = self.select(depth - 1, columns if self.chance(0.3) else (), single=True)
        return f'{column} {self.random.choice(["IN", "NOT IN"])} ({query})'

    # A SELECT: its text, and the names of its columns.
    def select(self, depth, outer=(), bare=False, single=False):
        text, columns = self.relations(depth, outer)
        seen = columns + list(outer)
        asked, group = self.select_list(columns, seen, depth, bare, single)
        conditions = [self.condition(seen, 1)] if self.chance(0.6) else []
        if outer and self.chance(0.6):
            conditions.append(f'{self.any_of(columns)} = {self.any_of(list(outer))}')
        where = f' WHERE {" AND ".join(conditions)}' if conditions else ''
        distinct = 'DISTINCT ' if not bare and not group and self.chance(0.1) else ''
        names = [f'c{n}' for n in range(len(asked))]
        listed = ', '.join(f'{value} AS {name}' for value, name in zip(asked, names))
        query = f'SELECT {distinct}{listed} FROM {text}{where}{group}'
        if not bare and not single and not outer and self.chance(0.12):
            query, names = self.set_operation(query, names, depth)
        if not bare and not single and self.chance(0.12):
            query += f' ORDER BY {", ".join(names)} LIMIT {self.random.randint(1, 4)}'
        return query, names

    def select_list(self, columns, seen, depth, bare, single):
        picked = [named(column) for column in self.random.sample(columns, 1 if single else min(len(columns), self.random.randint(1, 3)))]
        kind = self.random.random()
        if bare:
            return picked, ''
        if kind < 0.15 and single:
            return ['count(*)::int'], ''
        if kind < 0.15:
            having = ' HAVING count(*) > 1' if self.chance(0.3) else ''
            return [picked[0], 'count(*)::int', f'max({self.any_of(columns)})'], f' GROUP BY {picked[0]}{having}'
        if kind < 0.22:
            return [f'sum({picked[0]})::int'], ''
        if not single and self.chance(0.12):
            picked.append(f'(row_number() OVER (ORDER BY {", ".join(named(column) for column in columns)}))::int')
        elif not single and depth > 0 and self.chance(0.12):
            query, _ = self.select(0, seen if self.chance(0.5) else (), single=True)
            picked.append(f'(SELECT max(one.value) FROM ({query}) AS one(value))')
        return picked, ''

    def set_operation(self, query, names, depth):
        other, of_other = self.select(max(depth - 1, 0))
        names = names[:min(len(names), len(of_other))]
        left, right = self.alias(), self.alias()
        return (f'SELECT {", ".join(f"{left}.{name}" for name in names)} FROM ({query}) AS {left} {self.random.choice(SETS)} '
                f'SELECT {", ".join(f"{right}.{name}" for name in of_other[:len(names)])} FROM ({other}) AS {right}'), names
