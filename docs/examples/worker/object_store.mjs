// Buckets, by the S3 API of any object store.
import { createHash } from 'node:crypto';
import { send, ServiceError } from './http.mjs';
import { lifecycle } from './outbox.mjs';
import { sameRules } from './same_rules.mjs';
import { optional, required, service } from './settings.mjs';
import { addressOf, hasSteps, sign } from './signature.mjs';

const base = service('STORE_URL');
const region = optional('STORE_REGION', 'us-east-1');
// What CreateBucket is told: nothing, or the region's name where the store wants it.
const constraint = optional('STORE_LOCATION_CONSTRAINT');
const accessKey = required('STORE_ACCESS_KEY'), secretKey = required('STORE_SECRET_KEY');

function ask(method, bucket, query, { key, body = '', signal, good } = {}) {
  const url = addressOf(base, key === undefined ? [bucket] : [bucket, ...key.split('/')], query);
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

// Keys are whatever customers called them. With encoding-type they arrive in one piece: XML has no word for most control characters.
const keyOf = (one, encoded) => (encoded ? decodeURIComponent(inside(one, 'Key').replace(/\+/g, ' ')) : inside(one, 'Key'));
const listed = (xml, names) => each(xml, names).map((one) => ({ key: keyOf(one, xml.includes('<EncodingType>url</EncodingType>')),
  version: inside(one, 'VersionId'), upload: inside(one, 'UploadId') }));
const inXml = ({ key }) => !/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(key);

// Every version of every object, and every upload that was begun.  Long work: the claim is renewed beside it.
async function empty(bucket, signal) {
  for (let first; ;) {
    const xml = await ask('GET', bucket, { versions: '', 'encoding-type': 'url', 'max-keys': '1000' }, { signal, good: ['NoSuchBucket'] });
    if (xml === undefined) return;
    const found = listed(xml, 'Version|DeleteMarker');
    if (found.length === 0) break;
    if (JSON.stringify(found[0]) === first) throw new ServiceError('minio: an object is there still, though nobody refused to delete it');
    first = JSON.stringify(found[0]);
    await deleteTogether(bucket, found.filter(inXml), signal);
    for (const { key, version } of found.filter((one) => !inXml(one))) await ask('DELETE', bucket, { versionId: version }, { key, signal });
  }
  const uploads = await ask('GET', bucket, { uploads: '', 'encoding-type': 'url' }, { signal, good: ['NoSuchBucket'] });
  for (const { key, upload } of listed(uploads ?? '', 'Upload')) {
    // (One that no URL names goes with the bucket.)
    if (!hasSteps(key.split('/'))) await ask('DELETE', bucket, { uploadId: upload }, { key, signal, good: ['NoSuchUpload'] });
  }
}

async function deleteTogether(bucket, objects, signal) {
  if (objects.length === 0) return;
  const named = objects.map(({ key, version }) => `<Object><Key>${escaped(key)}</Key><VersionId>${escaped(version)}</VersionId></Object>`);
  const answer = await ask('POST', bucket, { delete: '' }, { signal, body: `<Delete><Quiet>true</Quiet>${named.join('')}</Delete>` });
  if (/<Error>/.test(answer)) throw new ServiceError(`minio: objects cannot be deleted (${inside(answer, 'Code') || 'no code'})`);
}
