// What predicates come to, and what they say of rows and of who asks.
#include <gtest/gtest.h>

#include "core/review/encoded.hpp"
#include "core/review/implied.hpp"
#include "core/review/joined.hpp"
#include "core/review/predicate.hpp"
#include "core/review/words.hpp"

namespace primecloud::review {
namespace {

struct ReviewTrees : testing::Test {
  nursery made;
  const node *account = made.make({.is = kind::own, .flags = tenant | not_null, .number = 1, .text = "account_id"}, {});
  const node *title = made.make({.is = kind::own, .number = 2, .text = "title"}, {});
  const node *context = made.make({.is = kind::context, .flags = stable, .text = "tenant_int"}, {});
  const node *app_setting = made.make({.is = kind::context, .flags = setting | to_text, .text = "app.tenant"}, {});
  const node *ties = made.compare(relation::equal, account, context);

  const node *integer(std::string_view text) { return made.literal(integer_literal, text); }
  const node *any_of(std::vector<const node *> parts) { return made.make({.is = kind::either}, parts); }
  const node *all_of(std::vector<const node *> parts) { return made.make({.is = kind::both}, parts); }
  bool always(const node *n) { return is_truth(normal(made, n), true); }
  bool never(const node *n) { return is_truth(normal(made, n), false); }
};

TEST_F(ReviewTrees, FoldConstantsAndColumnsThatAreNotNull) {
  EXPECT_TRUE(always(made.compare(relation::less, integer("1"), integer("2"))));
  EXPECT_TRUE(always(made.compare(relation::equal, account, account)));
  EXPECT_FALSE(always(made.compare(relation::equal, title, title)));
  EXPECT_TRUE(always(any_of({made.is_null(title, false), made.is_null(title, true)})));
  EXPECT_TRUE(always(made.is_null(account, true)));
  EXPECT_TRUE(never(made.compare(relation::equal, account, made.nothing())));
  EXPECT_TRUE(
      always(made.make({.is = kind::choice}, {made.is_null(title, false), made.truth(true), made.truth(true)})));
  EXPECT_TRUE(always(made.make({.is = kind::distinct, .negated = true}, {title, title})));
}

TEST_F(ReviewTrees, LeaveWhatMayBeNull) {
  const node *unknown_text = made.compare(relation::equal, title, made.literal(text_literal, "x"));
  EXPECT_FALSE(always(any_of({unknown_text, made.negation(unknown_text)})));
  EXPECT_FALSE(never(made.is_null(title, false)));
}

TEST_F(ReviewTrees, PushNotDown) {
  EXPECT_TRUE(same(normal(made, made.negation(made.negation(ties))), ties));
  const node *inverted = normal(made, made.negation(ties));
  EXPECT_EQ(inverted->op, relation::unequal);
  const node *neither = normal(made, made.negation(any_of({ties, made.is_null(title, false)})));
  EXPECT_EQ(neither->is, kind::both);
}

TEST_F(ReviewTrees, AreBoundInEveryDisjunctOrNotAtAll) {
  EXPECT_TRUE(binds(normal(made, ties), true));
  EXPECT_TRUE(binds(normal(made, all_of({ties, made.is_null(title, false)})), true));
  EXPECT_FALSE(binds(normal(made, any_of({ties, made.is_null(title, false)})), true));
  const node *range = all_of(
      {made.compare(relation::greater_equal, account, context), made.compare(relation::less_equal, account, context)});
  EXPECT_TRUE(binds(normal(made, range), true));
  EXPECT_FALSE(binds(normal(made, made.compare(relation::greater_equal, account, context)), true));
  const node *mine = made.compare(relation::equal, title, context);
  EXPECT_TRUE(binds(normal(made, mine), false));
  EXPECT_FALSE(binds(normal(made, mine), true));
}

TEST_F(ReviewTrees, KnowWhatIsOpenWithoutAContext) {
  EXPECT_TRUE(is_truth(without_contexts(made, any_of({made.is_null(context, false), ties}), false), true));
  EXPECT_TRUE(is_truth(without_contexts(made, ties, false), false));
  const node *empty = made.compare(relation::equal, app_setting, made.literal(text_literal, ""));
  EXPECT_TRUE(is_truth(without_contexts(made, empty, false), false));
  EXPECT_TRUE(is_truth(without_contexts(made, empty, true), true));
  const node *or_true = made.make({.is = kind::first}, {ties, made.truth(true)});
  EXPECT_TRUE(is_truth(without_contexts(made, or_true, false), true));
}

TEST_F(ReviewTrees, KnowWhatTextWithoutALetterComesTo) {
  const node *empty = made.literal(text_literal, "");
  const node *length = made.make({.is = kind::call, .flags = strict, .text = "length"}, {app_setting});
  const node *none = made.compare(relation::equal, length, made.literal(integer_literal, "0"));
  EXPECT_TRUE(is_truth(without_contexts(made, none, true), true));
  EXPECT_TRUE(is_truth(without_contexts(made, none, false), false));
  const node *other = made.make({.is = kind::call, .flags = strict, .text = "f"}, {empty});
  EXPECT_EQ(fold(made, other)->is, kind::call);
}

TEST_F(ReviewTrees, KnowWhichRangeIsWithinAnother) {
  const auto below = [&](relation op, const char *end) {
    return made.compare(op, account, made.literal(integer_literal, end));
  };
  const node *five = below(relation::less, "5"), *seven = below(relation::less, "7");
  EXPECT_EQ(implies(made, five, seven), answer::yes);
  EXPECT_NE(implies(made, seven, five), answer::yes);
  EXPECT_EQ(implies(made, five, below(relation::less_equal, "5")), answer::yes);
  EXPECT_NE(implies(made, below(relation::less_equal, "5"), five), answer::yes);
  EXPECT_NE(implies(made, five, below(relation::greater, "7")), answer::yes);
  EXPECT_EQ(implies(made, below(relation::greater, "7"), below(relation::greater_equal, "7")), answer::yes);
  EXPECT_NE(implies(made, five, made.compare(relation::less, title, made.literal(integer_literal, "7"))), answer::yes);
}

TEST_F(ReviewTrees, FactorIndexConditionsOut) {
  const node *one = all_of({ties, made.is_null(title, false)}), *two = all_of({ties, made.is_null(title, true)});
  EXPECT_EQ(index_conditions(made.either({one, two})).size(), 1u);
  EXPECT_TRUE(index_conditions(normal(made, any_of({ties, made.is_null(title, false)}))).empty());
}

TEST_F(ReviewTrees, StopAtABoundOfDisjuncts) {
  std::vector<const node *> all;
  for (int i = 0; i < 10; i++) {
    const node *column = made.make({.is = kind::own, .number = 10 + i}, {});
    all.push_back(any_of({made.is_null(column, false), made.compare(relation::equal, column, context)}));
  }
  EXPECT_FALSE(disjuncts(normal(made, all_of(all)), 256));
  EXPECT_EQ(disjuncts(normal(made, all_of({all[0], all[1]})))->size(), 4u);
}

TEST_F(ReviewTrees, DecideWhatWasOpenedAndClosed) {
  const node *public_rows = made.compare(relation::equal, title, made.literal(text_literal, "public"));
  EXPECT_EQ(compared(made, ties, ties), change::neither);
  EXPECT_EQ(compared(made, ties, any_of({public_rows, ties})), change::opened);
  EXPECT_EQ(compared(made, any_of({ties, public_rows}), ties), change::closed);
  EXPECT_EQ(compared(made, ties, public_rows), change::both);
  EXPECT_EQ(compared(made, ties, all_of({ties, made.is_null(account, true)})), change::neither);
  const node *opaque = made.make({.is = kind::call, .text = "f"}, {title});
  EXPECT_EQ(compared(made, ties, opaque), change::undecided);
  EXPECT_EQ(compared(made, all_of({ties, opaque}), all_of({opaque, ties})), change::neither);
}

TEST_F(ReviewTrees, FollowEqualitiesOfJoins) {
  const node *joined = made.make({.is = kind::other, .number = 65537, .text = "a.id"}, {});
  const node *through =
      all_of({made.compare(relation::equal, joined, account), made.compare(relation::equal, joined, context)});
  EXPECT_TRUE(binds_by_join(normal(made, through)));
  EXPECT_FALSE(binds_by_join(normal(made, made.compare(relation::equal, joined, context))));
}

TEST_F(ReviewTrees, AreKeptAsText) {
  const node *whole = any_of({made.is_null(title, false), ties});
  const std::string kept = encoded(whole) + encoded(ties);
  const auto again = decoded(made, kept);
  ASSERT_TRUE(again);
  ASSERT_EQ(again->size(), 2u);
  EXPECT_TRUE(same(again->front(), whole));
  EXPECT_FALSE(decoded(made, "7.1.0.0.0.2.0."));
  EXPECT_FALSE(decoded(made, "99.0.0.0.0.0.0."));
}

TEST(ReviewWords, PassOverCommentsAndReadStrings) {
  EXPECT_FALSE(context_of_body("SELECT 1 -- current_setting('a.b')").any);
  EXPECT_EQ(context_of_body("SELECT current_setting ( 'app.tenant', true)").setting, "app.tenant");
  EXPECT_TRUE(context_of_body("EXECUTE 'SELECT primecloud.tenant_int()'").tenant);
  EXPECT_FALSE(context_of_body("SELECT user_id FROM members").any);
  word at;
  words all("hmac(x, 'key', 'sha256')");
  ASSERT_TRUE(all.next(at));
  EXPECT_TRUE(all.is_constant_argument(1));
  EXPECT_FALSE(all.is_constant_argument(0));
}

}  // namespace
}  // namespace primecloud::review
