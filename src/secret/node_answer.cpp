// node_answer: what a node of a cluster answers the coordinator's check_installation(): for which session Citus made
// the connection, and, under a question that nobody can have foreseen, whether its root key is the same.
#include <sodium.h>

#include "core/secret/keyed_hash.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "secret/root_key_source.hpp"
#include "tenant/cluster.hpp"

namespace {
using namespace primecloud;

std::string node_answer(std::string_view question) {
  root_key root;
  std::uint64_t session = 0;
  pg::guarded([&] {
    session = tenant::asking_session();
    (void)secret::read_root_key(0, &root);
  });
  const auto value = keyed_hash(root.bytes, "primecloud/node/v1", std::to_string(root.version),
                                {reinterpret_cast<const std::uint8_t *>(question.data()), question.size()});
  char hex[2 * value.size() + 1];
  sodium_bin2hex(hex, sizeof hex, value.data(), value.size());
  return std::to_string(session) + " " + std::to_string(root.version) + " " + hex;
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_node_answer, node_answer);
