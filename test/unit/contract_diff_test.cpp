// Every line of the table of verdicts (docs/contract.md), over contracts written by hand.
#include "core/contract/diff.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "cases.hpp"
#include "core/error.hpp"

namespace primecloud::contract {
namespace {

using json = nlohmann::json;

std::string whole(json contract) {
  contract["version"] = 1;
  contract.emplace("entities", json::object());
  return contract.dump();
}

std::set<std::string> told(const json &expected) {
  std::set<std::string> rows;
  for (const auto &row : expected) {
    rows.insert(row["object"].get<std::string>() + " " + row["change"].get<std::string>() + " " +
                row["readers"].get<std::string>() + " " + row["writers"].get<std::string>() +
                (row.contains("review") ? " review" : ""));
  }
  return rows;
}

std::set<std::string> found(const std::string &before, const std::string &after) {
  std::set<std::string> rows;
  for (const auto &row : diff(before, after)) {
    EXPECT_FALSE(row.reason.empty()) << row.object << " " << row.name;
    rows.insert(row.object + " " + row.name + (row.breaks_readers ? " breaking" : " safe") +
                (row.breaks_writers ? " breaking" : " safe") + (row.review ? " review" : ""));
  }
  return rows;
}

TEST(ContractDiff, Cases) {
  for_each_case("contract_diff.jsonl", [](const json &line) {
    const auto before = whole(line["before"]), after = whole(line["after"]);
    EXPECT_EQ(found(before, after), told(line["expect"])) << line["row"] << ": " << line["what"];
    EXPECT_EQ(found(after, after), std::set<std::string>{}) << line["row"] << ": " << line["what"];
  });
}

TEST(ContractDiff, RefusesWhatIsNoContract) {
  const std::string good = whole(json::object());
  for (const char *bad : {"", "[]", "null", "{", "{\"version\":2,\"entities\":{}}", "{\"version\":1}", "1e999",
                          "{\"version\":1,\"entities\":{\"a\":1}}"}) {
    EXPECT_THROW(diff(good, bad), error) << bad;
    EXPECT_THROW(diff(bad, good), error) << bad;
  }
  EXPECT_THROW(diff(good, std::string(100000, '[')), error);
}

}  // namespace
}  // namespace primecloud::contract
