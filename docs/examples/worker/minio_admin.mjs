// MinIO's admin API: service accounts and quotas.  A body that has a secret in it goes encrypted with the administrator's:
// salt | 2 | nonce | ciphertext | tag, where 2 says that the key is PBKDF2's of 8192 rounds and the cipher AES-256-GCM.
// (madmin itself writes 0, Argon2id, and reads both.)
import { createCipheriv, pbkdf2Sync, randomBytes } from 'node:crypto';
import { send, ServiceError } from './http.mjs';
import { optional, required, service } from './settings.mjs';
import { addressOf, sign } from './signature.mjs';

const base = service(optional('STORE_ADMIN_URL') ? 'STORE_ADMIN_URL' : 'STORE_URL');
const region = optional('STORE_REGION', 'us-east-1');
const accessKey = required('STORE_ACCESS_KEY'), secretKey = required('STORE_SECRET_KEY');
// The user that customers' keys hang on; his own policy allows all of S3 on all buckets, and nothing of administration.
const parent = required('STORE_KEYS_PARENT');

export function encrypt(password, text) {
  const plain = Buffer.from(text), salt = randomBytes(32), nonce = randomBytes(8);
  if (plain.length > 16384) throw new ServiceError('minio: an order is longer than one fragment');
  const key = pbkdf2Sync(password, salt, 8192, 32, 'sha256');
  const seal = (number, data, about) => {
    const counter = Buffer.alloc(4);
    counter.writeUInt32LE(number);
    const cipher = createCipheriv('aes-256-gcm', key, Buffer.concat([nonce, counter]));
    if (about) cipher.setAAD(about);
    return Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]);
  };
  // Fragment 0 is a tag alone; it stands in what each other is bound to, with a mark (80) in the last one.
  const about = Buffer.concat([Buffer.from([0x80]), seal(0, Buffer.alloc(0))]);
  return Buffer.concat([salt, Buffer.from([2]), nonce, seal(1, plain, about)]);
}

function ask(method, call, query, body, { signal, good }) {
  const url = addressOf(base, ['minio', 'admin', 'v3', call], query);
  return send('minio', url, { method, body, signal, good, headers: sign({ method, url, body, region, accessKey, secretKey }) });
}

export async function addServiceAccount({ secretKey: named, ...payload }, secret, signal) {
  const body = encrypt(secretKey, JSON.stringify({ ...payload, secretKey: secret, targetUser: parent }));
  const added = await ask('PUT', 'add-service-account', {}, body, { signal, good: ['XMinioIAMServiceAccountNotAllowed'] });
  if (added !== undefined) return;
  // The access key is taken, and random, so it is ours, of a try that was not heard of; or its parent may have no keys. An update is
  // right for the one, and has nothing to change (404) in the other.
  const update = encrypt(secretKey, JSON.stringify({ newPolicy: payload.policy, newSecretKey: secret }));
  await ask('POST', 'update-service-account', { accessKey: payload.accessKey }, update, { signal });
}

// Always with newPolicy: MinIO takes an update without it as an order to drop the key's policy.
export async function updateServiceAccount({ accessKey: key, newPolicy, newStatus, ...rest }, signal) {
  if (!newPolicy) throw new ServiceError('minio: an update has no policy');
  const body = encrypt(secretKey, JSON.stringify({ ...rest, newPolicy, newStatus }));
  await ask('POST', 'update-service-account', { accessKey: key }, body, { signal, good: newStatus === 'off' ? [404] : [] });
}

export const deleteServiceAccount = ({ accessKey: key }, signal) =>
  ask('DELETE', 'delete-service-account', { accessKey: key }, '', { signal, good: [404] });

export const setBucketQuota = ({ bucket, quota, size, quotatype }, signal) =>
  ask('PUT', 'set-bucket-quota', { bucket }, JSON.stringify({ quota, size, quotatype }), { signal });
