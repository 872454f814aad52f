# A file of test/pgtap as it is run on a cluster: before each assertion, change of role and transaction that stands outside of
# a transaction and of a lesser role, :spread (test/citus/spread.sql) distributes what is protected by then.
# Nothing else is changed; \ir is read from the file's own directory, :from.
BEGIN {
  open = 1
  spread_roles = spread
  sub(/spread\.sql$/, "spread_roles.sql", spread_roles)
  asserts = "^(SELECT|WITH)(.*[^a-z_.])((ok|is|isnt|matches|doesnt_match|alike|unalike|cmp_ok|lives_ok|is_empty|isnt_empty|isa_ok" \
    "|(throws|results|performs|bag)_[a-z]+|set_(eq|has|hasnt|ne)|harness\\.(run|attack|over|granted_by|refusal))[(])"
  changes = "^((set (session |local )?role|set session authorization|begin[ ;]|start transaction)|\\\\c(onnect)?( |$))"
}
{
  bare = $0
  if (!quoted) sub(/^[ \t]*--.*/, "", bare)
  starts = open && !quoted
}
starts && /^\\ir / { sub(/^\\ir /, "\\i " from "/") }
starts && !role && !inside && (tolower($0) ~ changes || $0 ~ asserts) {
  print "\\i " spread
}
starts && !role && !inside && made { print "\\i " (made == 2 ? spread : spread_roles); made = 0 }
starts && tolower($0) ~ /^(set role none|reset role|(re)?set session authorization( default)?;|discard all)/ {
  role = 0
  mark = 1
}
starts && !mark && tolower($0) ~ /^(set (session )?role|set session authorization)/ { role = 1 }
starts && /^\\c(onnect)?( |$)/ { role = $3 != "" && $3 != "-" && $3 != "postgres" }
starts && tolower($0) ~ /^(begin|start transaction)[^a-z]/ { inside = 1 }
starts && tolower($0) ~ /^(commit|rollback|abort|end)[^a-z]*$/ && tolower($0) !~ /rollback to/ { inside = 0 }
{
  mark = 0
  if (starts && bare ~ /^\\i/) made = 2
  else if (!made && bare ~ /CREATE ROLE|create_[a-z]+_role/) made = 1
  print
  # Dollar quotes open and close in turn; what a name between the dollars is does not matter to files of one writer.
  rest = bare
  while (match(rest, /\$[A-Za-z_]*\$/)) {
    tag = substr(rest, RSTART, RLENGTH)
    if (!quoted) { quoted = 1; quote = tag } else if (tag == quote) quoted = 0
    rest = substr(rest, RSTART + RLENGTH)
  }
  if (!quoted && bare !~ /^[ \t]*$/) open = bare ~ /;[ \t]*(--.*)?$/ || bare ~ /^\\/ || bare ~ /\\(gset|gexec|g)([ \t]|$)/
}
