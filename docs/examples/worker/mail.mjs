// Mails, through the account's own server or the platform's.
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { createTransport } from 'nodemailer';
import { ServiceError } from './http.mjs';
import * as outbox from './outbox.mjs';
import { optional, required, worker } from './settings.mjs';
import { textOf } from './texts.mjs';

const platform = { host: required('SMTP_HOST'), port: Number(optional('SMTP_PORT', 587)), encryption: optional('SMTP_ENCRYPTION', 'tls'),
  username: optional('SMTP_USER'), password: optional('SMTP_PASSWORD') };
const from = { address: required('MAIL_FROM'), name: optional('MAIL_FROM_NAME', '') };
const idDomain = optional('MAIL_ID_DOMAIN', from.address.split('@')[1]);
// Addresses that are let through although they are not public: of a relay in your own network that customers may name.
const allowed = new Set(optional('MAIL_ALLOWED_ADDRESSES', '').split(',').filter(Boolean));

// Asked of the name servers: this machine's own names are nobody's mail server, and one name server that takes its time would keep all
// look-ups of this process waiting in lookup().
async function addressesOf(host, signal) {
  if (isIP(host)) return [host];
  const resolver = new Resolver({ timeout: worker.timeout / 2, tries: 1 });
  const stop = () => resolver.cancel();
  signal.addEventListener('abort', stop);
  const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  const addresses = found.flatMap(({ value }) => value ?? []);
  if (addresses.length > 0) return addresses;
  throw new ServiceError(`mail: the account's server has no address (${found[0].reason?.code})`);
}

// A customer names the host.  Every address that it leads to must be one of the internet, and the one that was asked about
// is the one that is connected to: the name would be resolved anew.
async function publicAddress(host, signal) {
  const addresses = await addressesOf(host, signal);
  if (addresses.length > 16) throw new ServiceError('mail: the account\'s server has more addresses than are looked at');
  for (const address of addresses) {
    if (!allowed.has(address) && !(await outbox.isPublicHost(address))) {
      throw new ServiceError('mail: the account\'s server is in no public network');
    }
  }
  return addresses[0];
}

// encryption: ssl from the first byte, tls by STARTTLS and nothing without it, or none.
function transport({ address, host, port, encryption, username, password }) {
  return createTransport({ host: address, port, secure: encryption === 'ssl', requireTLS: encryption === 'tls',
    ignoreTLS: encryption === 'none', tls: { servername: isIP(host) ? undefined : host },
    auth: username && { user: username, pass: password },
    connectionTimeout: worker.timeout, greetingTimeout: worker.timeout, socketTimeout: worker.timeout, dnsTimeout: worker.timeout,
    disableFileAccess: true, disableUrlAccess: true });
}

async function ownServer(sender, secret, signal) {
  if (!sender.host) return undefined;
  const address = await publicAddress(sender.host, signal);
  const password = await secret();
  return password === undefined ? undefined : { ...sender, address, password }; // gone meanwhile: the platform's then
}

export async function sendMail(order, secret, lost) {
  const { account, notification, title, to } = order.payload;
  const recipients = await outbox.mailRecipients(account, to.audience);
  const sender = await outbox.mailSender(account);
  if (recipients.length === 0 || !sender) return; // the account is gone, and nobody is to be told
  // The whole of it: a server that says a word now and then is never silent for long, and keeps others' mails waiting.
  const signal = AbortSignal.any([lost, AbortSignal.timeout(worker.timeout)]);
  const own = await ownServer(sender, secret, signal);
  try {
    // The same Message-ID whenever it is sent, so that twice is seen as once.
    const { rejected } = await transport(own ?? { ...platform, address: platform.host }).sendMail({ signal,
      messageId: `<${notification}@${idDomain}>`, subject: title,
      from: own ? { address: sender.from_email, name: sender.from_name } : { ...from, name: sender.branding_name ?? from.name },
      to: recipients.map(({ email, display_name }) => ({ address: email, name: display_name })), text: textOf(order.payload),
      headers: { 'Auto-Submitted': 'auto-generated' } });
    if (rejected?.length === recipients.length) throw new ServiceError('mail: no recipient was taken');
  } catch (error) {
    if (error.name === 'ServiceError' || lost.aborted) throw error;
    // Its words may quote what was sent: the code alone.
    const code = signal.aborted ? 'no end in time' : error.responseCode ?? error.code ?? error.name;
    throw new ServiceError(`mail: ${own ? 'the account\'s' : 'the platform\'s'} server: ${code}`,
      { unreachable: !own && (signal.aborted || ['ECONNECTION', 'ESOCKET', 'ETIMEDOUT', 'EDNS'].includes(error.code)) });
  }
}
