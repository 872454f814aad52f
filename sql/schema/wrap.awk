# Turns the numbered migrations into the SQL of primecloud.schema_migrations(),
# so that the extension carries them and no text from anywhere else is executed.
#
#   awk -f wrap.awk 0001_identity.sql 0002_catalog.sql ...
#
# A column's description stands beside the column, after `--:`, and becomes its
# COMMENT; inside a table `@schema@.` marks the schema the migration is run for.

function finish() {
  if (name != "") printf "$migration_%s$)", number
}

BEGIN {
  print "-- The control plane's migrations, made from sql/schema by sql/schema/wrap.awk."
  print "CREATE FUNCTION schema_migrations(OUT version integer, OUT name text, OUT script text) RETURNS SETOF record"
  print "    LANGUAGE sql IMMUTABLE PARALLEL SAFE"
  print "    AS $schema_migrations$ VALUES"
}

FNR == 1 {
  finish()
  count = split(FILENAME, path, "/")
  file = path[count]
  if (file !~ /^[0-9][0-9][0-9][0-9]_[a-z0-9_]+\.sql$/) { print FILENAME ": not NNNN_name.sql" > "/dev/stderr"; exit failed = 1 }
  number = substr(file, 1, 4)
  if (number + 0 != ++expected) { print FILENAME ": number " expected " was expected" > "/dev/stderr"; exit failed = 1 }
  name = substr(file, 6, length(file) - 9)
  printf "%s(%d, '%s', $migration_%s$\n", (expected > 1 ? ",\n" : ""), expected, name, number
}

/^(CREATE|ALTER) TABLE / {
  table = $3
  sub(/[(;].*/, "", table)
  comments = ""
}

/--: / {
  described = $0
  sub(/.*--: /, "", described)
  gsub(/'/, "''", described)
  column = ($1 == "ADD" ? $3 : $1)
  comments = comments "COMMENT ON COLUMN " table "." column " IS '" described "';\n"
  sub(/[ ]*--: .*/, "")
}

{ print }

/;[ ]*$/ && comments != "" {
  printf "%s", comments
  comments = ""
}

END {
  if (failed) exit 1
  finish()
  print ""
  print "$schema_migrations$;"
  print "COMMENT ON FUNCTION schema_migrations() IS 'the numbered migrations of the control plane; @schema@ stands for the schema they are run for';"
}
