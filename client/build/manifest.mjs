// What the build says of its own files: integrity, the bundle hash, the weight of each page.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** Bytes of JavaScript, gzipped, that the first page may ask a phone to fetch. */
export const FIRST_PAGE_BUDGET = 120 * 1024;

const sha = (algorithm, bytes, encoding) => createHash(algorithm).update(bytes).digest(encoding);
const byName = ([a], [b]) => (a < b ? -1 : 1);

/** SHA-256, in hex, over the lines "path sha256\n" in the order of their paths. */
export function bundleHash(files) {
  const lines = [...files].sort(byName).map(([name, bytes]) => `${name} ${sha('sha256', bytes, 'hex')}\n`);
  return sha('sha256', lines.join(''), 'hex');
}

/** The Subresource Integrity value of one file. */
export const integrity = (bytes) => `sha384-${sha('sha384', bytes, 'base64')}`;

export const describe = (files) =>
  Object.fromEntries([...files].sort(byName).map(([name, bytes]) => [name, { bytes: bytes.length, integrity: integrity(bytes), sha256: sha('sha256', bytes, 'hex') }]));

/** The file and all it imports statically, in the order a browser needs them. */
export function staticClosure(outputs, file) {
  const found = new Set([file]);
  for (const one of found) {
    for (const edge of outputs.get(one)?.imports ?? []) {
      if (edge.kind === 'import-statement' && !edge.external) found.add(edge.path.replace(/^dist\//, ''));
    }
  }
  return [...found];
}

/** One line a page: its JavaScript gzipped, before anything is loaded lazily. */
export function firstPageReport(manifest, files) {
  return Object.entries(manifest.entries).map(([name, entry]) => {
    const bytes = [entry.file, ...entry.imports].reduce((sum, one) => sum + gzipSync(files.get(one), { level: 9 }).length, 0);
    return `page ${name} ${bytes} bytes gzipped of ${FIRST_PAGE_BUDGET}`;
  });
}
