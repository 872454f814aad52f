// A comment, a label, a publication and an extension lock what they name against every change of its shape, and then
// ask whose it is.  Here it is asked first: whoever may not name it waits for nobody, and holds nobody up.
#include "pg/postgres.hpp"
#include "pg/startup.hpp"

extern "C" {
#include "access/relation.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_publication.h"
#include "commands/publicationcmds.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace primecloud::tenant {
namespace {

ProcessUtility_hook_type next_hook_rights_before_names = nullptr;

// By the lock of a reader.  What is not there, or is no such thing, is the server's to tell.
SERVER_CODE void need_owner(ObjectType kind, Node *name) {
  Relation relation = nullptr;
  const ObjectAddress address = get_object_address(kind, name, &relation, AccessShareLock, true);
  if (!OidIsValid(address.objectId)) return;
  check_object_ownership(GetUserId(), kind, address, name, relation);
  if (relation != nullptr) relation_close(relation, AccessShareLock);
}

// Who takes a table out of his publication need not own it any longer.
SERVER_CODE void need_owner_of_each(const List *published, const char *leaves) {
  const ListCell *cell;
  foreach (cell, published) {
    const auto *object = lfirst_node(PublicationObjSpec, cell);
    if (object->pubobjtype != PUBLICATIONOBJ_TABLE) continue;
    const Oid relation = RangeVarGetRelid(object->pubtable->relation, NoLock, true);
    if (!OidIsValid(relation) || pg::owns_relation(GetUserId(), relation)) continue;
    if (leaves != nullptr && SearchSysCacheExists2(PUBLICATIONRELMAP, ObjectIdGetDatum(relation),
                                                   ObjectIdGetDatum(get_publication_oid(leaves, true))))
      continue;
    aclcheck_error(ACLCHECK_NOT_OWNER, get_relkind_objtype(get_rel_relkind(relation)), get_rel_name(relation));
  }
}

SERVER_CODE void look_at_named(Node *command) {
  switch (nodeTag(command)) {
    case T_CommentStmt: {
      const auto *comment = reinterpret_cast<const CommentStmt *>(command);
      return need_owner(comment->objtype, comment->object);
    }
    case T_SecLabelStmt: {
      const auto *label = reinterpret_cast<const SecLabelStmt *>(command);
      return need_owner(label->objtype, label->object);
    }
    case T_AlterExtensionContentsStmt: {
      const auto *change = reinterpret_cast<const AlterExtensionContentsStmt *>(command);
      return need_owner(change->objtype, change->object);
    }
    case T_CreatePublicationStmt:
      return need_owner_of_each(reinterpret_cast<const CreatePublicationStmt *>(command)->pubobjects, nullptr);
    case T_AlterPublicationStmt: {
      const auto *change = reinterpret_cast<const AlterPublicationStmt *>(command);
      return need_owner_of_each(change->pubobjects, change->action == AP_AddObjects ? nullptr : change->pubname);
    }
    default: return;
  }
}

SERVER_CODE void watch_rights_before_names() {
  next_hook_rights_before_names = ProcessUtility_hook;
  ProcessUtility_hook = [](PlannedStmt *statement, auto... rest) {
    if (!superuser()) look_at_named(statement->utilityStmt);
    (next_hook_rights_before_names != nullptr ? next_hook_rights_before_names : standard_ProcessUtility)(statement,
                                                                                                         rest...);
  };
}
const pg::startup watching_rights_before_names{watch_rights_before_names};

}  // namespace
}  // namespace primecloud::tenant
