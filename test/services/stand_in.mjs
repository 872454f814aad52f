// What the stand-ins share: an HTTP(S) server that may answer late, refuse, or do what it was asked and never say so.
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';

// handle({method, url, headers, body}) gives [status, JSON or text].  trouble(n) says what befalls request n: 'refuse', 'silent', or nothing.
export async function listen({ handle, trouble = () => undefined, tls }) {
  const faults = []; // what was asked that no worker should ask
  let asked = 0;
  const serve = async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const kind = trouble(++asked);
    if (kind === 'refuse') return response.writeHead(503).end();
    let answer;
    try {
      answer = await handle({ method: request.method, url: new URL(request.url, 'http://here'), headers: request.headers, body: Buffer.concat(chunks) });
    } catch (error) {
      faults.push(error.message);
      answer = [400, { Code: 'XStandInRefuses', message: error.message }];
    }
    if (kind === 'silent') return request.socket.destroy();
    const [status, content = ''] = answer;
    response.writeHead(status, { 'content-type': 'application/json' }).end(typeof content === 'string' ? content : JSON.stringify(content));
  };
  const server = tls ? createSecureServer(tls, serve) : createServer(serve);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: server.address().port, faults, asked: () => asked, close: () => { server.closeAllConnections(); server.close(); } };
}

export function must(condition, what) {
  if (!condition) throw new Error(what);
}

// A value against a schema: {name: check}, every name known, and each value what its check says.
export function fits(value, schema, where) {
  for (const [name, given] of Object.entries(value)) {
    must(name in schema, `${where}.${name} is not known there`);
    must(schema[name](given, `${where}.${name}`) !== false, `${where}.${name} cannot be ${JSON.stringify(given)}`);
  }
}
export const text = (least = 0, most = Infinity) => (value) => typeof value === 'string' && value.length >= least && value.length <= most;
export const integer = (least = -Infinity, most = Infinity) => (value) => Number.isInteger(value) && value >= least && value <= most;
export const one = (...values) => (value) => values.includes(value);
export const truth = (value) => typeof value === 'boolean';
export const many = (check) => (value, where) => Array.isArray(value) && value.every((item, i) => check(item, `${where}[${i}]`) !== false);
export const object = (schema) => (value, where) => { fits(value, schema, where); };
