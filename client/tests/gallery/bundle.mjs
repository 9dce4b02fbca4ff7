// Bundles the gallery and the style sheet for the browser.
//
//   node client/tests/gallery/bundle.mjs OUTDIR
import { build } from 'esbuild';
import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../../..');
const outdir = path.resolve(process.argv[2]);

await build({
  absWorkingDir: root,
  bundle: true,
  charset: 'utf8',
  entryPoints: { app: path.join(root, 'client/src/styles/index.css'), gallery: path.join(here, 'gallery.ts') },
  format: 'esm',
  logLevel: 'warning',
  outdir,
  splitting: true,
  target: ['es2023'],
});
copyFileSync(path.join(here, 'gallery.html'), path.join(outdir, 'gallery.html'));
writeFileSync(path.join(outdir, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>'); // else the browser asks for one and reports its absence
copyFileSync(path.join(root, 'node_modules/axe-core/axe.min.js'), path.join(outdir, 'axe.js'));
