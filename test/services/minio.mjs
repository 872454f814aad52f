// A stand-in for MinIO's admin API over Ceph's gateway: payloads are checked as madmin's structures have them, and what they
// order is done to users of the gateway, so that a key can really do what it may.
import { createCipheriv, createDecipheriv, pbkdf2Sync } from 'node:crypto';
import { integer, listen, must, fits, one, text } from './stand_in.mjs';

const anything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:*'], Resource: ['arn:aws:s3:::*'] }] };
const policy = (value, where) => {
  must(JSON.stringify(value).length <= 4096, `${where} is longer than MinIO takes`);
  must(value.Version === '2012-10-17' && value.Statement.length > 0, `${where} is no policy`);
  for (const statement of value.Statement) {
    fits(statement, { Effect: one('Allow', 'Deny'), Action: (list) => list.every((action) => /^s3:[A-Z*]/.test(action)),
      Resource: (list) => list.every((resource) => /^arn:aws:s3:::[a-z0-9-]+\*(\/\*)?$/.test(resource)) }, where);
  }
};
const expiration = (value) => value === null || (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) && Date.parse(value) > Date.now() + 15 * 60e3);
const added = { policy, targetUser: one('customers'), accessKey: text(3, 20), secretKey: text(8, 40), expiration,
  name: (value) => /^[A-Za-z][A-Za-z0-9_-]*/.test(value) && value.length <= 32, description: (value) => Buffer.byteLength(value) <= 256 };
const updated = { newPolicy: policy, newStatus: one('on', 'off'), newSecretKey: text(8, 40), newExpiration: expiration };
// Servers of before read quota, those of today size.
const quotas = { quota: integer(1), size: integer(1), quotatype: one('hard'), rate: integer(0), requests: integer(0) };

export function decrypt(password, sealed) {
  const salt = sealed.subarray(0, 32), nonce = sealed.subarray(33, 41), rest = sealed.subarray(41);
  must(sealed[32] === 2, 'the body is encrypted by no way that is known here');
  const key = pbkdf2Sync(password, salt, 8192, 32, 'sha256');
  const open = (number, data, about) => {
    const iv = Buffer.alloc(12);
    nonce.copy(iv);
    iv.writeUInt32LE(number, 8);
    const cipher = createDecipheriv('aes-256-gcm', key, iv);
    if (about) cipher.setAAD(about);
    cipher.setAuthTag(data.subarray(-16));
    return Buffer.concat([cipher.update(data.subarray(0, -16)), cipher.final()]);
  };
  return JSON.parse(open(1, rest, Buffer.concat([Buffer.from([0x80]), cipherTag(key, nonce)])).toString());
}

// The tag of the empty fragment 0 is in what the others are bound to.
function cipherTag(key, nonce) {
  const cipher = createCipheriv('aes-256-gcm', key, Buffer.concat([nonce, Buffer.alloc(4)]));
  cipher.final();
  return cipher.getAuthTag();
}

export async function minio({ gateway, administrator, trouble }) {
  const keys = new Map(), sizes = new Map(), dropped = [], state = { keys, sizes, dropped }; // barren: the parent may have no keys
  const uid = (accessKey) => `key-${accessKey}`;
  const attach = (accessKey, document) => gateway.iam({ Action: 'PutUserPolicy', UserName: uid(accessKey), PolicyName: 'its',
    PolicyDocument: JSON.stringify(document), Version: '2010-05-08' });

  const calls = {
    async 'PUT add-service-account'(query, body) {
      const order = decrypt(administrator.secretKey, body);
      fits(order, added, 'add');
      must(order.policy && order.targetUser, 'a key without a policy or a parent');
      if (keys.has(order.accessKey) || state.barren) return [400, { Code: 'XMinioIAMServiceAccountNotAllowed' }];
      keys.set(order.accessKey, { status: 'on', name: order.name, expiration: order.expiration });
      try {
        await gateway.admin('PUT', 'user', { uid: uid(order.accessKey), 'display-name': 'key', 'access-key': order.accessKey,
          'secret-key': order.secretKey, 'generate-key': 'False', 'max-buckets': '-1' });
        await attach(order.accessKey, order.policy);
      } catch (error) {
        keys.delete(order.accessKey);
        throw error;
      }
      return [200, {}];
    },
    async 'POST update-service-account'(query, body) {
      const order = decrypt(administrator.secretKey, body), accessKey = query.get('accessKey');
      fits(order, updated, 'update');
      const key = keys.get(accessKey);
      if (!key) return [404, { Code: 'XMinioAdminServiceAccountNotFound' }];
      // As MinIO: without a policy the key has its parent's, which may do anything.
      if (!order.newPolicy) dropped.push(accessKey);
      // (The gateway forgets a user's policies where the user is changed: they come last.)
      if (order.newStatus) {
        key.status = order.newStatus;
        await gateway.admin('POST', 'user', { uid: uid(accessKey), suspended: order.newStatus === 'off' ? '1' : '0' });
      }
      await attach(accessKey, order.newPolicy ?? anything);
      return [204];
    },
    async 'DELETE delete-service-account'(query) {
      const accessKey = query.get('accessKey');
      if (!keys.delete(accessKey)) return [404, { Code: 'XMinioAdminServiceAccountNotFound' }];
      await gateway.admin('DELETE', 'user', { uid: uid(accessKey), 'purge-data': 'False' });
      return [204];
    },
    async 'PUT set-bucket-quota'(query, body) {
      const order = JSON.parse(body);
      fits(order, quotas, 'quota');
      must(order.size === order.quota && order.quotatype === 'hard', 'quota and size differ');
      sizes.set(query.get('bucket'), order.size);
      return [200];
    },
  };

  const server = await listen({ trouble, handle: async ({ method, url, headers, body }) => {
    const call = calls[`${method} ${url.pathname.replace(/^\/minio\/admin\/v3\//, '')}`];
    must(call, `${method} ${url.pathname} is no call of the admin API`);
    if (!gateway.signedBy(administrator, { method, url, headers, body })) return [403, { Code: 'SignatureDoesNotMatch' }];
    return call(url.searchParams, body);
  } });
  return Object.assign(state, server);
}
