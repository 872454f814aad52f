// Orders of the object store, by what they are called.
import { ServiceError } from './http.mjs';
import * as admin from './minio_admin.mjs';
import * as store from './object_store.mjs';

const operations = {
  create_bucket: (payload, secret, signal) => store.createBucket(payload, signal),
  delete_bucket: (payload, secret, signal) => store.deleteBucket(payload, signal),
  set_versioning: (payload, secret, signal) => store.setVersioning(payload, signal),
  set_lifecycle: (payload, secret, signal) => store.setLifecycle(payload, signal),
  remove_lifecycle: (payload, secret, signal) => store.removeLifecycle(payload, signal),
  set_bucket_quota: (payload, secret, signal) => admin.setBucketQuota(payload, signal),
  update_service_account: (payload, secret, signal) => admin.updateServiceAccount(payload, signal),
  delete_service_account: (payload, secret, signal) => admin.deleteServiceAccount(payload, signal),
  async add_service_account(payload, secret, signal) {
    const known = await secret();
    // Revoked meanwhile: the order that deletes it follows.
    if (known !== undefined) await admin.addServiceAccount(payload, known, signal);
  },
};

export async function carryOut(order, secret, signal) {
  const operation = operations[order.operation];
  if (!operation) throw new ServiceError(`minio: ${order.operation} is not known to this worker`);
  await operation(order.payload, secret, signal);
}
