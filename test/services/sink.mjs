// A mail server that keeps what it is sent: STARTTLS, a login where one is wanted, and the addresses that it refuses.
import { SMTPServer } from 'smtp-server';

export async function sink({ tls, host = '127.0.0.1', login, refuses = () => false }) {
  const mails = [];
  let connected = 0;
  const server = new SMTPServer({ ...tls, authOptional: !login, logger: false, disableReverseLookup: true,
    onConnect(session, callback) { connected += 1; callback(); },
    onAuth({ username, password }, session, callback) {
      const good = login?.username === username && login.password === password;
      callback(good ? null : Object.assign(new Error('no such login'), { responseCode: 535 }), good && { user: username });
    },
    onRcptTo({ address }, session, callback) {
      callback(refuses(address) ? Object.assign(new Error('no such mailbox'), { responseCode: 550 }) : null);
    },
    onData(stream, session, callback) {
      const chunks = [];
      stream.on('data', (chunk) => chunks.push(chunk));
      stream.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        mails.push({ text, secure: session.secure, user: session.user, from: session.envelope.mailFrom.address,
          to: session.envelope.rcptTo.map(({ address }) => address), id: /^Message-ID: <([^@>]+)@/im.exec(text)?.[1] });
        callback();
      });
    } });
  server.on('error', () => {}); // a worker was killed in the middle
  await new Promise((resolve) => server.listen(0, host, resolve));
  return { port: server.server.address().port, mails, connected: () => connected, close: () => server.close(() => {}) };
}
