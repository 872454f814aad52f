// What proves that a row is its tenant's, and the row that shows that it need not be.
#include <gtest/gtest.h>

#include "core/review/proof.hpp"
#include "core/review/proven.hpp"
#include "core/review/witness.hpp"

namespace primecloud::review {
namespace {

struct ReviewProof : testing::Test {
  nursery made;
  const node *account = made.make({.is = kind::own, .flags = tenant | not_null, .number = 1, .text = "account_id"}, {});
  const node *word = made.make({.is = kind::own, .number = 2, .text = "word"}, {});
  const node *open = made.make({.is = kind::own, .flags = boolean | not_null, .number = 3, .text = "is_open"}, {});
  const node *context = made.make({.is = kind::context, .flags = stable, .text = "tenant_int"}, {});
  const node *claim = made.make({.is = kind::context, .flags = setting | to_text, .text = "app.tenant"}, {});
  const node *member = made.make({.is = kind::other, .number = 1, .text = "m.account_id"}, {});
  const node *user = made.make({.is = kind::other, .number = 2, .text = "m.user_id"}, {});

  const node *text(std::string_view said) { return made.literal(text_literal, said); }
  const node *equal(const node *a, const node *b) { return made.compare(relation::equal, a, b); }
  const node *all_of(std::vector<const node *> parts) { return made.make({.is = kind::both}, parts); }
  const node *any_of(std::vector<const node *> parts) { return made.make({.is = kind::either}, parts); }
  const node *exists(const node *conditions) { return made.make({.is = kind::exists, .flags = reads}, {conditions}); }
  const node *call(std::uint32_t flags, std::vector<const node *> args) {
    return made.make({.is = kind::call, .flags = flags, .text = "f"}, args);
  }
  bool proven(const node *n) { return is_proven(normal(made, n)); }

  std::vector<witness> witnesses(const node *row) {
    applies = true;
    one = {.name = "p", .object = "s.t.p", .row = row, .applies = &applies};
    return witnesses_of(made,
                        {.object = "s.t", .tenant = "account_id", .policies = &one, .policy_count = 1, .askers = 1});
  }
  policy one;
  bool applies = true;
};

TEST_F(ReviewProof, IsTheColumnItself) {
  EXPECT_TRUE(proven(equal(account, context)));
  EXPECT_TRUE(proven(equal(context, call(cast, {account}))));
  EXPECT_TRUE(proven(all_of({equal(account, context), open})));
  EXPECT_FALSE(proven(any_of({equal(account, context), open})));
  EXPECT_FALSE(proven(equal(call(strict, {account}), context)));  // many accounts have one remainder
  EXPECT_FALSE(proven(made.compare(relation::unequal, account, context)));
  EXPECT_FALSE(proven(equal(word, context)));
}

TEST_F(ReviewProof, DoesNotFollowFunctions) {
  const node *asked = call(asks, {account});
  EXPECT_TRUE(binds(asked, true));
  EXPECT_FALSE(proven(asked));
  EXPECT_EQ(decides_by_itself(all_of({open, asked})), asked);
  EXPECT_EQ(decides_by_itself(equal(account, context)), nullptr);
}

TEST_F(ReviewProof, AsksSubqueriesForBoth) {
  const node *joined = equal(member, account), *named = equal(user, context);
  EXPECT_TRUE(proven(exists(all_of({joined, named}))));
  EXPECT_FALSE(proven(exists(joined)));
  EXPECT_FALSE(proven(exists(any_of({joined, named}))));
}

TEST_F(ReviewProof, WitnessesHaveTheConstants) {
  const auto found = witnesses(any_of({equal(account, context), all_of({open, equal(text("x"), word)})}));
  ASSERT_EQ(found.size(), 1u);
  ASSERT_EQ(found[0].values.size(), 2u);
  EXPECT_EQ(found[0].values[0].column, 3);
  EXPECT_EQ(found[0].values[0].value, "true");
  EXPECT_EQ(found[0].values[1].column, 2);
  EXPECT_EQ(found[0].values[1].value, "x");
}

TEST_F(ReviewProof, WitnessesHaveNullsAndNos) {
  const auto found = witnesses(all_of({made.is_null(word, false), made.negation(open)}));
  ASSERT_EQ(found.size(), 1u);
  ASSERT_EQ(found[0].values.size(), 2u);
  EXPECT_EQ(found[0].values[0].value, std::nullopt);
  EXPECT_EQ(found[0].values[1].value, "false");
}

TEST_F(ReviewProof, NobodyWitnessesWhatIsProved) {
  EXPECT_TRUE(witnesses(equal(account, context)).empty());
  EXPECT_TRUE(witnesses(made.truth(false)).empty());
  EXPECT_EQ(witnesses(made.truth(true)).size(), 1u);
}

TEST_F(ReviewProof, TellsTheSettings) {
  applies = true;
  one = {.name = "p",
         .object = "s.t.p",
         .row = any_of({equal(account, claim), equal(account, context)}),
         .applies = &applies};
  EXPECT_EQ(settings_of({.object = "s.t", .policies = &one, .policy_count = 1, .askers = 1}),
            std::vector<std::string>{"app.tenant"});
}

}  // namespace
}  // namespace primecloud::review
