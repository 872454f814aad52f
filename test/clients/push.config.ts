import { defineConfig } from 'drizzle-kit';
export default defineConfig({ dialect: 'postgresql', schemaFilter: ['shop'], out: './adopted', schema: './adopted/schema.ts',
  dbCredentials: { host: process.env.PGHOST!, user: process.env.PGUSER!, database: process.env.PGDATABASE!, ssl: false } });
