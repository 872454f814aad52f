-- A partition that is detached keeps its tenant constraints, and the guard keeps them on it.
SELECT plan(26);
CREATE ROLE detached_owner;
CREATE SCHEMA d AUTHORIZATION detached_owner;
SET search_path = d, public;
SET ROLE detached_owner;
CREATE TABLE d.parents (id int PRIMARY KEY, account_id int NOT NULL);
CREATE TABLE d.t (id int, account_id int NOT NULL, code text, parent_id int, CONSTRAINT t_parent FOREIGN KEY (parent_id)
    REFERENCES d.parents, CONSTRAINT t_code UNIQUE (id, code)) PARTITION BY LIST (id);
CREATE TABLE d.t_1 PARTITION OF d.t FOR VALUES IN (1);
CREATE TABLE d.t_2 PARTITION OF d.t FOR VALUES IN (2) PARTITION BY LIST (id);
CREATE TABLE d.t_2_1 PARTITION OF d.t_2 FOR VALUES IN (2);
CREATE TABLE d.t_3 (id int, account_id int NOT NULL, code text, parent_id int, CONSTRAINT of_three FOREIGN KEY (parent_id)
    REFERENCES d.parents);
ALTER TABLE d.t ATTACH PARTITION d.t_3 FOR VALUES IN (3);
SELECT primecloud.protect_table(r) FROM unnest('{d.parents,d.t}'::regclass[]) AS r \g /dev/null
SELECT primecloud.protect_fk('d.t', 't_parent') \g /dev/null
SELECT primecloud.protect_unique('d.t', 't_code') \g /dev/null

CREATE FUNCTION d.noted(rel regclass) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(kind || ' ' || name, ', ' ORDER BY kind, name) FROM jsonb_each_text(primecloud_internal.protection_note(rel)
        -> 'constraints') AS k(name, kind)
$$;
CREATE FUNCTION d.try(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT is(noted('d.t'), 'foreign key t_parent, key index t_account_id_parent_id_idx, unique t_code', 'the whole has noted them');
SELECT is(noted('d.t_1'), NULL, 'a partition nothing');
SELECT is(try('ALTER TABLE d.t_1 DROP CONSTRAINT t_parent') ~ '^42P16', true, 'of which the server drops none');

ALTER TABLE d.t DETACH PARTITION d.t_1;
SELECT is(noted('d.t_1'), 'foreign key t_parent, key index t_1_account_id_parent_id_idx, unique t_1_account_id_id_code_key',
    'detached, they are its own, by the names that they have there');
SELECT is(primecloud_internal.protection_note('d.t_1') ->> 'index', (SELECT c.relname::text FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = 'd.t_1'::regclass AND pg_get_indexdef(c.oid) ~ '\(account_id, id DESC\)'),
    'and so is the tenant index');
SELECT is(try('ALTER TABLE d.t_1 DROP CONSTRAINT t_parent'), '42501 protected table d.t_1 would lose constraint t_parent',
    'under the guard');
SELECT is(try('ALTER TABLE d.t_1 DROP CONSTRAINT t_1_account_id_id_code_key'),
    '42501 protected table d.t_1 would lose constraint t_1_account_id_id_code_key', 'the unique one, too');
ALTER TABLE d.t_1 RENAME CONSTRAINT t_parent TO of_one;
SELECT is(noted('d.t_1') ~ 'foreign key of_one', true, 'and followed');
SELECT is_empty($$SELECT * FROM primecloud.registrations WHERE state <> 'ok'$$, 'nothing is broken');

-- Attached again, they are the whole's.
ALTER TABLE d.t ATTACH PARTITION d.t_1 FOR VALUES IN (1);
SELECT is(noted('d.t_1'), NULL, 'attached again, it has none of its own');
SELECT is(primecloud_internal.protection_note('d.t_1') ? 'index', false, 'nor an index');
SELECT is_empty($$SELECT * FROM primecloud.registrations WHERE state <> 'ok'$$, 'nothing is broken, again');
SELECT is((SELECT count(*) FROM pg_constraint WHERE conrelid = 'd.t_1'::regclass AND contype = 'f' AND conparentid <> 0), 1::bigint,
    'there is one key');

-- With another name than the whole's, and without it.
ALTER TABLE d.t DETACH PARTITION d.t_3;
SELECT matches(noted('d.t_3'), 'foreign key \w+, key index \w+, unique \w+', 'a partition that was attached with a key of its own');
SELECT is(try('ALTER TABLE d.t_3 DROP CONSTRAINT ' || (SELECT conname FROM pg_constraint WHERE conrelid = 'd.t_3'::regclass
    AND contype = 'f')) ~ '^42501 protected table', true, 'which the guard keeps');

-- A part of a part, and what has parts.
ALTER TABLE d.t_2 DETACH PARTITION d.t_2_1;
SELECT matches(noted('d.t_2_1'), 'foreign key t_parent, key index \w+, unique \w+', 'a part of a part');
ALTER TABLE d.t_2 ATTACH PARTITION d.t_2_1 FOR VALUES IN (2);
ALTER TABLE d.t DETACH PARTITION d.t_2;
SELECT matches(noted('d.t_2'), 'foreign key t_parent, key index \w+, unique \w+', 'what has parts');
SELECT is(noted('d.t_2_1'), NULL, 'which have none of their own');

-- Concurrently, and finished later.
ALTER TABLE d.t ATTACH PARTITION d.t_2 FOR VALUES IN (2);
ALTER TABLE d.t DETACH PARTITION d.t_2 CONCURRENTLY;
SELECT matches(noted('d.t_2'), 'foreign key t_parent, key index \w+, unique \w+', 'concurrently');

-- The way back.
SELECT is((SELECT count(*) FROM primecloud.unprotect_fk('d.t_3', (SELECT conname FROM pg_constraint WHERE conrelid = 'd.t_3'::regclass
    AND contype = 'f'))) > 0, true, 'unprotect_fk');
SELECT is((SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'd.t_3'::regclass AND contype = 'f'),
    'FOREIGN KEY (parent_id) REFERENCES parents(id)', 'the key is what it was');
SELECT is(noted('d.t_3') ~ '^unique \w+$', true, 'its index is gone');
SELECT primecloud.unprotect_table('d.t_3') \g /dev/null
SELECT is((SELECT count(*) FROM pg_index WHERE indrelid = 'd.t_3'::regclass), 1::bigint, 'unprotect_table leaves what was there before');

-- Of a partition that is somebody else's nothing is written.
RESET ROLE;
CREATE ROLE detached_other;
ALTER TABLE d.t_1 OWNER TO detached_other;
SET ROLE detached_owner;
ALTER TABLE d.t DETACH PARTITION d.t_1;
SELECT is(noted('d.t_1'), NULL, 'a partition of somebody else''s is let go as it is');
CREATE TABLE d.plain (id int, account_id int) PARTITION BY LIST (id);
CREATE TABLE d.plain_1 PARTITION OF d.plain FOR VALUES IN (1);
ALTER TABLE d.plain DETACH PARTITION d.plain_1;
SELECT is(primecloud_internal.protection_note('d.plain_1'), '{}', 'what is not protected has no note');
SELECT primecloud.unprotect_table('d.t') \g /dev/null
SELECT is_empty($$SELECT * FROM primecloud.registrations WHERE state <> 'ok'$$, 'nothing is left broken');
RESET ROLE;
SELECT finish();
