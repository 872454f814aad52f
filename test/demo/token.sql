-- :token, for :audience, :user, :account: what an application makes with a library of its own.
\setenv MINT_AUDIENCE :audience
\setenv MINT_USER :user
\setenv MINT_ACCOUNT :account
\setenv MINT_KEY :issuer
\set token `./mint "$MINT_KEY" demo "$MINT_AUDIENCE" "$MINT_USER" "$MINT_ACCOUNT"`
