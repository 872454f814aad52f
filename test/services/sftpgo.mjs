// A stand-in for SFTPGo's REST API: PUT changes what is there and answers 404 for what is not, POST makes, a folder knows who has
// it; bodies are checked as its OpenAPI has them.
import { fits, integer, listen, many, must, object, one, text, truth } from './stand_in.mjs';

const permission = one('*', 'list', 'download', 'upload', 'overwrite', 'delete', 'delete_files', 'delete_dirs', 'rename', 'rename_files',
  'rename_dirs', 'create_dirs', 'create_symlinks', 'chmod', 'chown', 'chtimes', 'copy');
const secret = object({ status: one('Plain'), payload: text(1) });
const s3config = object({ bucket: text(1), region: text(1), access_key: text(1), access_secret: secret, endpoint: (url) => URL.canParse(url),
  key_prefix: text(), storage_class: text(), acl: text(), force_path_style: truth, skip_tls_verify: truth, upload_part_size: integer(0),
  upload_concurrency: integer(0), download_part_size: integer(0) });
const folder = { name: text(1), mapped_path: text(), description: text(), filesystem: object({ provider: one(1), s3config }) };
const user = { username: text(1), status: one(0, 1), password: text(1), description: text(), email: text(), home_dir: text(), uid: integer(0),
  gid: integer(0), max_sessions: integer(0), quota_size: integer(0), quota_files: integer(0), expiration_date: integer(0),
  permissions: (value, where) => value['/']?.length > 0 && Object.entries(value).every(([path, list]) => path.startsWith('/') && many(permission)(list, where)),
  virtual_folders: many(object({ name: text(1), virtual_path: (path) => path.startsWith('/'), quota_size: integer(-1), quota_files: integer(-1) })) };

export async function sftpgo({ apiKey, trouble, tls }) {
  const users = new Map(), folders = new Map(), disconnected = new Set();
  const seen = { put404: 0 };
  const having = (name) => [...users.values()].filter((one) => one.virtual_folders?.some((held) => held.name === name)).map((one) => one.username);
  const kinds = { users: [users, user, 'username'], folders: [folders, folder, 'name'] };

  const server = await listen({ trouble, tls, handle: async ({ method, url, headers, body }) => {
    if (headers['x-sftpgo-api-key'] !== apiKey) return [401];
    const [, kind, encoded] = /^\/api\/v2\/(\w+)(?:\/(.+))?$/.exec(url.pathname) ?? [];
    must(kind in kinds, `${url.pathname} is not known there`);
    const [all, schema, id] = kinds[kind], name = encoded && decodeURIComponent(encoded);
    if (method === 'GET') {
      const limit = Number(url.searchParams.get('limit') ?? 100), offset = Number(url.searchParams.get('offset') ?? 0);
      must(limit <= 500, 'a page has 500 at most');
      return [200, [...all.keys()].sort().slice(offset, offset + limit).map((key) => ({ ...all.get(key), ...(kind === 'folders' && { users: having(key) }) }))];
    }
    if (method === 'DELETE') return all.delete(name) ? [200, {}] : [404, {}];
    const given = JSON.parse(body);
    fits(given, schema, kind);
    if (method === 'PUT') {
      if (!all.has(name)) { seen.put404 += 1; return [404, {}]; }
      must(given[id] === name, 'the name differs');
    } else {
      must(method === 'POST' && !name, `${method} is not known there`);
      if (all.has(given[id])) return [409, {}];
      must(kind === 'folders' || given.permissions, 'a user has permissions');
    }
    const missing = given.virtual_folders?.find((held) => !folders.has(held.name));
    if (missing) return [500, {}];
    if (method === 'PUT' && url.searchParams.get('disconnect') === '1') disconnected.add(name);
    // A password that is not given stays.
    all.set(given[id], { ...given, password: given.password ?? all.get(given[id])?.password });
    return [method === 'POST' ? 201 : 200, {}];
  } });
  return { ...server, users, folders, disconnected, seen, having };
}
