// review_change_statements(): a script as the statements that it is made of, and what is to be done with each.
//
// Server code alone: the text is read (pg_parse_query), and nothing in it is looked up or run here.
#include "pg/c_string.hpp"
#include "pg/server_function.hpp"
#include "review/change_kind.hpp"
#include "review/change_words.hpp"

extern "C" {
#include "fmgr.h"
#include "funcapi.h"
#include "nodes/parsenodes.h"
#include "tcop/cmdtag.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
}

namespace {
using namespace primecloud;

SERVER_CODE char *text_of(const char *script, const RawStmt *raw) {
  std::string_view text(script + raw->stmt_location);
  if (raw->stmt_len != 0) text = text.substr(0, static_cast<std::size_t>(raw->stmt_len));  // 0: to the end
  return pg::c_string(text);
}

// The statement without CONCURRENTLY, if without the word it is one that runs in a transaction.
SERVER_CODE bool take_off_concurrently(char *text) {
  const review::span word = review::word_concurrently(text);
  if (word.size == 0) return false;
  memset(text + word.at, ' ', word.size);
  const List *const again = pg_parse_query(text);
  return list_length(again) == 1 && !review::is_concurrent(linitial_node(RawStmt, again)->stmt);
}

SERVER_CODE void put_row(const ReturnSetInfo *rows, int number, const char *text, const char *tag,
                         review::verdict verdict, bool concurrent) {
  Datum values[] = {Int32GetDatum(number),
                    CStringGetTextDatum(text),
                    CStringGetTextDatum(tag),
                    CStringGetTextDatum(verdict.action),
                    CStringGetTextDatum(verdict.why),
                    BoolGetDatum(concurrent)};
  bool nulls[6] = {};
  tuplestore_putvalues(rows->setResult, rows->setDesc, values, nulls);
}

SERVER_CODE void put(const ReturnSetInfo *rows, int number, const char *script, const RawStmt *raw) {
  char *text = text_of(script, raw);
  review::verdict verdict = review::judge(raw->stmt);
  if (strcmp(verdict.action, "run") == 0) verdict = review::judge_calls(raw->stmt, text);
  const bool concurrent = review::is_concurrent(raw->stmt);
  if (concurrent && !take_off_concurrently(text)) verdict = {"alone", "it runs outside of transactions"};
  put_row(rows, number, text, GetCommandTagName(CreateCommandTag(raw->stmt)), verdict, concurrent);
}

// What psql reads itself is no SQL, and the parser would say no more than that of it.
SERVER_CODE bool put_psql_command(const ReturnSetInfo *rows, std::string_view script) {
  int ended = 0;
  const review::span command = review::psql_command(script, ended);
  if (command.size == 0) return false;
  put_row(rows, ended + 1, "", pg::c_string(script.substr(command.at, command.size)),
          {"refuse", "it is a command of psql, which the server does not know"}, false);
  return true;
}

SERVER_CODE Datum review_change_statements(FunctionCallInfo fcinfo) noexcept {
  const char *script = text_to_cstring(PG_GETARG_TEXT_PP(0));
  InitMaterializedSRF(fcinfo, 0);
  const auto *rows = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
  if (put_psql_command(rows, script)) return Datum{0};
  const List *const read = pg_parse_query(script);
  const ListCell *cell;
  int number = 0;
  foreach (cell, read) put(rows, ++number, script, lfirst_node(RawStmt, cell));
  return Datum{0};
}

}  // namespace

PRIMECLOUD_SERVER_FUNCTION(primecloud_review_change_statements, review_change_statements);
