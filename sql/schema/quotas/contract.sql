-- What the contract tells of what is called here: what is never NULL and what each raises, itself or in what it calls.
NOTNULL platform_quota_requests: id, account_id, account_name, current_quota_bytes, requested_quota_bytes, storage_used_bytes, reason,
    created_at;
NOTNULL request_quota;
RAISES approve_quota: as platform_account | P0002 no such pending request;
RAISES decide_quota: P0002 no such pending request | 42501 no account entered | 23514 the decision is neither approved nor rejected;
RAISES reject_quota: as platform_account | P0002 no such pending request;
RAISES request_quota: as command_account | 23505 another request waits | 23514 a quota that is none | 53400 a limit is reached | 22001 a
    text is longer than it may be;
