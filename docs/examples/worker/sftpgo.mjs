// SFTP logins, by SFTPGo's REST API: a virtual folder for each bucket, then the user that has them.
import { send } from './http.mjs';
import { required, service } from './settings.mjs';

const base = service('SFTPGO_URL');
const key = required('SFTPGO_API_KEY');
// How SFTPGo itself reaches the object store.
const store = { endpoint: service('SFTPGO_STORE_URL').origin, access_key: required('SFTPGO_STORE_ACCESS_KEY'),
  access_secret: { status: 'Plain', payload: required('SFTPGO_STORE_SECRET_KEY') }, force_path_style: true };

const ask = (method, path, { body, signal, good } = {}) => send('sftpgo', new URL(`/api/v2/${path}`, base), { method, signal, good,
  headers: { 'x-sftpgo-api-key': key, ...(body && { 'content-type': 'application/json' }) }, body: body && JSON.stringify(body) });

// PUT changes what is there, and knows nothing else (404): that is made by POST.
async function put(kind, name, body, signal, query = '') {
  if (await ask('PUT', `${kind}/${encodeURIComponent(name)}${query}`, { body, signal, good: [404] }) !== undefined) return;
  await ask('POST', kind, { body, signal });
}

async function putFolders(folders, signal) {
  for (const folder of folders) {
    const filesystem = { ...folder.filesystem, s3config: { ...folder.filesystem.s3config, ...store } };
    await put('folders', folder.name, { ...folder, filesystem }, signal);
  }
}

// Folders that nobody has: they hold the store's keys, and nobody else removes them.  The prefix is the account's alone.
async function removeFolders(prefix, signal) {
  const unused = [];
  for (let offset = 0; ; offset += 500) {
    const folders = JSON.parse(await ask('GET', `folders?limit=500&offset=${offset}`, { signal }));
    unused.push(...folders.filter((folder) => folder.name.startsWith(prefix) && !folder.users?.length));
    if (folders.length < 500) break;
  }
  for (const { name } of unused) await ask('DELETE', `folders/${encodeURIComponent(name)}`, { signal, good: [404] });
}

// With disconnect: who was let in before is let in anew, by what holds now.
export async function putUser({ folders, user, folder_prefix }, secret, signal) {
  const password = await secret();
  if (password === undefined) return; // the login has ended: what removes it follows
  await putFolders(folders, signal);
  await put('users', user.username, { ...user, password }, signal, '?disconnect=1');
  await removeFolders(folder_prefix, signal);
}

// Who is not there has no access to be taken away.
export async function disableUser({ folders, user, folder_prefix }, signal) {
  await putFolders(folders, signal);
  await ask('PUT', `users/${encodeURIComponent(user.username)}?disconnect=1`, { body: user, signal, good: [404] });
  await removeFolders(folder_prefix, signal);
}

export async function deleteUser({ username, folder_prefix }, signal) {
  await ask('DELETE', `users/${encodeURIComponent(username)}`, { signal, good: [404] });
  await removeFolders(folder_prefix, signal);
}
