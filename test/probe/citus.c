/* A stand-in for the little of Citus that a context needs to go along: the setting that says which SETs are repeated on
 * other nodes, and a note of what would be. */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"

PG_MODULE_MAGIC;

static const struct config_enum_entry choices[] = {{"none", 0, false}, {"local", 1, false}, {NULL, 0, false}};
static int repeated = 0;
static char *noted = NULL;
static ProcessUtility_hook_type next = NULL;

static void note(PlannedStmt *statement, const char *text, bool read_only, ProcessUtilityContext context, ParamListInfo parameters,
                 QueryEnvironment *environment, DestReceiver *destination, QueryCompletion *completion)
{
	if (repeated == 1 && IsA(statement->utilityStmt, VariableSetStmt) && ((VariableSetStmt *) statement->utilityStmt)->is_local)
	{
		MemoryContext before = MemoryContextSwitchTo(TopMemoryContext);
		noted = noted == NULL ? pstrdup(text) : psprintf("%s\n%s", noted, text);
		MemoryContextSwitchTo(before);
	}
	(next != NULL ? next : standard_ProcessUtility)(statement, text, read_only, context, parameters, environment, destination, completion);
}

/* What has been noted since it was last asked for. */
PG_FUNCTION_INFO_V1(repeated_on_nodes);
Datum repeated_on_nodes(PG_FUNCTION_ARGS)
{
	char *told = noted;
	noted = NULL;
	if (told == NULL) PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(told));
}

/* What Citus calls this session. */
PG_FUNCTION_INFO_V1(number_of_session);
Datum number_of_session(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(INT64CONST(10000000000) + MyProcPid);
}

void _PG_init(void)
{
	DefineCustomEnumVariable("citus.propagate_set_commands", "Which SETs are repeated.", NULL, &repeated, 0, choices, PGC_USERSET, 0, NULL,
	                         NULL, NULL);
	next = ProcessUtility_hook;
	ProcessUtility_hook = note;
}
