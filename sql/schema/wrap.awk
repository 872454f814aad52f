# Turns the control plane's files into the SQL of primecloud_internal.schema_statements() and
# primecloud_internal.schema_grants(), so that the extension carries them and no text from
# anywhere else is executed.
#
#   awk -v into=primecloud -f wrap.awk shared/list.template orders/tables.sql orders/reads.sql ...
#
# Each statement becomes a row with the entity (the directory) and the file it is from,
# its kind, and the name of what it makes.  Besides SQL there is
#   --: @public what it holds   behind a column: its COMMENT, which goes on in lines of its own
#   GRANT ... TO @app@;         who may: a row of schema_grants; ALTER FUNCTION ... OWNER TO @gate@ too
#   LIST forward, backward ...; two functions made of list.template
#   DEFINER function, function;  where tables are distributed, run as its owner, who sees what his commands have just written
#   SEQUENTIAL function;         there, over one connection to each server: it writes a table that is on all of them, too
#   RAISES function: 55000 why | as other_function;   @error lines of its COMMENT
#   NOTNULL function: column, column;   a @notNull line; without columns of its value
#   CREATE DISTRIBUTED FUNCTION ...; what a FUNCTION or VIEW is instead where tables are distributed
#   DISTRIBUTED KEY name ON table (columns) WHERE ...; what a unique key is there; INDEX, if it is no constraint
#   DISTRIBUTED CONDITION policy ON table condition;   what stands there in primecloud_select for a policy of its own
#   DISTRIBUTED LOCAL table;      stays on the coordinator
#   DISTRIBUTED CLAIM key ON table (value, account) WHERE column = 'text';   what the table's rows claim there, by the key's name
# and @schema@ stands for the schema that is made.

function die(why) { print FILENAME ":" FNR ": " why > "/dev/stderr"; exit failed = 1 }
function trim(text) { gsub(/^[ \t]+|[ \t]+$/, "", text); return text }
function quoted(text) { gsub(/'/, "''", text); return "'" text "'" }
# The word of `text` behind `before`, up to what cannot be in a name; without its schema.
function name_after(text, before) {
  if (!match(text, before)) die("no name where one was expected: " text)
  text = substr(text, RSTART + RLENGTH)
  sub(/^@schema@\./, "", text)
  match(text, /^[a-z0-9_]+/)
  return substr(text, 1, RLENGTH)
}

function name_of_kind(text) { sub(/^COMMENT ON /, "", text); sub(/ .*/, "", text); return text }
# migrate_schema makes again what has changed; where nothing is there, this is CREATE.
function replacing(text) { sub(/^CREATE /, "CREATE OR REPLACE ", text); return text }

# What stands where tables are distributed, in the place of a function or view of the same name before it.
function apart(text,    kind) {
  sub(/^CREATE DISTRIBUTED /, "CREATE ", text)
  kind = text ~ /^CREATE VIEW / ? "view" : "function"
  row("distributed " kind, name_after(text, "^CREATE [A-Z]+ "), replacing(text))
}

# What is otherwise in a control plane whose tables are distributed; schema_shape() makes it so.
function distributed(text,    what, name, table) {
  sub(/^DISTRIBUTED /, "", text); sub(/;[ ]*$/, "", text)
  what = text; sub(/ .*/, "", what)
  name = name_after(text, "^[A-Z]+ ")
  if (what == "LOCAL") { row("distributed local", name, name); return }
  table = name_after(text, " ON ")
  if (!match(text, " ON @schema@\\.[a-z_]+[ \n]+")) die("nothing behind the table: " text)
  text = substr(text, RSTART + RLENGTH)
  if (what == "CLAIM") text = claim(text)
  else if (what == "KEY") text = "UNIQUE " text
  else if (what == "INDEX") text = "CREATE UNIQUE INDEX " name " ON @schema@." table " " text
  else if (what != "CONDITION") die("not what is otherwise where tables are distributed: " what)
  row("distributed " (what == "CONDITION" || what == "CLAIM" ? tolower(what) : "key"), table "." name, text)
}

# (value, account) WHERE column = 'text' as the words that schema_claimed() reads.
function claim(text,    columns, made) {
  if (text !~ /^\([a-z_]+, [a-z_]+\)( WHERE [a-z_]+ = '[a-z_]+')?$/) die("not what rows claim: " text)
  split(substr(text, 2), columns, /[,) ]+/)
  made = "{\"value\": \"" columns[1] "\", \"account\": \"" columns[2] "\""
  if (sub(/.* WHERE /, "", text)) {
    split(text, columns, / = |'/)
    made = made ", \"where\": \"" columns[1] "\", \"is\": \"" columns[3] "\""
  }
  return made "}"
}

function row(kind, name, text) {
  if (kind == "function") body[name] = text
  rows[++count] = sprintf("(%d, %s, %s, %s, %s, $statement$%s$statement$)", count, quoted(entity), quoted(file), quoted(kind), quoted(name), text)
}

function grant_row(access, privilege, object) {
  grants[++granted] = sprintf("(%s, %s, %s, %s, %s)", quoted(access), quoted(privilege), quoted(object), quoted(entity), quoted(file))
}

# GRANT privilege [(columns)] ON [FUNCTION] object, ... TO @access@, ...
function declare(text,    privilege, objects, to, o, a, i, j, n, m) {
  gsub(/[ \n]+/, " ", text)
  if (text ~ /^ALTER/) {
    grant_row("gate", "OWNER", name_after(text, "^ALTER FUNCTION "))
    return
  }
  privilege = text; sub(/^GRANT /, "", privilege); sub(/ ON .*/, "", privilege)
  objects = text; sub(/.* ON (TABLE |FUNCTION |PROCEDURE )?/, "", objects); sub(/ TO @.*/, "", objects)
  to = text; sub(/.* TO /, "", to); sub(/;.*/, "", to)
  n = split(objects, o, /, */); m = split(to, a, /, */)
  for (i = 1; i <= n; i++) for (j = 1; j <= m; j++) {
    if (a[j] !~ /^@[a-z]+@$/) die("not a kind of access: " a[j])
    grant_row(substr(a[j], 2, length(a[j]) - 2), privilege, name_after(o[i], "^"))
  }
}

function definer(text,    name, n, i, more) {
  more = text ~ /^DEFINER/ ? " SECURITY DEFINER" : " SET citus.multi_shard_modify_mode = 'sequential'"
  sub(/^[A-Z]+ /, "", text); sub(/;[ ]*$/, "", text)
  n = split(text, name, /, */)
  for (i = 1; i <= n; i++) {
    if (!(name[i] in body)) die("no function " name[i] " before this")
    text = body[name[i]]
    if (!sub(/ SET search_path/, more " SET search_path", text)) die("no search_path of " name[i])
    row("distributed function", name[i], text)
  }
}

# What stands behind a keyword of LIST, up to the next one.
function clause(text, word,    from) {
  if (!match(text, "(^|\n) *" word " ")) return ""
  text = substr(text, RSTART + RLENGTH)
  if (match(text, /\n *(OF|BY|FROM|FOR|GIVEN|WHERE|SCOPE|WITH|APART|MADE|IS) /)) text = substr(text, 1, RSTART - 1)
  return trim(text)
}

function list(text,    part, made, of, by, given, where, with, argument, key) {
  sub(/;[ ]*$/, "", text)
  part["forward"] = name_after(text, "^LIST "); part["backward"] = name_after(text, "^LIST [a-z_]+, ")
  of = clause(text, "OF"); by = of; sub(/.* BY /, "", by); sub(/ BY .*/, "", of)
  given = clause(text, "GIVEN"); where = clause(text, "WHERE"); with = clause(text, "WITH")
  if (given ~ / WHERE /) { where = given; sub(/.* WHERE /, "", where); sub(/ WHERE .*/, "", given) }
  part["type"] = of
  part["time"] = by; sub(/,.*/, "", part["time"]); part["key"] = by; sub(/.*, */, "", part["key"])
  part["source"] = clause(text, "FROM"); if (part["source"] == "") part["source"] = "@schema@." of
  argument = given; sub(/ .*/, "", argument)
  part["scope"] = clause(text, "SCOPE"); if (part["scope"] == "") part["scope"] = quoted(part["forward"] (given == "" ? "" : "?"))
  if (given != "") part["scope"] = part["scope"] " || " argument
  part["given"] = given == "" ? "" : given ","
  part["filter"] = where == "" ? "" : where " AND"
  part["account"] = clause(text, "FOR")
  # Of distributed tables: the row as it is, or what it is put together from, and how.
  part["rank"] = part["account"] == "external_client" ? "" : quoted(part["account"] == "" ? "developer" : part["account"])
  part["row"] = "item"; part["columns"] = "t.*"; part["made"] = ""; part["table"] = part["source"]
  if (clause(text, "APART") != "") {
    part["row"] = "said"; part["columns"] = clause(text, "APART"); part["made"] = clause(text, "MADE") ";"
    part["table"] = part["columns"]; sub(/.* FROM /, "", part["table"]); sub(/ FROM [^ ]*$/, "", part["columns"])
  }
  if (part["account"] != "") part["account"] = "t.account_id = primecloud.tenant_uuid(" part["rank"] ") AND"
  part["column"] = part["value"] = part["again"] = ""
  if (with != "") {
    key = with; sub(/ .*/, "", key)
    part["column"] = with; sub(/ AS .*/, "", part["column"]); part["column"] = ", " part["column"]
    part["value"] = with; sub(/^[^(]* AS /, "", part["value"]); part["value"] = ", " part["value"] " AS " key
    part["again"] = ", b." key
  }
  part["comment"] = clause(text, "IS")
  made = template
  for (key in part) { gsub(/&/, "\\\\&", part[key]); gsub("<" key ">", part[key], made) }
  if (match(made, /<[a-z]+>/)) die("LIST leaves " substr(made, RSTART, RLENGTH) " open")
  read_text(made)
}

# What a function raises, itself or in what it calls: clauses of codes with the reason, and `as` another function.
function raises(text,    name) {
  name = name_after(text, "^RAISES ")
  if (!(name in described_at)) die("no comment of " name " before this")
  sub(/^RAISES [a-z_]+: /, "", text); sub(/;[ ]*$/, "", text); gsub(/[ \n]+/, " ", text)
  raised[name] = text
}

# What a function never gives as NULL: columns of its rows, or its value.
function never_null(text,    name) {
  name = name_after(text, "^NOTNULL ")
  if (!(name in described_at)) die("no comment of " name " before this")
  sub(/^NOTNULL [a-z_]+:? ?/, "", text); sub(/;[ ]*$/, "", text); gsub(/[ \n]+/, " ", text)
  tell(name, "\n@notNull" (text == "" ? "" : " ") text)
}

# More of a function's COMMENT.
function tell(name, more,    end, text) {
  end = "';$statement$)"; text = rows[described_at[name]]
  if (substr(text, length(text) - length(end) + 1) != end) die("a comment of " name " that does not end with its text")
  gsub(/'/, "''", more)
  rows[described_at[name]] = substr(text, 1, length(text) - length(end)) more end
}

# Notes each code of a function with its reasons, in order.
function note_errors(name, of,    said, n, i) {
  if (!(name in raised)) die("RAISES of " of " names " name ", which has none")
  n = split(raised[name], said, / \| /)
  for (i = 1; i <= n; i++) if (said[i] ~ /^as /) note_errors(substr(said[i], 4), of); else note_error(said[i], of)
}
function note_error(said, of,    codes, code, n, i) {
  while (match(said, /^[0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z]($|,? )/)) { codes = codes " " substr(said, 1, 5); said = substr(said, RLENGTH + 1) }
  n = split(codes, code, " ")
  if (n == 0) die("RAISES of " of " without an SQLSTATE: " said)
  for (i = 1; i <= n; i++) {
    if (!(code[i] in reason)) { errors[++errors[0]] = code[i]; reason[code[i]] = said }
    else if (!index(reason[code[i]], said)) reason[code[i]] = reason[code[i]] ", or " said
  }
}

# A function's errors become lines of its COMMENT.
function tell_errors(    name, i) {
  for (name in raised) {
    split("", errors); split("", reason); errors[0] = 0
    note_errors(name, name)
    for (i = 1; i <= errors[0]; i++) tell(name, "\n@error " errors[i] (reason[errors[i]] == "" ? "" : " ") reason[errors[i]])
  }
}

function ended(text) {
  if (text ~ /^CREATE TABLE /) { row("table", name_after(text, "^CREATE TABLE "), text); described() }
  else if (text ~ /^CREATE (UNIQUE )?INDEX /) row("index", name_after(text, " INDEX "), text)
  else if (text ~ /^CREATE TYPE /) { row("type", name_after(text, "^CREATE TYPE "), text); described() }
  else if (text ~ /^CREATE DISTRIBUTED (FUNCTION|VIEW) /) apart(text)
  else if (text ~ /^DISTRIBUTED /) distributed(text)
  else if (text ~ /^CREATE (FUNCTION|PROCEDURE) /) row("function", name_after(text, "^CREATE [A-Z]+ "), replacing(text))
  else if (text ~ /^CREATE VIEW /) row("view", name_after(text, "^CREATE VIEW "), replacing(text))
  else if (text ~ /^CREATE POLICY /) row("policy", name_after(text, " ON ") "." name_after(text, "^CREATE POLICY "), text)
  else if (text ~ /^RAISES /) raises(text)
  else if (text ~ /^NOTNULL /) never_null(text)
  else if (text ~ /^COMMENT ON (FUNCTION|PROCEDURE) /) {
    described_at[name_after(text, "^COMMENT ON [A-Z]+ ")] = count + 1
    row("comment", "function " name_after(text, "^COMMENT ON [A-Z]+ "), text)
  }
  else if (text ~ /^COMMENT ON /) row("comment", tolower(name_of_kind(text)) " " name_after(text, "^COMMENT ON [A-Z]+ "), text)
  else if (text ~ /^DO \$[a-z_]+\$/) row("comment", "columns " name_after(text, "^DO \\$"), text)
  else if (text ~ /^INSERT INTO /) row("rows", name_after(text, "^INSERT INTO "), text)
  else if (text ~ /^SELECT primecloud\./) row("protection", name_after(text, "\\('"), text)
  else if (text ~ /^(GRANT|ALTER FUNCTION) /) declare(text)
  else if (text ~ /^(DEFINER|SEQUENTIAL) /) definer(text)
  else if (text ~ /^LIST /) list(text)
  else die("not a statement that a control plane is made of: " text)
}

# A column's description becomes its COMMENT, after the table.
function described(    i) {
  for (i = 1; i <= columns; i++) row("comment", "column " table "." column[i], "COMMENT ON COLUMN @schema@." table "." column[i] " IS " quoted(description[i]))
  columns = 0
}

# One line more of the statement under way.
function read_line(line) {
  if (statement == "" && line ~ /^[ ]*(--.*)?$/) return
  if (line ~ /^CREATE (TABLE|TYPE) /) table = name_after(line, "^CREATE [A-Z]+ ")
  if (line ~ /^ *--: /) {  # a description goes on from the line above
    sub(/^ *--: /, "", line)
    description[columns] = description[columns] " " line
    return
  }
  if (line ~ /--: /) {
    description[++columns] = line; sub(/.*--: /, "", description[columns])
    column[columns] = trim(line); sub(/ .*/, "", column[columns])
    sub(/[ ]*--: .*/, "", line)
  }
  statement = statement (statement == "" ? "" : "\n") line
  if (tag == "" && match(line, /(^| )(AS|DO) \$[a-z_]+\$/)) { tag = substr(line, RSTART, RLENGTH); sub(/.* /, "", tag); if (index(substr(line, RSTART + RLENGTH), tag)) tag = "" }
  else if (tag == "" && line ~ /^BEGIN ATOMIC/) tag = "END"
  else if (tag != "" && index(line, tag) == 1) tag = ""
  if (tag == "" && line ~ /;[ ]*(--.*)?$/) {
    line = statement
    statement = ""
    ended(line)
  }
}

function read_text(text,    line, i, n) {
  n = split(text, line, "\n")
  for (i = 1; i <= n; i++) read_line(line[i])
}

FNR == 1 {
  if (statement != "") die("a statement without an end before this file: " statement)
  n = split(FILENAME, path, "/")
  entity = path[n - 1]; file = path[n]
}
file == "list.template" { if ($0 !~ /^--/) template = template $0 "\n"; next }
{ read_line($0) }

END {
  if (failed) exit 1
  if (statement != "") { print "a statement without an end: " statement > "/dev/stderr"; exit 1 }
  tell_errors()
  print "-- What the control plane is made of and who may do what in it, made from sql/schema by sql/schema/wrap.awk."
  print "CREATE FUNCTION " into ".schema_statements(OUT \"position\" integer, OUT entity text, OUT file text, OUT kind text, OUT name text, OUT statement text) RETURNS SETOF record"
  print "    LANGUAGE sql IMMUTABLE PARALLEL SAFE"
  print "    AS $schema_statements$ VALUES"
  for (i = 1; i <= count; i++) print rows[i] (i < count ? "," : "")
  print "$schema_statements$;"
  print "COMMENT ON FUNCTION " into ".schema_statements() IS 'the statements that make a control plane, in their order; @schema@ stands for the schema they are run for';"
  print "CREATE FUNCTION " into ".schema_grants(OUT access text, OUT privilege text, OUT object text, OUT entity text, OUT file text) RETURNS SETOF record"
  print "    LANGUAGE sql IMMUTABLE PARALLEL SAFE"
  print "    AS $schema_grants$ VALUES"
  for (i = 1; i <= granted; i++) print grants[i] (i < granted ? "," : "")
  print "$schema_grants$;"
  print "COMMENT ON FUNCTION " into ".schema_grants() IS 'what each kind of access gives, as it is declared beside each object';"
}
