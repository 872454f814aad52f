// A line of JSON for each thing that happens.  What goes in is named here, so that nothing else does: no payload, no
// body of a request or an answer, no secret.
import process from 'node:process';
import { worker } from './settings.mjs';

const fields = ['service', 'sequence', 'account', 'object', 'operation', 'attempts', 'ms', 'outcome', 'reason', 'seconds', 'signal',
  'running', 'done', 'failed', 'lost', 'dead', 'services', 'lease'];

export function log(level, event, details = {}) {
  const line = { at: new Date().toISOString(), level, worker: worker.name, event };
  for (const field of fields) if (details[field] !== undefined) line[field] = details[field];
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

// What may be told of an error, to the log and to fail_outbox: its kind, never its words, which may quote what was sent.
// ServiceError's words are this worker's own.
export function reason(error) {
  if (error.name === 'ServiceError') return error.message;
  if (error.name === 'TimeoutError') return 'no answer in time';
  if (error.name === 'AbortError') return 'given up: the claim was lost';
  const code = error.responseCode ?? error.code ?? error.cause?.code;
  return code === undefined ? error.name : `${error.name} ${code}`;
}
