// Workers as an operator runs them, and somebody who ends them at the worst of times.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

export class Workers {
  constructor(environment) {
    Object.assign(this, { environment, running: new Map(), lines: [], errors: '', killed: 0, chaos: undefined });
  }

  start(name) {
    const child = spawn(process.execPath, ['worker/worker.mjs'], { env: { ...process.env, ...this.environment, WORKER_NAME: name }, stdio: ['ignore', 'pipe', 'pipe'] });
    let rest = '';
    child.said = 0;
    child.stdout.on('data', (data) => { const lines = (rest + data).split('\n'); rest = lines.pop(); child.said += lines.length; this.lines.push(...lines); });
    child.stderr.on('data', (data) => { this.errors += data; });
    this.running.set(name, child);
  }

  // With no word to anybody: as a machine that loses its power.
  async kill(name) {
    const child = this.running.get(name), gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    this.killed += 1;
  }

  // One after the other, again and again, until it is told to let them be: each when it has done something, and is at the next.
  torment() {
    this.tormented = true;
    const going = (async () => {
      while (this.tormented) {
        for (const name of [...this.running.keys()]) {
          const child = this.running.get(name);
          for (let tries = 0; tries < 100 && child.said < 6 && this.tormented; tries += 1) await sleep(100);
          await sleep(Math.random() * 500);
          if (!this.tormented) return;
          await this.kill(name);
          this.start(name);
        }
      }
    })();
    return async () => { this.tormented = false; await going; };
  }

  // SIGTERM: what was begun is finished.  Gives the exit codes.
  async stop() {
    this.tormented = false;
    return Promise.all([...this.running.values()].map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      return (await gone)[0];
    }));
  }
}

export async function until(what, seconds, condition) {
  for (const end = Date.now() + seconds * 1000; ;) {
    if (await condition()) return;
    if (Date.now() > end) throw new Error(`not in ${seconds} s: ${what}`);
    await sleep(200);
  }
}
