/** The service worker that serves the shell without a connection. */

interface ScriptUrlPolicy {
  createScriptURL(url: string): string;
}

const ADDRESS = '/service-worker.js';

function checkedAddress(url: string): string {
  if (url !== ADDRESS) throw new TypeError('not the service worker of this client');
  return url;
}

/** Registers it where browsers have such; without it the client works, only not without a connection. */
export async function registerServiceWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const { trustedTypes } = globalThis as { trustedTypes?: { createPolicy(name: string, rules: ScriptUrlPolicy): ScriptUrlPolicy } };
  const policy = trustedTypes?.createPolicy('between-service-worker', { createScriptURL: checkedAddress });
  try {
    await navigator.serviceWorker.register(policy?.createScriptURL(ADDRESS) ?? ADDRESS, { scope: '/' });
  } catch {
    // Private windows and full disks have none; nothing else depends on it.
  }
}
