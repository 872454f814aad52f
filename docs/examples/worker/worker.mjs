// Carries out what a control plane has ordered of MinIO, SFTPGo and the mail server.  Run as many as you like; each may be
// ended at any moment, and what it was doing is done again by another when its lease is over.
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { log, reason } from './log.mjs';
import * as outbox from './outbox.mjs';
import { worker } from './settings.mjs';

// Each service is asked for its settings only where it is served.
const carriers = {
  minio: async () => (await import('./minio.mjs')).carryOut,
  sftpgo: async () => (await import('./sftpgo_orders.mjs')).carryOut,
  mail: async () => (await import('./mail.mjs')).sendMail,
};
const stopping = new AbortController();
const counts = { running: 0, done: 0, failed: 0, lost: 0 };

// Says something to the outbox, again and again while the lease lasts: an order whose answer is lost is done twice.
async function answer(say) {
  for (const end = Date.now() + worker.lease * 1000; ;) {
    try {
      return await say();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(500);
    }
  }
}

// Carries one order out, renewing its claim beside it; tells whether its service could be reached.
async function carry(service, carryOut, order) {
  const began = Date.now(), lost = new AbortController();
  const renewing = setInterval(() => outbox.renew(order).then((held) => held || lost.abort(), () => {}), worker.lease * 1000 / 3);
  const about = { service, sequence: order.sequence, account: order.account_id, object: order.object, operation: order.operation,
    attempts: order.attempts };
  try {
    await carryOut(order, () => outbox.secret(order), lost.signal);
    const kept = await answer(() => outbox.acknowledge(order));
    counts[kept ? 'done' : 'lost'] += 1;
    log('info', 'order', { ...about, outcome: kept ? 'done' : 'done late', ms: Date.now() - began });
    return true;
  } catch (error) {
    // Said of a claim that was lost, too: what the object should be is ordered anew then.
    const became = await answer(() => outbox.fail(order, reason(error))).catch(() => 'unknown');
    counts.failed += 1;
    log('warn', 'order', { ...about, outcome: became ?? 'lost', reason: reason(error), ms: Date.now() - began });
    return !error.unreachable;
  } finally {
    clearInterval(renewing);
  }
}

// Takes as much as it can begin at once, and nothing while the service cannot be reached: its orders keep their attempts.
async function serve(service) {
  const carryOut = carrying[service], running = new Set();
  const { signal } = stopping;
  const pause = (seconds) => sleep(seconds * 1000 * (0.75 + Math.random() / 2), undefined, { signal }).catch(() => {});
  const rest = (seconds) => Promise.race([pause(seconds), ...running]);
  let down = 0;
  while (!signal.aborted) {
    const free = down ? 1 - running.size : worker.slots - running.size;
    if (free <= 0) { await Promise.race(running); continue; }
    let orders = [];
    try {
      orders = await outbox.claim(service, free);
    } catch (error) {
      log('error', 'claim', { service, reason: reason(error) });
      await rest(5);
    }
    for (const order of orders) {
      counts.running += 1;
      const job = carry(service, carryOut, order).then((reached) => { down = reached ? 0 : Math.min(down * 2 || 1, 60); })
        .finally(() => { running.delete(job); counts.running -= 1; });
      running.add(job);
    }
    if (orders.length === 0) await rest(worker.idle);
    if (down) {
      await Promise.allSettled(running);
      if (down) log('error', 'service down', { service, seconds: down });
      if (down) await pause(down);
    }
  }
  await Promise.allSettled(running);
}

async function watch() {
  while (!stopping.signal.aborted) {
    await sleep(60_000, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
    const dead = await outbox.deadOrders().then((orders) => orders.length, () => undefined);
    log(dead ? 'warn' : 'info', 'status', { ...counts, dead });
  }
}

// What was begun is finished, within the lease; then a second signal, or the end of the lease, ends it.
for (const name of ['SIGTERM', 'SIGINT']) {
  process.on(name, () => {
    if (stopping.signal.aborted) process.exit(1);
    log('info', 'stopping', { signal: name, running: counts.running });
    stopping.abort();
    setTimeout(() => process.exit(1), worker.lease * 1000).unref();
  });
}

// What a service's settings lack is said before anything is begun.
const carrying = {};
for (const service of worker.services) carrying[service] = await carriers[service]();
log('info', 'started', { services: worker.services, lease: worker.lease });
watch();
await Promise.all(worker.services.map(serve));
await outbox.close();
log('info', 'stopped', counts);
