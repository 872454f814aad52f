// contract_default, contract_argument_defaults: what is there where nothing is given.
#include "contract/catalog_tree.hpp"
#include "core/json/text.hpp"
#include "pg/function.hpp"
#include "pg/owned.hpp"
#include "pg/string_info.hpp"

extern "C" {
#include "nodes/nodes.h"
#include "utils/lsyscache.h"
}

namespace {
using namespace primecloud;

constexpr char tree_type[] = "pg_node_tree";
using owned_tree = pg::owned<tree_type>;

SERVER_CODE Node *tree_of(Datum tree) {
  return static_cast<Node *>(stringToNode(text_to_cstring(DatumGetTextPP(tree))));
}

SERVER_CODE void write_constant(StringInfo out, const contract::constant &value) {
  if (value.is == contract::constant::kind::null)
    appendStringInfoString(out, "null");
  else if (value.is == contract::constant::kind::truth ||
           (value.is == contract::constant::kind::number && is_json_number(value.text)))
    appendBinaryStringInfo(out, value.text.data(), static_cast<int>(value.text.size()));
  else
    write_json_string(value.text, pg::into(out));
}

SERVER_CODE void write_array(StringInfo out, const contract::constants &elements) {
  appendStringInfoChar(out, '[');
  for (int i = 0; i < elements.count; i++) {
    if (i > 0) appendStringInfoChar(out, ',');
    write_constant(out, elements.all[i]);
  }
  appendStringInfoChar(out, ']');
}

// Of the server's own types what they print, under the settings of contract(); JSON as it is.
SERVER_CODE bool write_printed(StringInfo out, Node *tree) {
  while (IsA(tree, CoerceToDomain)) tree = reinterpret_cast<Node *>(reinterpret_cast<CoerceToDomain *>(tree)->arg);
  if (!IsA(tree, Const)) return false;
  const auto *value = reinterpret_cast<const Const *>(tree);
  const Oid type = getBaseType(value->consttype);
  if (type >= FirstUnpinnedObjectId || get_typtype(type) == TYPTYPE_PSEUDO || OidIsValid(get_element_type(type)))
    return false;
  Oid output;
  bool is_varlena;
  getTypeOutputInfo(type, &output, &is_varlena);
  const char *text = OidOutputFunctionCall(output, value->constvalue);
  if (type == JSONOID || type == JSONBOID)
    appendStringInfoString(out, text);
  else
    write_json_string(text, pg::into(out));
  return true;
}

// Whether the expression is a constant, which then is written as JSON.
SERVER_CODE bool write_value(StringInfo out, Node *tree) {
  const contract::constants one = contract::read_constant(tree);
  if (one.count == 1) {
    write_constant(out, one.all[0]);
    return true;
  }
  const contract::constants elements = contract::read_constant_array(tree);
  if (elements.count < 0) return write_printed(out, tree);
  write_array(out, elements);
  return true;
}

// {"constant": ...}, or {"computed": true}.
SERVER_CODE void write_default(StringInfo out, Node *tree) {
  StringInfoData value;
  initStringInfo(&value);
  if (write_value(&value, tree))
    appendStringInfo(out, " {\"constant\":%s}", value.data);
  else
    appendStringInfoString(out, " {\"computed\":true}");
}

// NULL for a default of NULL, which is none.
SERVER_CODE std::optional<std::string_view> contract_default(owned_tree tree) {
  StringInfoData out;
  initStringInfo(&out);
  write_default(&out, tree_of(tree.value));
  const std::string_view text(out.data, static_cast<std::size_t>(out.len));
  return text == R"( {"constant":null})" ? std::nullopt : std::optional(text);
}

// Of a function's arguments, in order; NULL is a constant here.
SERVER_CODE std::string_view contract_argument_defaults(owned_tree tree) {
  StringInfoData out;
  initStringInfo(&out);
  const ListCell *cell;
  foreach (cell, castNode(List, tree_of(tree.value))) {
    appendStringInfoChar(&out, out.len == 0 ? '[' : ',');
    write_default(&out, static_cast<Node *>(lfirst(cell)));
  }
  appendStringInfoChar(&out, ']');
  return {out.data, static_cast<std::size_t>(out.len)};
}

}  // namespace

PRIMECLOUD_FUNCTION(primecloud_contract_default, contract_default);
PRIMECLOUD_FUNCTION(primecloud_contract_argument_defaults, contract_argument_defaults);
