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
  const node *person = made.make({.is = kind::other, .number = (1 << 16) + 1, .text = "u.id"}, {});  // of another table

  const node *text(std::string_view said) { return made.literal(text_literal, said); }
  const node *equal(const node *a, const node *b) { return made.compare(relation::equal, a, b); }
  const node *all_of(std::vector<const node *> parts) { return made.make({.is = kind::both}, parts); }
  const node *any_of(std::vector<const node *> parts) { return made.make({.is = kind::either}, parts); }
  const node *exists(const node *conditions) { return made.make({.is = kind::exists, .flags = reads}, {conditions}); }
  const node *call(std::uint32_t flags, std::vector<const node *> args) {
    return made.make({.is = kind::call, .flags = flags, .text = "f"}, args);
  }
  const node *selected(kind is, const node *conditions, const node *what) {
    return made.make({.is = is, .flags = reads}, {conditions, what});
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

TEST_F(ReviewProof, OfTwoTablesTheyMustMeet) {
  const node *joined = equal(member, account), *named = equal(person, context), *met = equal(user, person);
  EXPECT_FALSE(proven(exists(all_of({joined, named}))));
  EXPECT_TRUE(proven(exists(all_of({joined, named, met}))));
  EXPECT_FALSE(proven(exists(all_of({joined, named, any_of({met, open})}))));
  EXPECT_FALSE(proven(exists(all_of({joined, named, call(0, {met})}))));  // as of an outer join
  // One in the other.
  EXPECT_TRUE(proven(exists(all_of({joined, exists(all_of({met, named}))}))));
  EXPECT_FALSE(proven(exists(all_of({joined, exists(named)}))));
  EXPECT_TRUE(proven(exists(all_of({joined, equal(user, selected(kind::scalar, named, person))}))));
  EXPECT_FALSE(proven(exists(all_of({joined, equal(user, selected(kind::scalar, named, member))}))));
}

TEST_F(ReviewProof, WhatIsSelectedIsTheAskers) {
  const node *named = equal(user, context), *apart = equal(person, context);
  const auto in = [&](const node *where, const node *what) {
    return made.make({.is = kind::any_row, .op = relation::equal, .flags = reads}, {where, account, what});
  };
  EXPECT_TRUE(proven(in(named, member)));
  EXPECT_TRUE(proven(in(named, call(cast, {member}))));
  EXPECT_FALSE(proven(in(apart, member)));
  EXPECT_FALSE(proven(in(named, text("7"))));
  EXPECT_TRUE(proven(equal(account, selected(kind::scalar, named, call(0, {member})))));
  EXPECT_FALSE(proven(equal(account, selected(kind::scalar, apart, member))));
  EXPECT_TRUE(proven(equal(account, selected(kind::scalar, made.truth(true), context))));
}

TEST_F(ReviewProof, WhatIsGroupedHasARowOfNone) {
  const node *both = all_of({equal(member, account), equal(user, context)});
  EXPECT_FALSE(proven(made.make({.is = kind::exists, .flags = reads | grouped}, {both})));
  const node *none = made.make({.is = kind::exists, .flags = reads | outer_joined}, {made.truth(false)});
  EXPECT_FALSE(is_truth(normal(made, none), false));
  EXPECT_TRUE(is_truth(normal(made, exists(made.truth(false))), false));
}

TEST_F(ReviewProof, TakesTimeByTheNest) {
  const node *value = context;
  for (int i = 0; i < 2000; i++) value = selected(kind::scalar, equal(user, value), user);
  EXPECT_TRUE(proven(equal(account, value)));
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
