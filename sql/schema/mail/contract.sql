-- What the contract tells of what is called here: what is never NULL and what each raises, itself or in what it calls.
NOTNULL mail_recipients: email, display_name;
NOTNULL remove_smtp;
RAISES remove_smtp: as command_account | 55006 what it would remove is held;
RAISES set_smtp: as command_account | 23514 a host, port, address or encryption that is none, or a host of a private network | PC001,
    PC002 no root key, or not this database's | 22001 a text is longer than it may be |
    22023 another host, port, login or encryption without the password;
