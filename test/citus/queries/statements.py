"""Statements that nobody would write: a SELECT of queries.py, with a common table expression or FOR UPDATE now and then,
or a change that reads such a query and returns what it changed."""
from queries import TABLES, Queries

CHANGED = ['orders', 'lines', 'notes', 'prices']


class Statements(Queries):
    def statement(self):
        if self.chance(0.8):
            return self.reading()
        return self.changing()

    def reading(self):
        query, names = self.select(2)
        if self.chance(0.15):
            with_alias, alias = self.alias(), self.alias()
            before, of_before = self.select(1)
            kept = self.random.choice(['', 'MATERIALIZED ', 'NOT MATERIALIZED '])
            return (f'WITH {with_alias} AS {kept}({before}) SELECT {alias}.*, {with_alias}.{of_before[0]} FROM ({query}) AS {alias} '
                    f'{self.random.choice(["JOIN", "LEFT JOIN"])} {with_alias} ON {alias}.{names[0]} = {with_alias}.{of_before[0]}')
        return f'{query} FOR UPDATE' if self.chance(0.05) else query

    def changing(self):
        name = self.random.choice(CHANGED)
        columns = [(name, column) for column in TABLES[name]]
        kind = self.random.random()
        if kind < 0.25:
            return f'UPDATE q.{name} SET value = coalesce({name}.value, 0) + 1 WHERE {self.condition(columns, 1)} RETURNING *'
        if kind < 0.8:
            source, of_source = self.relation(1)
            where = f'{self.tie(columns, of_source)} AND {self.condition(columns + of_source, 1)}'
            if kind < 0.6:
                return f'UPDATE q.{name} SET value = {name}.value + 1 FROM {source} WHERE {where} RETURNING {name}.id, {name}.value'
            return f'DELETE FROM q.{name} USING {source} WHERE {where} RETURNING {name}.id'
        source, of_source = self.relations(1, ())
        account = '1, ' if 'account_id' in TABLES[name] else ''
        return (f'INSERT INTO q.{name} ({", ".join(TABLES[name])}) SELECT {account}{self.any_of(of_source)} + 100, 1 FROM {source} '
                f'WHERE {self.condition(of_source, 1)} ON CONFLICT DO NOTHING RETURNING *')
