# test/demo/told.awk: makes a script for psql of a story.  A story is SQL, and lines that
# begin a word to the reader or to psql:
#
#   # TEXT       a heading                  > TEXT    what the reader is told
#   --( … --)    behind the scenes: run, not shown
#   \COMMAND     for psql; not shown
#   !42501       the next statement must be refused with this SQLSTATE
#   =2           the next statement must answer with so many rows
#
# Everything else is a statement, up to a line that ends in ";" (";;": what it answers says
# nothing, and is left out).  It is shown as it is written here, below who sends it: that
# is asked of the server each time, so that it cannot be told wrongly.
function echo(text) {
  gsub(/\\/, "\\\\", text)
  gsub(/'/, "''", text)
  print "\\echo '" text "'"
}
function styled(style, text) {
  gsub(/\\/, "\\\\", text)
  gsub(/'/, "''", text)
  print "\\echo :" style "'" text "':plain"
}
function run_statement(    lines, line, count) {
  print "\\ir who.sql"
  silent = sub(/;;$/, ";", statement)
  count = split(statement, lines, "\n")
  for (line = 1; line <= count; line++) echo(lines[line])
  if (silent) sub(/;$/, " \\g /dev/null", statement)
  if (refusal != "") print "\\set ON_ERROR_STOP off"
  print statement
  # (psql looks at ON_ERROR_STOP before a line: where refused.sql set it, it would not stop.)
  if (refusal != "") { print "\\set ON_ERROR_STOP on"; print "\\set expected " refusal; print "\\ir refused.sql" }
  if (rows != "") { print "\\set expected " rows; print "\\ir answered.sql" }
  statement = refusal = rows = ""
}
statement == "" && /^--\(/ { hidden = 1; next }
/^--\)/ { hidden = 0; next }
hidden { print; next }
statement == "" && /^# / { print "\\echo"; styled("heading", "=== " substr($0, 3)); next }
statement == "" && /^> / { if (!after_told) print "\\echo"; styled("sentence", substr($0, 3)); after_told = 1; next }
{ after_told = 0 }
statement == "" && /^$/ { next }
statement == "" && /^\\/ { print; next }
statement == "" && /^!/ { refusal = substr($0, 2); next }
statement == "" && /^=/ { rows = substr($0, 2); next }
{ statement = statement == "" ? $0 : statement "\n" $0 }
/;$/ { run_statement() }
END { if (statement != "") { print "told.awk: a statement has no end: " statement > "/dev/stderr"; exit 1 } }
