// Ceph's object gateway, asked as its administrator, as a customer, and what a test looks at.
import { createHash } from 'node:crypto';
import { addressOf, sign } from './worker/signature.mjs';

export class Gateway {
  constructor({ url, accessKey, secretKey }) {
    Object.assign(this, { base: new URL(url), owner: { accessKey, secretKey } });
  }

  // One S3 request: {status, code, text}.
  async s3(method, segments, query = {}, { body = '', as = this.owner, headers = {} } = {}) {
    const url = addressOf(this.base, segments, query);
    const sent = body ? { ...headers, 'content-md5': createHash('md5').update(body).digest('base64') } : headers;
    const answer = await fetch(url, { method, body: body || undefined, headers: sign({ method, url, body, region: 'us-east-1', headers: sent, ...as }) });
    const text = await answer.text();
    return { status: answer.status, text, code: /<Code>(\w+)</.exec(text)?.[1], headers: answer.headers };
  }

  async done(...request) {
    const answer = await this.s3(...request);
    if (answer.status >= 300) throw new Error(`${request[0]} ${request[1].join('/')}: ${answer.status} ${answer.code}`);
    return answer.text;
  }

  // The gateway's own administration takes parameters in the query alone.
  async admin(method, kind, query) {
    const answer = await this.s3(method, ['admin', kind], { ...query, format: 'json' });
    if (answer.status >= 300) throw new Error(`${method} /admin/${kind}: ${answer.status} ${answer.text}`);
    return answer.text && JSON.parse(answer.text);
  }
  async iam(query) {
    const answer = await this.s3('POST', [''], query);
    if (answer.status >= 300) throw new Error(`${query.Action}: ${answer.status} ${answer.text}`);
  }

  // Whether a request that came in is signed by somebody: the same signature comes out again.
  signedBy(who, { method, url, headers, body }) {
    const named = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? [];
    const given = Object.fromEntries(named.map((name) => [name, headers[name]]));
    const at = headers['x-amz-date'] ?? '';
    const now = new Date(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
    if (Number.isNaN(now.valueOf())) return false;
    const asked = new URL(url.pathname + url.search, `http://${headers.host}`);
    return sign({ method, url: asked, body, region: 'us-east-1', now, headers: given, ...who }).authorization === headers.authorization;
  }

  async buckets() {
    return [...(await this.done('GET', [''])).matchAll(/<Name>([^<]*)<\/Name>/g)].map((found) => found[1]);
  }
  async versioning(bucket) {
    return /<Status>(\w+)</.exec(await this.done('GET', [bucket], { versioning: '' }))?.[1];
  }
  async lifecycle(bucket) {
    const answer = await this.s3('GET', [bucket], { lifecycle: '' });
    return answer.status === 200 ? answer.text : undefined;
  }

  // What a key may do in a bucket, told by trying it.
  async rights(as, bucket) {
    const may = async (...request) => {
      const { status } = await this.s3(...request);
      return status < 300;
    };
    const mine = `of-${as.accessKey}`;
    const rights = { write: await may('PUT', [bucket, mine], {}, { as, body: 'x' }), read: await may('GET', [bucket, 'known'], {}, { as }),
      list: await may('GET', [bucket], {}, { as }), remove: await may('DELETE', [bucket, mine], {}, { as }),
      administer: await may('PUT', [bucket], { versioning: '' }, { as, body: '<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>' }) };
    return Object.keys(rights).filter((right) => rights[right]).join(' ');
  }
}
