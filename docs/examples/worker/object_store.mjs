// Buckets, by the S3 API of any object store.
import { createHash } from 'node:crypto';
import { send, ServiceError } from './http.mjs';
import { lifecycle } from './outbox.mjs';
import { sameRules } from './same_rules.mjs';
import { optional, required, service } from './settings.mjs';
import { addressOf, sign } from './signature.mjs';

const base = service('STORE_URL');
const region = optional('STORE_REGION', 'us-east-1');
// What CreateBucket is told: nothing, or the region's name where the store wants it.
const constraint = optional('STORE_LOCATION_CONSTRAINT');
const accessKey = required('STORE_ACCESS_KEY'), secretKey = required('STORE_SECRET_KEY');

function ask(method, bucket, query, { body = '', signal, good } = {}) {
  const url = addressOf(base, [bucket], query);
  const headers = body ? { 'content-md5': createHash('md5').update(body).digest('base64'), 'content-type': 'application/xml' } : {};
  return send('minio', url, { method, body: body || undefined, signal, good,
    headers: sign({ method, url, body, region, accessKey, secretKey, headers }) });
}

export const createBucket = ({ bucket }, signal) => ask('PUT', bucket, {}, { signal, good: ['BucketAlreadyOwnedByYou'],
  body: constraint && `<CreateBucketConfiguration><LocationConstraint>${constraint}</LocationConstraint></CreateBucketConfiguration>` });

export async function deleteBucket({ bucket, force }, signal) {
  if (force) await empty(bucket, signal);
  await ask('DELETE', bucket, {}, { signal, good: ['NoSuchBucket'] });
}

export const setVersioning = ({ bucket, status }, signal) => ask('PUT', bucket, { versioning: '' },
  { signal, body: `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>` });

// A store may keep less than it was sent, and then expire more than was meant: what it keeps is read back.
export async function setLifecycle({ bucket, xml }, signal) {
  await ask('PUT', bucket, { lifecycle: '' }, { signal, body: xml });
  const kept = await ask('GET', bucket, { lifecycle: '' }, { signal });
  const wanted = await lifecycle(xml), there = await lifecycle(kept);
  if (wanted && there && sameRules(wanted, there)) return;
  await removeLifecycle({ bucket }, signal);
  throw new ServiceError('minio: the store keeps other lifecycle rules than it was sent; they were taken away again');
}

export const removeLifecycle = ({ bucket }, signal) => ask('DELETE', bucket, { lifecycle: '' }, { signal });

const unescaped = (text) => text.replace(/&(lt|gt|amp|quot|apos|#x[0-9a-fA-F]+|#[0-9]+);/g, (_, name) =>
  ({ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" })[name] ?? String.fromCodePoint(Number(name.replace('#', '').replace('x', '0x'))));
const inside = (xml, name) => unescaped(new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '');
const each = (xml, names) => [...xml.matchAll(new RegExp(`<(${names})>(.*?)</\\1>`, 'gs'))].map((found) => found[2]);
const escaped = (text) => text.replace(/[<>&"'\r\n\t]/g, (c) => `&#${c.charCodeAt(0)};`);

// Every version of every object, and every upload that was begun.  Long work: the claim is renewed beside it.
async function empty(bucket, signal) {
  for (;;) {
    const xml = await ask('GET', bucket, { versions: '', 'max-keys': '1000' }, { signal, good: ['NoSuchBucket'] });
    if (xml === undefined) return;
    const found = each(xml, 'Version|DeleteMarker');
    if (found.length === 0) break;
    const objects = found.map((one) =>
      `<Object><Key>${escaped(inside(one, 'Key'))}</Key><VersionId>${inside(one, 'VersionId')}</VersionId></Object>`);
    const answer = await ask('POST', bucket, { delete: '' }, { signal, body: `<Delete><Quiet>true</Quiet>${objects.join('')}</Delete>` });
    if (/<Error>/.test(answer)) throw new ServiceError(`minio: objects cannot be deleted (${inside(answer, 'Code') || 'no code'})`);
  }
  const uploads = await ask('GET', bucket, { uploads: '' }, { signal, good: ['NoSuchBucket'] });
  for (const upload of each(uploads ?? '', 'Upload')) {
    const url = addressOf(base, [bucket, ...inside(upload, 'Key').split('/')], { uploadId: inside(upload, 'UploadId') });
    await send('minio', url, { method: 'DELETE', signal, good: ['NoSuchUpload'],
      headers: sign({ method: 'DELETE', url, region, accessKey, secretKey }) });
  }
}
