import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schemaFilter: ['cloud'],
  tablesFilter: ['!*_secrets', '!*_tokens', '!account_owners'],  // private: no application reads them
  out: './pulled',
  dbCredentials: { host: process.env.PGHOST!, user: process.env.PGUSER!, database: process.env.PGDATABASE!, ssl: false },
});
