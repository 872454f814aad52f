#include "core/secret/envelope.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include <set>

#include "core/base64url.hpp"

namespace primecloud {
namespace {

std::vector<std::uint8_t> octets(std::string_view text) { return {text.begin(), text.end()}; }
std::array<std::uint8_t, 32> key_of(std::uint8_t fill) {
  std::array<std::uint8_t, 32> key;
  key.fill(fill);
  return key;
}
std::array<std::uint8_t, 24> counting_nonce() {
  std::array<std::uint8_t, 24> nonce;
  for (std::size_t i = 0; i < nonce.size(); i++) nonce[i] = static_cast<std::uint8_t>(i);
  return nonce;
}
std::vector<std::uint8_t> seal(bytes_span plaintext, const binding &where, std::uint8_t key = 1, std::int64_t id = 7) {
  std::vector<std::uint8_t> out(plaintext.size() + envelope_overhead);
  seal_envelope(plaintext, key_of(key), id, where.view(), counting_nonce(), out.data());
  return out;
}
// And what is asked without opening is answered the same.
std::optional<std::vector<std::uint8_t>> open(bytes_span envelope, const binding &where, std::uint8_t key = 1) {
  std::vector<std::uint8_t> out(envelope.size() < envelope_overhead ? 0 : envelope.size() - envelope_overhead);
  const bool opened = open_envelope(envelope, key_of(key), where.view(), out.data());
  EXPECT_EQ(envelope_fits(envelope, key_of(key), where.view()), opened);
  if (!opened) return std::nullopt;
  return out;
}
const binding here("1", "label", "42");

TEST(Envelope, OpensWhatItSealed) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{15}, std::size_t{16}, std::size_t{17}, std::size_t{63},
        std::size_t{64}, std::size_t{65}, std::size_t{1024}, longest_plaintext}) {
    std::vector<std::uint8_t> plaintext(size);
    if (size > 0) randombytes_buf(plaintext.data(), size);
    const auto envelope = seal(plaintext, here);
    ASSERT_EQ(envelope.size(), size + envelope_overhead);
    EXPECT_EQ(envelope_problem(envelope), nullptr) << size;
    EXPECT_EQ(envelope_key_id(envelope), 7);
    EXPECT_EQ(open(envelope, here), plaintext) << size;
    EXPECT_EQ(parse_envelope_text(envelope_text(envelope)), envelope) << size;
  }
}

// Made by test/reference/envelope.py: another language, another implementation of every primitive.
TEST(Envelope, IsTheOneThatTheSpecificationDescribes) {
  constexpr std::string_view text =
      "pc1.AQEAAAAAAAAAAAAHAAECAwQFBgcICQoLDA0ODxAREhMUFRYXBgUkbuU0qQfYT_pTGhgepSV6nSvcz6tEBr8GqdIrhdFsUwkfl6EIe_"
      "UqmTiwTRtoMYBe94oCZUIoa0u06Q";
  EXPECT_EQ(envelope_text(seal(octets("correct horse"), here)), text);
}

TEST(Envelope, EveryBitCounts) {
  const auto envelope = seal(octets("a secret of an ordinary length"), here);
  for (std::size_t bit = 0; bit < envelope.size() * 8; bit++) {
    auto altered = envelope;
    altered[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
    EXPECT_FALSE(open(altered, here)) << "bit " << bit;
  }
}

TEST(Envelope, EveryByteCounts) {
  const auto envelope = seal(octets("a secret of an ordinary length"), here);
  for (std::size_t size = 0; size < envelope.size(); size++) EXPECT_FALSE(open({envelope.data(), size}, here)) << size;
  auto longer = envelope;
  longer.push_back(0);
  EXPECT_FALSE(open(longer, here));
}

TEST(Envelope, OpensWhereItBelongsAlone) {
  const auto envelope = seal(octets("x"), binding("ab", "c", "d"));
  EXPECT_TRUE(open(envelope, binding("ab", "c", "d")));
  const std::tuple<const char *, const char *, const char *> elsewhere[] = {
      {"a", "bc", "d"}, {"ab", "cd", ""},  {"ab", "c", ""},  {"abc", "", "d"}, {"", "abc", "d"},
      {"AB", "c", "d"}, {"ab", "c", "d "}, {"c", "ab", "d"}, {"ab", "d", "c"}};
  for (const auto &[tenant, label, row] : elsewhere)
    EXPECT_FALSE(open(envelope, binding(tenant, label, row))) << tenant << '/' << label << '/' << row;
  EXPECT_FALSE(open(envelope, binding("ab", "c", "d"), 2)) << "under another key";
}

// Raw XChaCha20-Poly1305 opens this under two keys (evidence: made by solving for the
// tag); as the ciphertext and tag of an envelope it opens under neither, since the
// commitment names one key.
TEST(Envelope, CommitsToItsKey) {
  std::uint8_t both[64];
  ASSERT_EQ(sodium_hex2bin(both, sizeof both,
                           "7bd5d47e446fcec2a3d811736110e578a3c89ce3aad08219f6d8cf445a45055206750bbbe71a7cd92f1790c7be2"
                           "b0ee61bcccea696762e6116c6e9c92d99bf35",
                           128, nullptr, nullptr, nullptr),
            0);
  const auto associated = octets("tenant=1;col=secret;id=42");
  std::uint8_t plaintext[48];
  for (const std::uint8_t key : {1, 2}) {
    ASSERT_EQ(
        crypto_aead_xchacha20poly1305_ietf_decrypt(plaintext, nullptr, nullptr, both, sizeof both, associated.data(),
                                                   associated.size(), counting_nonce().data(), key_of(key).data()),
        0)
        << "the fixture holds";
  }
  const binding where("1", "secret", "42");
  for (const std::uint8_t key : {1, 2}) {
    auto envelope = seal(std::vector<std::uint8_t>(48), where, key);
    std::copy(both, both + sizeof both, envelope.begin() + envelope_header_size);
    EXPECT_FALSE(open(envelope, where, 1));
    EXPECT_FALSE(open(envelope, where, 2));
  }
  // An envelope with the commitment of another key opens under neither.
  auto mixed = seal(octets("x"), where, 1);
  const auto other = seal(octets("x"), where, 2);
  std::copy(other.begin() + 36, other.begin() + 68, mixed.begin() + 36);
  EXPECT_FALSE(open(mixed, where, 1));
  EXPECT_FALSE(open(mixed, where, 2));
}

TEST(Envelope, HasOneText) {
  const auto envelope = seal(octets("xy"), here);  // 86 bytes: the last digit has bits to spare
  const std::string text = envelope_text(envelope);
  ASSERT_TRUE(parse_envelope_text(text));
  std::vector<std::string> others = {"",
                                     "pc1.",
                                     "pc2." + text.substr(4),
                                     "PC1." + text.substr(4),
                                     " " + text,
                                     text + " ",
                                     text + "\n",
                                     text + "=",
                                     text + "AA",
                                     text.substr(0, text.size() - 1),
                                     "pc1." + text.substr(4, 20) + "\n" + text.substr(24),
                                     text + std::string(1, '\0')};
  for (const char spare : {1, 2, 3})
    others.push_back(text.substr(0, text.size() - 1) + static_cast<char>(text.back() + spare));
  for (const auto &[at, value] : {std::pair{0, 0}, {0, 2}, {1, 0}, {1, 2}, {2, 1}, {2, 0x80}, {3, 1}, {4, 0x80}}) {
    auto altered = envelope;
    altered[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(value);
    others.push_back(envelope_text(altered));
  }
  auto no_key = envelope;
  std::fill(no_key.begin() + 4, no_key.begin() + 12, 0);
  others.push_back(envelope_text(no_key));
  others.push_back(envelope_text({envelope.data(), envelope_overhead - 1}));
  others.push_back(envelope_text(seal(std::vector<std::uint8_t>(longest_plaintext + 1), here)));
  for (const auto &other : others) EXPECT_FALSE(parse_envelope_text(other)) << other.substr(0, 200);
}

TEST(Envelope, KnowsItsTextWithoutReadingIt) {
  EXPECT_TRUE(is_envelope_text(envelope_text(seal({}, here))));
  EXPECT_TRUE(is_envelope_text(envelope_text(seal(octets("xyz"), here))));
  for (const char *other : {"", "pc1.", "pc1.AQEAA", "a password", "[sealed]"}) EXPECT_FALSE(is_envelope_text(other));
}

TEST(Binding, NoTwoReadTheSame) {
  const char *parts[] = {"", "a", "b", "aa", "ab", "1", "\x02", "\x01\x02"};
  std::set<std::vector<std::uint8_t>> seen;
  for (const auto *tenant : parts) {
    for (const auto *label : parts) {
      for (const auto *row : parts) {
        const binding where(tenant, label, row);
        EXPECT_TRUE(seen.emplace(where.view().begin(), where.view().end()).second);
      }
    }
  }
}

}  // namespace
}  // namespace primecloud
