#include <gtest/gtest.h>

#include "core/contract/comment.hpp"
#include "core/contract/names.hpp"

using namespace primecloud::contract;

TEST(contract_names, a_key_is_what_the_serializer_writes) {
  EXPECT_EQ(key_of("order_id"), "orderId");
  EXPECT_EQ(key_of("trail_"), "trail");
  EXPECT_EQ(key_of("__proto__"), "__proto");
  EXPECT_EQ(key_of("URL_id"), "URLId");
  EXPECT_EQ(key_of("line_1"), "line1");
  EXPECT_EQ(key_of("a_é"), "aé");
  EXPECT_EQ(key_of("_"), "_");
  EXPECT_EQ(key_of(""), "");
}

TEST(contract_names, a_type_is_in_pascal_case) {
  EXPECT_EQ(type_name("order_with_details"), "OrderWithDetails");
  EXPECT_EQ(type_name("2fa_codes"), "_2faCodes");
  EXPECT_EQ(type_name("a-b c.d"), "ABCD");
  EXPECT_EQ(type_name("quote\"d"), "QuoteD");
  EXPECT_EQ(type_name("éclair_ünï"), "éclairünï");
  EXPECT_EQ(type_name("smile😀d–ash"), "SmileDAsh");
  EXPECT_EQ(type_name("a$b"), "A$b");
  EXPECT_EQ(type_name("URL_id"), "URLId");
  EXPECT_EQ(type_name("---"), "_");
  EXPECT_EQ(type_name("\xc3"), "_");
}

TEST(contract_names, rows_are_told_in_the_singular) {
  const std::pair<const char *, const char *> cases[] = {{"orders", "Order"},
                                                         {"categories", "Category"},
                                                         {"ties", "Tie"},
                                                         {"addresses", "Address"},
                                                         {"boxes", "Box"},
                                                         {"dishes", "Dish"},
                                                         {"matches", "Match"},
                                                         {"quizzes", "Quizz"},
                                                         {"statuses", "Status"},
                                                         {"viruses", "Virus"},
                                                         {"news", "News"},
                                                         {"bus", "Bus"},
                                                         {"status", "Status"},
                                                         {"analysis", "Analysis"},
                                                         {"glass", "Glass"},
                                                         {"as", "As"},
                                                         {"parts_used", "PartsUsed"},
                                                         {"order_series", "OrderSeries"},
                                                         {"t", "T"},
                                                         {"unions", "Union"},
                                                         {"user_dns", "UserDns"},
                                                         {"orders_", "Order"},
                                                         {"ORDERS", "ORDER"},
                                                         {"houses", "House"},
                                                         {"CITIES", "CITY"},
                                                         {"gas", "Gas"},
                                                         {"ids", "Id"},
                                                         {"s", "S"}};
  for (const auto &[name, row] : cases) EXPECT_EQ(row_name(name), row) << name;
}

TEST(contract_names, a_name_that_is_asked_for_wins_if_it_is_one) {
  EXPECT_EQ(given_name("orderRecord"), "orderRecord");
  EXPECT_EQ(given_name("class"), "Class");
  EXPECT_EQ(given_name("A{}"), "A");
  EXPECT_EQ(given_name("9x"), "_9x");
  EXPECT_FALSE(is_identifier(""));
  EXPECT_FALSE(is_identifier("a b"));
  EXPECT_TRUE(is_identifier("Ünï$1"));
}

TEST(contract_names, a_tag_says_what_follows_to_the_end_of_its_line) {
  EXPECT_EQ(lines_behind("takes it back\n@error P0002 none\r\n\t@error \t55000 baked ", "error"),
            "\nP0002 none\n55000 baked");
  EXPECT_EQ(lines_behind("@notNull", "notNull"), "\n");
  EXPECT_EQ(lines_behind("@error a @error b\n@error", "error"), "\na @error b\n");
  EXPECT_EQ(lines_behind("a@error x\n@errors y\n@@error z\n@error_ w", "error"), "");
  EXPECT_EQ(lines_behind("", "error"), "");
}

TEST(contract_names, the_class_that_hides_most_wins) {
  EXPECT_EQ(class_of("@pii, and @token (once)"), "token");
  EXPECT_EQ(class_of("it is @secret."), "secret");
  EXPECT_EQ(class_of("@public"), "public");
  EXPECT_EQ(class_of("mail@public x @@pii @piis @pii_"), std::nullopt);
}
