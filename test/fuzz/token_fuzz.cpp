// Any text as a token: no crash, no verdict without the key, and one spelling for each
// token.  A newline makes the input two JSON texts, header and payload, so that the
// fuzzer reaches what base64url would keep it from.
#include <sodium.h>

#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/base64url.hpp"
#include "core/tenant/identity.hpp"
#include "core/tenant/public_key.hpp"
#include "core/tenant/token.hpp"

namespace {
using namespace primecloud;

void insist(bool holds) {
  if (!holds) std::abort();
}
std::string encode_text(std::string_view text) {
  return base64url_encode({reinterpret_cast<const std::uint8_t *>(text.data()), text.size()});
}

void check_claims(std::string_view payload) {
  const auto claims = parse_token_claims(payload);
  if (!claims) return;
  const token_claims &c = *claims;
  insist(!c.subject.empty() && c.subject.find('\0') == std::string::npos && c.expires >= 0 && (!c.role || c.account));
  insist(!c.account || (!c.account->empty() && c.account->find('\0') == std::string::npos));
  const token_policy policy{"d", std::nullopt, 300, c.expires - 1};
  const auto problem = token_problem(c, policy);
  bool meant = false;
  for (const auto &audience : c.audience) meant |= audience == "d";
  insist(problem || (meant && c.issued_at.value_or(c.expires) >= c.expires - 300));
  insist(token_problem(c, {"d", std::nullopt, 300, c.expires}).has_value());  // never after exp
  identity who;
  who.tenant = c.account;
  if (c.account) who.role = role::external_client;
  who.user = c.subject;
  who.granted = c.audience;
  insist(decode_identity(encode(who)) == who);
}

void check_token(std::string_view text) {
  const auto parsed = parse_token(text);
  if (!parsed) return;
  const token &t = *parsed;
  insist(text.size() <= longest_token && !t.key_id.empty() && !t.algorithm.empty());
  insist(text.starts_with(t.signed_part) && text.substr(t.signed_part.size() + 1) == base64url_encode(t.signature));
  insist(t.signed_part.ends_with(encode_text(t.payload)));
  const std::vector<std::uint8_t> key(32, 0x5a);
  insist(!verify_token(t, token_algorithm::eddsa, key) && !verify_token(t, token_algorithm::hs256, key));
  // x and y of the point that P-256 begins with.
  static const std::vector<std::uint8_t> point =
      *base64url_decode("axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li_hp_m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q");
  insist(!verify_token(t, token_algorithm::es256, point) && !verify_token(t, token_algorithm::rs256, point));
  check_claims(t.payload);
}

// Keys as somebody publishes them: what is taken is of its algorithm's size.
void check_key(std::string_view text) {
  const std::span<const std::uint8_t> given(reinterpret_cast<const std::uint8_t *>(text.data()), text.size());
  for (const auto algorithm : {token_algorithm::eddsa, token_algorithm::es256, token_algorithm::rs256}) {
    const auto kept = public_key_of(algorithm, given);
    if (kept) insist((*kept).size() >= 32 && (*kept).size() <= 512 && public_key_of(algorithm, given));
  }
  const auto key = read_web_key(text);
  if (key) insist(!(*key).passed_over.empty() || ((*key).key.size() >= 32 && (*key).key.size() <= 512));
}

void check_identity(std::string_view text) {
  const auto who = decode_identity(text);
  if (!who) return;
  insist(decode_identity(encode(*who)) == who);
  for (const auto &id : who->granted)
    if (id.size() > longest_identifier) return;
  std::vector<char> block(context_record::size(*who));
  context_record::build(block.data(), *who);
  const auto *record = reinterpret_cast<const context_record *>(block.data());
  insist(record->user() == who->user && record->granted_count() == who->granted.size());
  for (const auto &id : who->granted) insist(record->granted(id));
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  static const int ready = sodium_init();
  if (ready < 0) std::abort();
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  check_token(text);
  check_claims(text);
  check_identity(text);
  check_key(text);
  const auto cut = text.find('\n');
  if (cut != text.npos) check_token(encode_text(text.substr(0, cut)) + "." + encode_text(text.substr(cut + 1)) + ".cw");
  return 0;
}
