// Audit records: sealed whole, and nothing else taken for one.
#include "core/audit_record.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace primecloud {
namespace {

constexpr std::uint8_t bytes[audit_key_size] = {1, 2, 3};
constexpr std::uint8_t other_bytes[audit_key_size] = {1, 2, 4};
const audit_key sealing(bytes), other(other_bytes);
constexpr std::string_view when = "2026-11-30T10:00:00.000Z";

std::string sealed(std::string_view text, audit_key with = sealing) {
  std::string out(text.size() + audit_seal_room, '\0');
  out.resize(seal_audit_record(with, text, when, out.data()));
  return out;
}

const std::vector<std::string> texts{
    "", "primecloud opened a secret: tenant=\"1\"", "{\"action\":\"assume\"}", "}", "{}", std::string(100000, 'x')};

TEST(AuditRecord, WhatIsSealedIsARecord) {
  for (const auto &text : texts) EXPECT_TRUE(is_audit_record(sealing, sealed(text))) << text.substr(0, 40);
}

TEST(AuditRecord, HasItsTimeAndAFormOfItsOwn) {
  const auto json = sealed("{\"action\":\"assume\"}");
  EXPECT_TRUE(json.starts_with("{\"action\":\"assume\",\"at\":\"2026-11-30T10:00:00.000Z\",\"seal\":\"")) << json;
  EXPECT_TRUE(json.ends_with("\"}")) << json;
  const auto line = sealed("opened");
  EXPECT_TRUE(line.starts_with("opened at=\"2026-11-30T10:00:00.000Z\" seal=\"")) << line;
  EXPECT_EQ(line.size(), std::string_view("opened at=\"2026-11-30T10:00:00.000Z\" seal=\"\"").size() + 32);
}

TEST(AuditRecord, AnotherKeysIsNone) {
  for (const auto &text : texts) EXPECT_FALSE(is_audit_record(sealing, sealed(text, other)));
}

TEST(AuditRecord, NoByteCanBeChangedAddedOrTakenAway) {
  for (const std::string text : {"opened a secret", "{\"action\":\"assume\"}"}) {
    const auto whole = sealed(text);
    for (std::size_t i = 0; i < whole.size(); i++) {
      auto changed = whole;
      changed[i] ^= 1;
      EXPECT_FALSE(is_audit_record(sealing, changed)) << i;
      EXPECT_FALSE(is_audit_record(sealing, whole.substr(0, i) + whole.substr(i + 1))) << i;
      EXPECT_FALSE(is_audit_record(sealing, whole.substr(0, i) + " " + whole.substr(i))) << i;
    }
    EXPECT_FALSE(is_audit_record(sealing, whole + "\n"));
    EXPECT_FALSE(is_audit_record(sealing, whole.substr(0, whole.size() / 2)));
  }
  EXPECT_FALSE(is_audit_record(sealing, ""));
  EXPECT_FALSE(is_audit_record(sealing, "\""));
  EXPECT_FALSE(is_audit_record(sealing, "\"}"));
}

// A value that reads like a seal is before the seal.
TEST(AuditRecord, ASealInAValueSealsNothing) {
  const auto inner = sealed("opened a secret");
  EXPECT_TRUE(is_audit_record(sealing, sealed("purpose " + inner)));
  EXPECT_FALSE(is_audit_record(sealing, "purpose " + inner));
}

}  // namespace
}  // namespace primecloud
