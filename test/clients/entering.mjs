// What the tests of the control plane share: an issuer of tokens, and transactions that
// have entered an account, as an application makes them.
import { webcrypto } from 'node:crypto';
import pg from 'pg';

globalThis.crypto ??= webcrypto;  // jose looks for it there; Node 18 keeps it apart
const { SignJWT, exportJWK, generateKeyPair } = await import('jose');

export const server = { host: process.env.PGHOST, database: process.env.PGDATABASE };

// The first rows of a query, as the superuser.
export async function asSuperuser(text, values) {
  const client = new pg.Client({ ...server, user: 'postgres' });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

// An issuer whose public key the database knows; its tokens live for two minutes.
export async function newIssuer(kid) {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const { x } = await exportJWK(publicKey);
  await asSuperuser(`SELECT primecloud.add_token_key($1, 'EdDSA', $2)`, [kid, Buffer.from(x, 'base64url')]);
  return (user, account, { expires = '2m', key = privateKey } = {}) =>
    new SignJWT(account ? { account } : {}).setProtectedHeader({ alg: 'EdDSA', kid }).setSubject(user)
      .setAudience(process.env.PGDATABASE).setIssuedAt().setExpirationTime(expires).sign(key);
}

// One transaction that has entered what the token says.
export async function inside(pool, token, work) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT primecloud.enter($1)', [token]);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (failure) {
    await client.query('ROLLBACK');
    throw failure;
  } finally {
    client.release();
  }
}
