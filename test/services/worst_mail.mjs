// Mail servers of customers who mean no good: each is a way to keep a worker busy, to fill it, or to speak where it should not be believed.
import { createServer } from 'node:net';

const ignored = () => {};
const lines = (socket, answer) => socket.on('data', (data) => {
  for (const line of data.toString().split('\r\n').filter(Boolean)) answer(line.toUpperCase());
});
const again = (socket, milliseconds, what) => {
  const timer = setInterval(() => socket.write(what, ignored), milliseconds);
  socket.on('close', () => clearInterval(timer));
};
// As much as the other side takes.
const pour = (socket, what) => {
  const more = () => { while (!socket.destroyed && socket.write(what, ignored)); };
  socket.on('drain', more);
  more();
};
const greet = (socket, extensions, then) => {
  socket.write('220 here\r\n', ignored);
  lines(socket, (line) => (/^EHLO/.test(line) ? socket.write(extensions, ignored) : then(line)));
};

// By name: how it is asked to speak (encryption), and what it does with a connection.
export const worst = {
  silent: ['none', ignored],
  closes: ['none', (socket) => socket.destroy()],
  garbage: ['none', (socket) => socket.write(Buffer.alloc(4096, 0xff), ignored)],
  // never silent for long, and never at an end
  drips: ['none', (socket) => greet(socket, '250-more\r\n', () => {}) ?? again(socket, 200, '250-more\r\n')],
  floods: ['none', (socket) => pour(socket, `220-${'x'.repeat(60_000)}\r\n`)],
  'has no line end': ['none', (socket) => pour(socket, 'x'.repeat(60_000))],
  'offers no encryption': ['tls', (socket) => greet(socket, '250-here\r\n250 AUTH PLAIN LOGIN\r\n', () => socket.write('250 ok\r\n', ignored))],
  'begins none': ['tls', (socket) => greet(socket, '250-here\r\n250 STARTTLS\r\n', () => socket.write('220 go\r\n235 you are in\r\n250 ok\r\n', ignored))],
  'refuses all': ['none', (socket) => greet(socket, '250 here\r\n', () => socket.write('550 the password was: x\r\n', ignored))],
};

export async function serve([, behave], heard) {
  const server = createServer((socket) => {
    socket.on('error', ignored);
    socket.on('data', (data) => heard(data.toString('latin1')));
    behave(socket);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.2', resolve));
  return { port: server.address().port, close: () => server.close() };
}
