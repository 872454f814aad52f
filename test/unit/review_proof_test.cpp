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
  const node *column(int entry, int number, bits flags) {
    return made.make({.is = kind::other, .flags = flags, .number = (entry << 16) + number, .text = "c"}, {});
  }
  const node *member = column(0, 1, stored), *user = column(0, 2, stored);  // an account's members
  const node *person = column(1, 1, stored | unique_key);                   // and people

  const node *text(std::string_view said) { return made.literal(text_literal, said); }
  const node *equal(const node *a, const node *b) { return made.compare(relation::equal, a, b, strict | exact); }
  const node *all_of(std::vector<const node *> parts) { return made.make({.is = kind::both}, parts); }
  const node *any_of(std::vector<const node *> parts) { return made.make({.is = kind::either}, parts); }
  const node *exists(const node *conditions) { return made.make({.is = kind::exists, .flags = reads}, {conditions}); }
  const node *call(bits flags, std::vector<const node *> args) {
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
  EXPECT_TRUE(proven(equal(context, call(cast | lossless, {account}))));
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
  const node *counted = made.make({.is = kind::scalar, .flags = reads | grouped}, {all_of({named, met}), call(0, {})});
  EXPECT_FALSE(proven(exists(all_of({joined, equal(text("0"), counted)}))));
}

TEST_F(ReviewProof, TheyMeetByKeys) {
  const node *joined = equal(member, account), *role = column(1, 3, stored), *its_role = column(2, 3, stored);
  const node *named = equal(column(2, 2, stored), context);
  EXPECT_FALSE(proven(exists(all_of({joined, named, equal(role, its_role)}))));               // many have that role
  EXPECT_TRUE(proven(exists(all_of({joined, named, equal(member, column(2, 1, stored))}))));  // the same account
  // A person, his country, and whoever else is there.
  const node *country = column(3, 1, stored | unique_key);
  EXPECT_TRUE(proven(exists(all_of({equal(country, account), named, equal(its_role, country)}))));
  EXPECT_FALSE(proven(exists(all_of({joined, named, equal(its_role, country), equal(country, role)}))));
  // What no table has as it is.
  EXPECT_FALSE(proven(exists(all_of({joined, equal(column(0, 2, 0), context)}))));
}

TEST_F(ReviewProof, NothingMadeOfTheAskerIsHe) {
  EXPECT_FALSE(proven(equal(account, call(0, {context, text("1")}))));
  EXPECT_FALSE(proven(equal(account, call(cast, {context}))));  // a conversion that folds
  EXPECT_FALSE(proven(equal(call(cast, {account}), context)));
  EXPECT_FALSE(proven(equal(account, made.make({.is = kind::first}, {context, text("2")}))));
  EXPECT_FALSE(proven(made.compare(relation::equal, account, context)));  // where equal is not the same
  const node *none = made.make({.is = kind::null_if}, {claim, text("")});
  EXPECT_TRUE(proven(equal(account, none)));
  EXPECT_TRUE(proven(equal(account, call(json_step, {call(cast | lossless, {claim}), text("org")}))));
  EXPECT_TRUE(proven(equal(account, made.make({.is = kind::first}, {none, context}))));
  const node *loose = made.make({.is = kind::own, .flags = tenant, .number = 1, .text = "account_id"}, {});
  const auto undistinct = [&](const node *column) {
    return made.make({.is = kind::distinct, .negated = true, .flags = exact}, {column, none});
  };
  EXPECT_TRUE(proven(undistinct(account)));
  EXPECT_FALSE(proven(undistinct(loose)));
}

TEST_F(ReviewProof, WhatIsSelectedIsTheAskers) {
  const node *named = equal(user, context), *apart = equal(person, context);
  const auto in = [&](const node *where, const node *what) {
    return made.make({.is = kind::any_row, .op = relation::equal, .flags = reads | exact}, {where, account, what});
  };
  EXPECT_TRUE(proven(in(named, member)));
  EXPECT_TRUE(proven(in(named, call(cast | lossless, {member}))));
  EXPECT_FALSE(proven(in(named, call(cast, {member}))));
  EXPECT_FALSE(proven(in(apart, member)));
  EXPECT_FALSE(proven(in(named, text("7"))));
  EXPECT_FALSE(proven(equal(account, selected(kind::scalar, named, call(0, {member})))));
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
