// One request to a service: with a time-out, no redirects (they would carry signatures and keys elsewhere), and an error
// that says what was answered and nothing more.
import { worker } from './settings.mjs';

export class ServiceError extends Error {
  constructor(message, { status, code, unreachable = false } = {}) {
    super(message);
    Object.assign(this, { name: 'ServiceError', status, code, unreachable });
  }
}

// A code out of an error's body: S3 answers in XML, MinIO's admin API and SFTPGo in JSON.  Letters and digits: it is logged.
function codeOf(body) {
  return /<Code>(\w{1,64})<\/Code>/.exec(body)?.[1] ?? /"Code"\s*:\s*"(\w{1,64})"/.exec(body)?.[1];
}

// The body of an answer; one of the codes or states in `good` counts as done, and gives undefined.
export async function send(service, url, { method = 'GET', headers = {}, body, signal, good = [] } = {}) {
  let answer, text;
  try {
    answer = await fetch(url, { method, headers, body, redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(worker.timeout)].filter(Boolean)) });
    text = await answer.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    const kind = error.cause?.code ?? error.name;
    throw new ServiceError(`${service}: ${method} was not answered (${kind})`, { code: kind, unreachable: true });
  }
  if (answer.ok) return text;
  const code = codeOf(text);
  if (good.includes(code) || good.includes(answer.status)) return undefined;
  throw new ServiceError(`${service}: ${method} was answered with ${answer.status}${code ? ` ${code}` : ''}`,
    { status: answer.status, code, unreachable: answer.status === 503 || answer.status === 502 });
}
