-- After a statement that must have been refused, with :expected as its SQLSTATE.
\if :ERROR
\else
  \echo the demo promised a refusal here, and there was none
  \! false
  \set ON_ERROR_STOP on
  SELECT 1 / 0 AS demo_failed;
\endif
SELECT :'LAST_ERROR_SQLSTATE' = :'expected' AS as_expected \gset
\if :as_expected
\else
  \echo the demo expected SQLSTATE :expected and got :LAST_ERROR_SQLSTATE
  \set ON_ERROR_STOP on
  SELECT 1 / 0 AS demo_failed;
\endif
\set ON_ERROR_STOP on
