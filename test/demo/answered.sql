-- After a statement that must have answered with :expected rows.
SELECT :ROW_COUNT = :expected AS as_expected, :ROW_COUNT AS rows_got, :expected = 0 AS none_expected \gset
\if :as_expected
  \if :none_expected
    \echo '(no row, as promised)'
  \endif
\else
  \echo the demo expected :expected rows here, and got :rows_got
  SELECT 1 / 0 AS demo_failed;
\endif
