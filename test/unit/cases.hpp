// Test cases kept as JSON lines in test/cases.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace primecloud {

// Calls `check` with every case of a file; an empty or missing file fails.
template <class F>
void for_each_case(const std::string &file, F &&check) {
  std::ifstream lines(std::string(CASES_DIRECTORY "/") + file);
  int count = 0;
  for (std::string line; std::getline(lines, line); count++) {
    SCOPED_TRACE(line);
    check(nlohmann::json::parse(line));
  }
  EXPECT_GT(count, 0) << file;
}

}  // namespace primecloud
