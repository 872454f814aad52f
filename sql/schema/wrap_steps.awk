# Turns the frozen steps into the SQL of primecloud_internal.schema_steps().
#
#   awk -v into=primecloud -f wrap_steps.awk upgrade/checksums upgrade/0002_name.sql ...
#
# A column's description behind `--:` becomes its COMMENT, as in wrap.awk.

function die(why) { print FILENAME ":" FNR ": " why > "/dev/stderr"; exit failed = 1 }

BEGIN { last = 1 }

FILENAME ~ /checksums$/ {
  if ($0 !~ /^#/ && NF == 2) checksum[$2] = $1
  next
}

FNR == 1 {
  count = split(FILENAME, path, "/")
  file = path[count]
  if (file !~ /^[0-9][0-9][0-9][0-9]_[a-z0-9_]+\.sql$/) die("not NNNN_name.sql")
  if (!(file in checksum)) die("its checksum is not in upgrade/checksums")
  number = substr(file, 1, 4) + 0
  if (number != last + 1) die("step " last + 1 " was expected")
  last = number
  name[number] = substr(file, 6, length(file) - 9)
  sum[number] = checksum[file]
}

/^(CREATE|ALTER) TABLE / { table = $3; sub(/[(;].*/, "", table) }

/--: / {
  described = $0
  sub(/.*--: /, "", described)
  gsub(/'/, "''", described)
  column = ($1 == "ADD" ? $3 : $1)
  pending = pending "COMMENT ON COLUMN " table "." column " IS '" described "';\n"
  sub(/[ ]*--: .*/, "")
}

{ script[number] = script[number] $0 "\n" }

/;[ ]*$/ && pending != "" { script[number] = script[number] pending; pending = "" }

END {
  if (failed) exit 1
  print "-- The frozen steps from one version of the control plane to the next, made from sql/schema/upgrade by sql/schema/wrap_steps.awk."
  print "CREATE FUNCTION " into ".schema_steps(OUT version integer, OUT name text, OUT checksum text, OUT script text) RETURNS SETOF record"
  print "    LANGUAGE sql IMMUTABLE PARALLEL SAFE"
  print "    AS $schema_steps$"
  print "SELECT NULL::integer, NULL::text, NULL::text, NULL::text WHERE false"
  for (i = 2; i <= last; i++) printf "UNION ALL SELECT %d, '%s', '%s', $step$%s$step$\n", i, name[i], sum[i], script[i]
  print "$schema_steps$;"
  print "COMMENT ON FUNCTION " into ".schema_steps() IS 'the frozen steps between versions of the control plane, tables and data alone; @schema@ stands for the schema they are run for';"
}
