/** What the build knows and puts in as constants (client/build.mjs). */

/** Address of each worker's file by its source name; the only addresses the worker policy of Trusted Types lets through. */
declare const BETWEEN_WORKERS: Readonly<Record<'password-worker' | 'verify-worker', string>>;

/** What the service worker keeps for offline use: addresses, and the SHA-256 over the lines "path sha256" of those files. */
declare const BETWEEN_SHELL: { readonly files: readonly string[]; readonly hash: string };
