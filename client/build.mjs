// Builds the browser client into messenger/static/dist: hashed names, integrity of every file, one bundle hash.
//
//   node client/build.mjs [--outdir DIR]
//
// The same sources give the same bytes, so anyone can rebuild and compare the printed bundle hash.
import { build } from 'esbuild';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { withCheckedImports } from './build/checked-imports.mjs';
import { bundleHash, describe, firstPageReport, staticClosure } from './build/manifest.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const source = path.join(root, 'client', 'src');

/** Every setting that shapes the bytes; no source map, no banner, no date. */
const settings = {
  absWorkingDir: root,
  bundle: true,
  charset: 'utf8',
  legalComments: 'external', // licences ask that their notice travels with the code
  logLevel: 'warning',
  metafile: true,
  minify: true,
  outdir: 'dist',
  platform: 'browser',
  target: ['es2023'],
  treeShaking: true,
  write: false,
};

const listed = (folder, suffix) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true })
        .map(String)
        .filter((name) => name.endsWith(suffix))
        .sort()
        .map((name) => path.join(folder, name))
    : [];

/** Outputs of one esbuild run as Map(file name → bytes), with its metafile's outputs by the same names. */
async function bundle(options) {
  const result = await build({ ...settings, ...options });
  if (result.warnings.length > 0) throw new Error('esbuild warned; nothing is built from doubtful sources');
  const base = path.join(root, 'dist') + path.sep;
  const files = new Map(result.outputFiles.map((file) => [file.path.slice(base.length), Buffer.from(file.contents)]));
  for (const [name, bytes] of files) if (name.endsWith('.LEGAL.txt') && bytes.length === 0) files.delete(name);
  const outputs = new Map(Object.entries(result.metafile.outputs).map(([name, value]) => [name.replace(/^dist\//, ''), value]));
  return { files, outputs };
}

const entryOf = (outputs, entry) =>
  [...outputs].find(([, output]) => output.entryPoint === path.relative(root, entry).split(path.sep).join('/'))?.[0];

/** Workers carry no chunks: one file each, so that one exact address is what Trusted Types lets through. */
async function bundleWorkers() {
  const entryPoints = listed(source, '-worker.ts').filter((file) => path.dirname(file) !== source);
  if (entryPoints.length === 0) return { files: new Map(), workers: {} };
  const built = await bundle({ entryPoints, entryNames: '[name]-[hash]', format: 'iife' });
  const workers = Object.fromEntries(entryPoints.map((entry) => [path.basename(entry, '.ts'), entryOf(built.outputs, entry)]));
  return { files: built.files, workers };
}

async function bundlePages(workers) {
  const entryPoints = listed(path.join(source, 'pages'), '.ts').filter((file) => path.dirname(file) === path.join(source, 'pages'));
  if (entryPoints.length === 0) return { files: new Map(), entries: {}, outputs: new Map() };
  const built = await bundle({
    entryPoints,
    chunkNames: 'chunk-[hash]',
    define: { BETWEEN_WORKERS: JSON.stringify(addressed(workers)) },
    entryNames: '[name]-[hash]',
    format: 'esm',
    splitting: true,
  });
  const files = withCheckedImports(built.files, built.outputs);
  const entries = Object.fromEntries(entryPoints.map((entry) => [path.basename(entry, '.ts'), entryOf(built.outputs, entry)]));
  return { files, entries, outputs: built.outputs };
}

const addressed = (byName) => Object.fromEntries(Object.entries(byName).map(([name, file]) => [name, `/static/dist/${file}`]));

/** One sheet: styles/index.css decides the order where it exists, else the names do. */
async function bundleStyles() {
  const folder = path.join(source, 'styles');
  const index = path.join(folder, 'index.css');
  const sheets = existsSync(index) ? [index] : listed(folder, '.css');
  if (sheets.length === 0) return { files: new Map(), stylesheet: null };
  const contents = sheets.map((sheet) => `@import "./${path.relative(folder, sheet).split(path.sep).join('/')}";`).join('\n');
  const built = await bundle({
    entryNames: 'app-[hash]',
    loader: { '.woff2': 'file' },
    stdin: { contents, loader: 'css', resolveDir: folder, sourcefile: 'app.css' },
  });
  return { files: built.files, stylesheet: [...built.files.keys()].find((name) => name.endsWith('.css')) };
}

/** The service worker keeps one unhashed name; it knows the shell's files and a hash over them. */
async function bundleServiceWorker(shellFiles) {
  const entry = path.join(source, 'service-worker.ts');
  if (!existsSync(entry)) return new Map();
  const shell = {
    files: [...shellFiles.keys()].filter((name) => !name.endsWith('.LEGAL.txt')).sort().map((name) => `/static/dist/${name}`),
    hash: bundleHash(shellFiles),
  };
  const built = await bundle({ define: { BETWEEN_SHELL: JSON.stringify(shell) }, entryNames: '[name]', entryPoints: [entry], format: 'iife' });
  return built.files;
}

function write(outdir, files) {
  const fresh = `${outdir}.new-${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  for (const [name, bytes] of files) {
    mkdirSync(path.dirname(path.join(fresh, name)), { recursive: true });
    writeFileSync(path.join(fresh, name), bytes);
  }
  rmSync(outdir, { force: true, recursive: true });
  mkdirSync(path.dirname(outdir), { recursive: true });
  renameSync(fresh, outdir);
}

const { values } = parseArgs({ options: { outdir: { type: 'string', default: path.join(root, 'messenger', 'static', 'dist') } } });
const workers = await bundleWorkers();
const pages = await bundlePages(workers.workers);
const styles = await bundleStyles();
const shell = new Map([...workers.files, ...pages.files, ...styles.files].sort(([a], [b]) => (a < b ? -1 : 1)));
const files = new Map([...shell, ...(await bundleServiceWorker(shell))]);
const manifest = {
  bundle: bundleHash(files),
  entries: Object.fromEntries(
    Object.entries(pages.entries).map(([name, file]) => [name, { file, imports: staticClosure(pages.outputs, file).filter((one) => one !== file) }]),
  ),
  files: describe(files),
  stylesheet: styles.stylesheet,
  workers: workers.workers,
};
write(path.resolve(values.outdir), new Map([...files, ['manifest.json', Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`)]]));
for (const line of firstPageReport(manifest, files)) console.log(line);
console.log(`bundle ${manifest.bundle}`);
