// Bundles every *.test.ts below a folder for the browser, each an entry of its own, with the page's runner and the workers.
//
//   node client/tests/harness/bundle.mjs TESTS OUTDIR
import { build } from 'esbuild';
import { copyFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const harness = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(harness, '../../..');
const [tests, outdir] = process.argv.slice(2).map((folder) => path.resolve(folder));

const listed = (folder, suffix) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(suffix))
    .sort()
    .map((name) => path.join(folder, name));

const workers = listed(path.join(root, 'client/src'), '-worker.ts');
const settings = {
  absWorkingDir: root,
  bundle: true,
  charset: 'utf8',
  logLevel: 'warning',
  nodePaths: [path.join(root, 'node_modules')], // for tests that lie outside the repository
  sourcemap: 'inline', // a failure names the line of its source
  target: ['es2023'],
};

await Promise.all([
  build({
    ...settings,
    chunkNames: 'chunks/[name]-[hash]',
    define: {
      BETWEEN_WORKERS: JSON.stringify(
        Object.fromEntries(workers.map((file) => path.basename(file, '.ts')).map((name) => [name, `/bundle/workers/${name}.js`])),
      ),
    },
    entryPoints: listed(tests, '.test.ts'),
    format: 'esm',
    outbase: tests,
    outdir,
    splitting: true,
  }),
  build({ ...settings, entryPoints: [path.join(harness, 'run.ts')], format: 'esm', outdir }),
  build({ ...settings, entryPoints: workers, entryNames: 'workers/[name]', format: 'iife', outdir }),
]);
copyFileSync(path.join(root, 'node_modules/mocha/mocha.js'), path.join(outdir, 'mocha.js'));
