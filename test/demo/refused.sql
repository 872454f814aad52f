-- After a statement that must have been refused, with :expected as its SQLSTATE.
-- Compared by the shell: the transaction may be one that takes no statement any more.
\set refused_with :LAST_ERROR_SQLSTATE
\if :ERROR
\else
  \set refused_with none
\endif
\setenv EXPECTED :expected
\setenv REFUSED_WITH :refused_with
\set as_expected `[ "$EXPECTED" = "$REFUSED_WITH" ] && echo true || echo false`
\if :as_expected
  \echo '(refused: SQLSTATE ':refused_with')'
\else
  \echo the demo expected SQLSTATE :expected here, and got :refused_with
  SELECT 1 / 0 AS demo_failed;
\endif
