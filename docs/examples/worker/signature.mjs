// Signature version 4, by which the S3 API and MinIO's admin API know who asks.
import { createHash, createHmac } from 'node:crypto';
import { ServiceError } from './http.mjs';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();

// encodeURIComponent leaves some characters that the signature wants encoded.
export const encode = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

// A step in a path is taken by whoever reads the URL, encoded or not: `bucket/../other` is another's bucket, and no URL names a key of that name.
export const hasSteps = (segments) => segments.some((segment) => segment === '.' || segment === '..');

// A URL of a path and a query, both encoded as they are signed.
export function addressOf(base, segments, query = {}) {
  if (hasSteps(segments)) throw new ServiceError('a name with a step in it is in no URL');
  const path = segments.map(encode).join('/');
  const asked = Object.keys(query).sort().map((name) => `${encode(name)}=${encode(query[name])}`).join('&');
  return new URL(`${base.pathname.replace(/\/$/, '')}/${path}${asked && `?${asked}`}`, base);
}

// The headers of a signed request.
export function sign({ method, url, body = '', region, accessKey, secretKey, now = new Date(), headers = {} }) {
  const time = now.toISOString().replace(/[:-]|\.\d{3}/g, ''), day = time.slice(0, 8);
  const all = { ...headers, host: url.host, 'x-amz-content-sha256': sha256(body), 'x-amz-date': time };
  const names = Object.keys(all).sort();
  const signed = names.join(';');
  const request = [method, url.pathname, url.search.slice(1), ...names.map((name) => `${name}:${all[name]}`), '', signed,
    all['x-amz-content-sha256']].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const key = [day, region, 's3', 'aws4_request'].reduce(hmac, `AWS4${secretKey}`);
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(request)}`).toString('hex');
  delete all.host; // fetch says it itself
  return { ...all, authorization: `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope}, SignedHeaders=${signed}, Signature=${signature}` };
}
