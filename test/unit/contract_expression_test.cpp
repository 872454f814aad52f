// SQL as the server shows it, in the spelling of a restored database.
#include "core/contract/expression_text.hpp"

#include <gtest/gtest.h>

#include <utility>

using primecloud::contract::as_restored;

TEST(contract_expressions, casts_of_lists_are_those_of_their_elements) {
  const std::pair<const char *, const char *> cases[] = {
      {"v::text = ANY (ARRAY['a'::character varying, 'b'::character varying]::text[])",
       "v::text = ANY (ARRAY['a'::character varying::text, 'b'::character varying::text])"},
      {"((v)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
       "((v)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))"},
      {"(x = ANY ((ARRAY['], '''::character varying, \"c]\"])::text[]))",
       "(x = ANY (ARRAY[('], '''::character varying)::text, (\"c]\")::text]))"},
      {"ARRAY[f(a, b), a || b, (a || b)]::text[]", "ARRAY[f(a, b)::text, (a || b)::text, (a || b)::text]"},
      {"ARRAY[a[1], ARRAY['b'::character varying]::text[]]", "ARRAY[a[1], ARRAY['b'::character varying::text]]"}};
  for (const auto &[shown, restored] : cases) {
    EXPECT_EQ(as_restored(shown), restored);
    EXPECT_EQ(as_restored(restored), restored) << "and is left at that";
  }
}

TEST(contract_expressions, all_else_is_left) {
  for (const char *shown :
       {"", "a = 1", "ARRAY[1, 2]", "'ARRAY[1]::text[]'::text", "MYARRAY[1]::text[]", "ARRAY[]::text[]", "ARRAY[1, 2",
        "ARRAY['a]::text[]", "ARRAY[1]::text", "ARRAY[1]::\"T\"[]", "ARRAY[1]::text[][]", "(ARRAY[1])[1]"})
    EXPECT_EQ(as_restored(shown), shown);
}
