// Bundles the pages of the measurements for the browser, with the client's own workers and theirs. Nothing of it is in the product.
//
//   node bench/browser/bundle.mjs OUTDIR
import { build } from 'esbuild';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const outdir = path.resolve(process.argv[2]);

const workersOf = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('-worker.ts'))
    .map((name) => path.join(folder, name));

const workers = [...workersOf(path.join(root, 'client/src')), ...workersOf(here)];
/** As the product is built: what is measured is what people get. */
const settings = { absWorkingDir: root, bundle: true, charset: 'utf8', logLevel: 'warning', minify: true, target: ['es2023'] };

await build({
  ...settings,
  define: {
    BETWEEN_WORKERS: JSON.stringify(
      Object.fromEntries(workers.map((file) => path.basename(file, '.ts')).map((name) => [name, `/bundle/workers/${name}.js`])),
    ),
  },
  entryPoints: ['reading.ts', 'hashing.ts', 'sealing.ts'].map((name) => path.join(here, name)),
  format: 'esm',
  outdir,
});
await build({ ...settings, entryPoints: workers, entryNames: 'workers/[name]', format: 'iife', outdir });
