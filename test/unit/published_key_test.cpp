#include "core/tenant/published_key.hpp"

#include <gtest/gtest.h>

#include "core/base64url.hpp"

namespace {
using namespace primecloud;

bool published(const char *key) {
  const auto octets = base64url_decode(key);
  return is_published_key({reinterpret_cast<const std::uint8_t *>(octets->data()), octets->size()});
}

TEST(PublishedKey, KnowsThoseOfTestVectors) {
  EXPECT_TRUE(published("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
  EXPECT_TRUE(published("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"));
  EXPECT_TRUE(published("hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg"));
}

TEST(PublishedKey, KnowsWhatServesInTheirPlace) {
  EXPECT_TRUE(published("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUZo"));     // the negative of the point
  EXPECT_TRUE(published("hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYgAAA"));  // HMAC's own zeros, written out
  EXPECT_TRUE(published("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"));
}

TEST(PublishedKey, KnowsNoOther) {
  EXPECT_FALSE(published("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURs"));  // a bit further
  EXPECT_FALSE(published("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ"));   // a byte shorter
  EXPECT_FALSE(published(""));
  EXPECT_FALSE(is_published_key(std::vector<std::uint8_t>(256)));
}
}  // namespace
