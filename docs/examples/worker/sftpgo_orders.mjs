// Orders of SFTPGo, by what they are called.
import { ServiceError } from './http.mjs';
import * as sftpgo from './sftpgo.mjs';

export async function carryOut({ operation, payload }, secret, signal) {
  switch (operation) {
    case 'put_user': return sftpgo.putUser(payload, secret, signal);
    case 'disable_user': return sftpgo.disableUser(payload, signal);
    case 'delete_user': return sftpgo.deleteUser(payload, signal);
    default: throw new ServiceError(`sftpgo: ${operation} is not known to this worker`);
  }
}
