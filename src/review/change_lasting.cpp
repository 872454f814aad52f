// Functions that do what no ROLLBACK undoes, by their names.
#include "core/review/words.hpp"
#include "review/change_kind.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace primecloud::review {
namespace {

// What is there for good, or stays in the session, wherever it is called: by how names begin.  (Of the locks of a
// session nobody is told how often one was taken: what lets go of them cannot be undone.)
constexpr const char *lasting[] = {"setval",
                                   "setseed",
                                   "pg_create_physical_replication_slot",
                                   "pg_create_logical_replication_slot",
                                   "pg_copy_physical_replication_slot",
                                   "pg_copy_logical_replication_slot",
                                   "pg_drop_replication_slot",
                                   "pg_replication_slot_",
                                   "pg_replication_origin_",
                                   "pg_logical_slot_get_",
                                   "pg_logical_emit_message",
                                   "pg_sync_replication_slots",
                                   "pg_advisory_unlock",
                                   "pg_backup_",
                                   "pg_stat_reset",
                                   "pg_reload_conf",
                                   "pg_switch_wal",
                                   "pg_wal_replay_",
                                   "pg_log_standby_snapshot",
                                   "pg_rotate_logfile",
                                   "pg_create_restore_point",
                                   "pg_cancel_backend",
                                   "pg_terminate_backend",
                                   "pg_promote",
                                   "pg_file_",
                                   "lo_export"};

}  // namespace

bool is_lasting(std::string_view function) {
  for (const std::string_view one : lasting)
    if (function.size() >= one.size() && pg_strncasecmp(function.data(), one.data(), one.size()) == 0) return true;
  return false;
}

// (What a function or a DO block will do is not looked for.)
verdict judge_calls(const Node *statement, std::string_view text) {
  if (IsA(statement, CreateFunctionStmt) || IsA(statement, DoStmt) || IsA(statement, CommentStmt)) return {"run", ""};
  word at;
  for (words all(text); all.next(at);)
    if (all.after() == '(' && is_lasting(at.text)) return {"refuse", stays};
  return {"run", ""};
}

}  // namespace primecloud::review
