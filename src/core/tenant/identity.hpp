// Who a transaction acts for: the tenant, the user, the role, and for a confined
// role the ids it is confined to.
//
// Travels as text (in a setting, and so to parallel workers) and is read as a flat
// record: one allocation, no pointers, so that whoever holds it can free it with
// one call and comparing a key costs a load.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/tenant/role.hpp"
#include "core/timestamp.hpp"
#include "core/uuid.hpp"

namespace primecloud {

// The longest tenant key, user id or granted id, in bytes.
inline constexpr std::size_t longest_identifier = 255;

// The most ids that a confined user may be granted in one account.  They are read at each
// entry, and each parallel worker is handed all of them.
inline constexpr std::size_t most_granted = 100000;

struct identity {
  std::optional<std::string> tenant;  // none: a user before any account
  std::string user;
  std::optional<primecloud::role> role;  // none without a tenant
  bool assumed = false;                  // an operator acting inside the account
  std::optional<timestamp> expires;
  std::string token_key;             // id of the key that verified the token; none without a token
  std::vector<std::string> granted;  // ids that a confined user may reach

  friend bool operator==(const identity &, const identity &) = default;
};

// A spelling that decode() reads back; strings are length-prefixed, so no value can
// pretend to be another field.
std::string encode(const identity &who);
std::optional<identity> decode_identity(std::string_view text);

// Puts what was granted in order, each id once: a record of it is then made without sorting.
void order_granted(identity &who);

// The record that policies read.  In the same allocation follow where each granted id lies,
// in the order of the ids, and then the strings.
class context_record {
 public:
  // Bytes needed for `who`, and the record made in such a block.
  static std::size_t size(const identity &who) noexcept;
  static void build(void *block, const identity &who) noexcept;

  bool has_tenant, has_uuid, has_bigint, has_integer, assumed, expires_known;
  std::uint8_t rank;  // of role; 0 without a tenant
  uuid tenant_uuid;
  std::int64_t tenant_bigint;
  timestamp expires;

  std::string_view tenant() const noexcept { return {text() + 0, tenant_size_}; }
  std::string_view user() const noexcept { return {text() + tenant_size_, user_size_}; }
  std::string_view token_key() const noexcept { return {text() + tenant_size_ + user_size_, token_key_size_}; }
  bool confined() const noexcept { return rank == static_cast<std::uint8_t>(role::external_client); }
  // Whether a confined user was granted this id: by halves, since policies ask it of each row.
  bool granted(std::string_view id) const noexcept;
  // Calls visit(id) for each id granted, in order.
  template <class F>
  void for_each_granted(F &&visit) const noexcept(noexcept(visit(std::string_view()))) {
    for (std::uint32_t i = 0; i < granted_count_; i++) visit(id_at(places()[i]));
  }
  std::uint32_t granted_count() const noexcept { return granted_count_; }

 private:
  const std::uint32_t *places() const noexcept { return reinterpret_cast<const std::uint32_t *>(this + 1); }
  const char *text() const noexcept { return reinterpret_cast<const char *>(places() + granted_count_); }
  // An id by its place in the text, where its size stands before it.
  std::string_view id_at(std::uint32_t place) const noexcept {
    const char *at = text() + place;
    return {at + 1, static_cast<unsigned char>(*at)};
  }
  std::uint32_t tenant_size_, user_size_, token_key_size_, granted_count_;
};

// Strict: the canonical text and nothing else, since a tenant key has one spelling.
std::optional<std::int64_t> parse_bigint(std::string_view text) noexcept;

}  // namespace primecloud
