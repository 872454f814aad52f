import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schemaFilter: ['cloud'],
  tablesFilter: [  // no application reads them
    '!*_secrets', '!*_tokens', '!*_counters', '!*_locks', '!account_owners', '!notification_marks', '!object_share_openings',
    '!order_internal_notes', '!outbox', '!schema_*',
  ],
  out: './pulled',
  dbCredentials: { host: process.env.PGHOST!, user: process.env.PGUSER!, database: process.env.PGDATABASE!, ssl: false },
});
