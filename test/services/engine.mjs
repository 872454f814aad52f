// The store's own lifecycle engine: a gateway that serves nobody, has its threads, and a day of so many seconds.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const list = async () => JSON.parse((await promisify(execFile)('radosgw-admin', ['lc', 'list'])).stdout);

// Runs it until it has been through each of these buckets.  Gives when it was, in milliseconds: bucket => {from, to}.  It is through
// a bucket once a day: where the run was longer than that, it may have come to any of them until the end.
export async function pass(buckets, day, seconds = 900) {
  // (Eleven threads have no names any more, and it ends.)
  const engine = spawn('radosgw', ['-f', '-n', 'client.admin', '--rgw-frontends=beast endpoint=127.0.0.1:0', '--rgw-enable-lc-threads=true',
    '--rgw-lc-max-worker=10', '--rgw-lc-max-wp-worker=1', `--rgw-lc-debug-interval=${day}`, `--log-file=${process.env.CEPH_CONF}.engine.log`], { stdio: 'ignore' });
  const gone = once(engine, 'exit'), began = Date.now(), times = new Map();
  try {
    while (buckets.some((name) => !times.has(name))) {
      if (Date.now() > began + seconds * 1000) throw new Error(`the engine has been through ${times.size} of ${buckets.length} buckets in ${seconds} s`);
      if (engine.exitCode !== null || engine.signalCode !== null) throw new Error('the engine has ended');
      await sleep(2000);
      for (const { bucket, status, started } of await list()) {
        const name = bucket.split(':')[1], from = Date.parse(started);
        if (['COMPLETE', 'FAILED'].includes(status) && from >= began - 1000 && !times.has(name)) times.set(name, { from, to: Date.now() });
      }
    }
  } finally {
    engine.kill('SIGKILL');
    await gone;
  }
  if (Date.now() > began + day * 1000) for (const time of times.values()) time.to = Date.now();
  return times;
}
