// What a store's own lifecycle does in days of a few seconds is what lifecycle_evaluate says of the same versions at the same age:
// for each configuration of the shared cases that the store takes.  Where they differ, docs/lifecycle.md says who is right.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as plane from './control_plane.mjs';
import { Gateway } from './gateway.mjs';

const gateway = new Gateway({ url: process.env.RGW_URL, accessKey: process.env.RGW_ACCESS_KEY, secretKey: process.env.RGW_SECRET_KEY });
const day = Number(process.env.LC_DAY ?? 10), age = 2.5; // the store's days, and how old everything is when it is asked
after(() => plane.end());

// What differs is Ceph's, as docs/lifecycle.md has it.
const known = [({ xml }) => /ObjectSize|NewerNoncurrentVersions/.test(xml)];

const rule = (filter, actions) => `<LifecycleConfiguration><Rule><ID>r</ID><Status>Enabled</Status><Filter>${filter}</Filter>${actions}</Rule></LifecycleConfiguration>`;
const days = (count) => `<Expiration><Days>${count}</Days></Expiration>`;
const noncurrent = (count, more = '') => `<NoncurrentVersionExpiration><NoncurrentDays>${count}</NoncurrentDays>${more}</NoncurrentVersionExpiration>`;
const tag = '<Tag><Key>k</Key><Value>v</Value></Tag>';
// Those that are due at this age in part, beside those of the shared cases; and the ones that differ, by what differs.
const own = [
  rule('', days(1)), rule('', days(2)), rule('', days(3)), rule('<Prefix>tmp/</Prefix>', days(1)), rule(tag, days(1)),
  rule(`<And><Prefix>tmp/</Prefix>${tag}</And>`, days(2)), rule('', noncurrent(1)), rule('<Prefix>tmp/</Prefix>', noncurrent(2)),
  rule('', '<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>'), rule('', days(30) + noncurrent(1)),
  rule('', days(1) + noncurrent(1)), rule(tag, days(1) + noncurrent(1)), rule('<Prefix>none/</Prefix>', days(1)),
  rule('', days(1)).replace('Enabled', 'Disabled'), rule('<ObjectSizeGreaterThan>1000</ObjectSizeGreaterThan>', days(1)),
  rule('<ObjectSizeLessThan>1000</ObjectSizeLessThan>', days(1)), rule('', noncurrent(1, '<NewerNoncurrentVersions>1</NewerNoncurrentVersions>')),
];
const shared = [...new Set(readFileSync('lifecycle_evaluate.jsonl', 'utf8').trim().split('\n').map((line) => JSON.parse(line).config_xml))]
  .filter((xml) => !/Transition|DelMarkerExpiration|ExpiredObjectAllVersions|<Date>|NewerNoncurrentVersions>|ObjectSize/.test(xml));

// What is put into each bucket: [key, size, tags, versions, a delete marker above].
const objects = [['plain', 10, '', 1], ['tmp/one', 10, '', 1], ['tmp/tagged', 10, 'k=v', 1], ['tagged', 2000, 'k=v', 1], ['large', 2000, '', 1],
  ['logs/x', 10, 'k1=prod&env=v1', 1], ['docs/é/z', 10, 'k1=v1', 1]];
const versioned = [...objects, ['twice', 10, '', 2], ['thrice', 2000, '', 3], ['tmp/twice', 10, 'k=v', 2], ['marked', 10, '', 1, true], ['tmp/marked', 10, 'k=v', 2, true]];

async function fill(bucket, keeping) {
  if (keeping) await gateway.done('PUT', [bucket], { versioning: '' }, { body: '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>' });
  for (const [key, size, tags, versions, marked] of keeping ? versioned : objects) {
    const path = [bucket, ...key.split('/')];
    for (let n = 0; n < versions; n += 1) await gateway.done('PUT', path, {}, { body: 'x'.repeat(size), headers: tags ? { 'x-amz-tagging': tags } : {} });
    if (marked) await gateway.done('DELETE', path);
  }
}

const unescaped = (text) => text.replace(/&amp;/g, '&').replace(/&lt;/g, '<');
async function versions(bucket) {
  const xml = await gateway.done('GET', [bucket], { versions: '' });
  return [...xml.matchAll(/<(Version|DeleteMarker)>(.*?)<\/\1>/gs)].map(([, kind, one]) => {
    const of = (name) => unescaped(new RegExp(`<${name}>([^<]*)<`).exec(one)?.[1] ?? '');
    return { key: of('Key'), version: of('VersionId'), latest: of('IsLatest') === 'true', marker: kind === 'DeleteMarker', at: of('LastModified'), size: Number(of('Size')) };
  });
}

// Which versions are gone, and which keys have got a delete marker, when everything is so many days old, by lifecycle_evaluate_versions.
async function foretold(xml, found, keeping) {
  const gone = [];
  const tagsOf = new Map(versioned.map(([key, , tags]) => [key, tags]));
  for (const key of new Set(found.map((one) => one.key))) {
    const list = found.filter((one) => one.key === key);
    const [{ events }] = await plane.look(`SELECT jsonb_agg(e.action ORDER BY n) AS events FROM primecloud.lifecycle_evaluate_versions($1,
        ARRAY(SELECT jsonb_populate_record(NULL::primecloud.object_version, o) FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS x(o, i) ORDER BY i),
        timestamptz '2026-01-01' + $3 * interval '1 day', dialect => 'aws') WITH ORDINALITY AS e(action, due, rule_id, storage_class, n)`,
    [xml, JSON.stringify(list.map((one, n) => ({ key, version_id: keeping ? one.version : '', mod_time: '2025-12-31T23:59:00Z', size: one.size,
      is_latest: n === 0, delete_marker: one.marker, tags: one.marker ? '' : tagsOf.get(key) }))), age]);
    list.forEach((one, n) => {
      if (events[n] === 'delete_version' || (events[n] === 'delete' && (!keeping || one.marker))) gone.push(one);
      else if (events[n] === 'delete') gone.push({ key, version: 'marker' });
    });
  }
  return gone.map((one) => `${one.key} ${one.version}`).sort();
}

test('what the store removes is what was foretold', async () => {
  const taken = [];
  let refused = 0;
  const began = Date.now();
  for (const [number, xml] of [...own, ...shared].entries()) {
    for (const keeping of [0, 3].includes(number) ? [false, true] : [true]) {
      const bucket = `lifecycle-${number}-${keeping ? 'versions' : 'plain'}`;
      await gateway.done('PUT', [bucket]);
      const answer = await gateway.s3('PUT', [bucket], { lifecycle: '' }, { body: xml });
      if (answer.status >= 300) { refused += 1; continue; }
      await fill(bucket, keeping);
      taken.push({ bucket, xml, keeping, before: await versions(bucket), at: Date.now() });
    }
  }
  // One pass over all of them, when the youngest is old enough, and over before the oldest is a day older.
  const old = () => [began, taken.at(-1).at].map((at) => (Date.now() - at) / 1000 / day);
  await sleep(Math.max(0, (2.05 - old()[1]) * day * 1000));
  // A pass does not come to every bucket: as many as there is time for.  What it has not come to says so, and is not compared.
  const radosgw = async (...what) => (await promisify(execFile)('radosgw-admin', ['lc', ...what])).stdout;
  let reached;
  do {
    await radosgw('process');
    reached = new Set(JSON.parse(await radosgw('list')).filter((one) => one.status === 'COMPLETE').map((one) => one.bucket.split(':')[1]));
  } while (taken.some(({ bucket }) => !reached.has(bucket)) && old()[0] < 2.5);
  assert.ok(old()[0] < 2.95, `too slow: a day of ${day} s is over; LC_DAY=${day * 2} would do`);
  const differ = [];
  let compared = 0, removed = 0;
  for (const { bucket, xml, keeping, before } of taken.filter((one) => reached.has(one.bucket))) {
    const now = await versions(bucket);
    const still = new Set(now.map((one) => `${one.key} ${one.version}`)), had = new Set(before.map((one) => `${one.key} ${one.version}`));
    const gone = before.map((one) => `${one.key} ${one.version}`).filter((one) => !still.has(one));
    const marked = now.filter((one) => one.marker && !had.has(`${one.key} ${one.version}`)).map((one) => `${one.key} marker`);
    const really = [...gone, ...marked].sort(), said = await foretold(xml, before, keeping);
    compared += before.length;
    removed += really.length;
    for (const one of new Set([...really, ...said])) {
      if (really.includes(one) === said.includes(one)) continue;
      differ.push({ xml, keeping, object: one.split(' ')[0], store: really.includes(one) ? 'removes' : 'leaves' });
    }
  }
  console.log(`# ${taken.length} buckets, ${reached.size} reached, ${refused} configurations refused, ${compared} versions compared, ${removed} removed, ${differ.length} differ,`,
    `${Math.round((Date.now() - began) / 1000)} s`);
  for (const one of differ) console.log(`# ${JSON.stringify(one)}`);
  assert.ok(reached.size >= 12 && removed > 20);
  assert.deepEqual(differ.filter((one) => !known.some((is) => is(one))), []);
});
