/**
 * The browser runs workers from the exact addresses that the build made, and no other: with Trusted Types a worker's address passes through a
 * policy, and this one knows the list.
 */

export type WorkerName = keyof typeof BETWEEN_WORKERS;

interface ScriptUrlPolicy {
  createScriptURL(url: string): string;
}

interface TrustedTypes {
  createPolicy(name: string, rules: ScriptUrlPolicy): ScriptUrlPolicy;
}

/** @throws TypeError for any address that is not a worker's. */
function checkedAddress(url: string): string {
  if (!Object.values(BETWEEN_WORKERS).includes(url)) throw new TypeError('not a worker of this client');
  return url;
}

let policy: ScriptUrlPolicy | null = null;

function addressPolicy(): ScriptUrlPolicy {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  policy ??= trustedTypes?.createPolicy('between-worker', { createScriptURL: checkedAddress }) ?? { createScriptURL: checkedAddress };
  return policy;
}

/** Starts one of the client's workers. */
export function startWorker(name: WorkerName): Worker {
  return new Worker(addressPolicy().createScriptURL(BETWEEN_WORKERS[name]), { name });
}
