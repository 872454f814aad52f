// contract_columns, contract_results: what columns of relations and of functions' results are, by their queries.
#include "contract/list.hpp"
#include "contract/nullability.hpp"
#include "core/json/writer.hpp"
#include "pg/function.hpp"
#include "pg/owned.hpp"
#include "pg/string_info.hpp"

extern "C" {
#include "nodes/nodeFuncs.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
}

namespace {
using namespace primecloud;
using namespace primecloud::contract;

constexpr char oid_array_type[] = "oid[]", function_type[] = "regprocedure";
using one_function = pg::owned<function_type>;
using oids = pg::owned<oid_array_type>;

SERVER_CODE void write_origin(StringInfo out, const origin &from) {
  appendStringInfo(out, "[%u,%d]", from.relation, from.number);
}

SERVER_CODE void write_states(StringInfo out, Oid of, const column_states &states) {
  for (int i = 0; i < states.count; i++) {
    const column_state &state = states.all[i];
    appendStringInfo(out, "%c{\"of\":%u,\"number\":%d,\"not_null\":%s,\"made_null\":%s", out->len == 0 ? '[' : ',', of,
                     i + 1, state.not_null ? "true" : "false", state.made_null ? "true" : "false");
    if (OidIsValid(state.source.relation)) {
      appendStringInfoString(out, ",\"source\":");
      write_origin(out, state.source);
    }
    appendStringInfoString(out, ",\"flows\":");
    char separator = '[';
    const ListCell *cell;
    foreach (cell, state.flows) {
      appendStringInfoChar(out, separator);
      write_origin(out, *static_cast<const origin *>(lfirst(cell)));
      separator = ',';
    }
    appendStringInfoString(out, separator == '[' ? "[]}" : "]}");
  }
}

SERVER_CODE pg::owned_json ended(StringInfo out) {
  appendStringInfoString(out, out->len == 0 ? "[]" : "]");
  return cstring_to_text_with_len(out->data, out->len);
}

template <class Each>
SERVER_CODE void for_each(oids all, Each each) {
  Datum *values;
  int count;
  deconstruct_array(DatumGetArrayTypeP(all.value), OIDOID, sizeof(Oid), true, TYPALIGN_INT, &values, nullptr, &count);
  for (int i = 0; i < count; i++) each(DatumGetObjectId(values[i]));
}

SERVER_CODE pg::owned_json contract_columns(oids relations) {
  walk all = begin_walk();
  StringInfoData out;
  initStringInfo(&out);
  for_each(relations, [&](Oid relation) { write_states(&out, relation, columns_of_relation(all, relation)); });
  return ended(&out);
}

// A row of the result that is given whole says nothing of its columns.
SERVER_CODE bool is_whole_row(const Query *body, Oid function) {
  if (list_length(results_of(body)) != 1 || !type_is_rowtype(get_func_rettype(function))) return false;
  return exprType(reinterpret_cast<Node *>(linitial_node(TargetEntry, results_of(body))->expr)) ==
         get_func_rettype(function);
}

SERVER_CODE pg::owned_json contract_results(oids functions, one_function make_cursor) {
  walk all = begin_walk();
  StringInfoData out;
  initStringInfo(&out);
  for_each(functions, [&](Oid function) {
    const Query *body = body_of(function);
    if (body == nullptr) return;
    if (!is_whole_row(body, function)) write_states(&out, function, columns_of_query(all, body, nullptr, nullptr));
    write_list(&out, function, body, DatumGetObjectId(make_cursor.value));
  });
  return ended(&out);
}

}  // namespace

PRIMECLOUD_FUNCTION(primecloud_contract_columns, contract_columns);
PRIMECLOUD_FUNCTION(primecloud_contract_results, contract_results);
