// Integrity for code that is loaded later. A dynamic import carries no integrity of its own, and an import map that
// could carry it would have to stand inline in the page. So each import("./chunk.js") in the output first preloads the
// chunk, and what the chunk imports, with its integrity; the browser refuses altered bytes before any of them runs.
import { integrity, staticClosure } from './manifest.mjs';

const LOADER = `
function checkedImport(files,load){return Promise.all(files.map(([path,integrity])=>new Promise((done,failed)=>{
const href=new URL(path,import.meta.url).href;
if([...document.querySelectorAll("link[rel=modulepreload]")].some(link=>link.href===href))return done();
const link=document.createElement("link");link.rel="modulepreload";link.crossOrigin="anonymous";link.integrity=integrity;link.href=href;
link.onload=()=>done();link.onerror=()=>{link.remove();failed(new TypeError("code did not load unchanged"))};
document.head.append(link)}))).then(load)}
`.replaceAll('\n', '');

const short = (path) => path.replace(/^dist\//, '');
const dynamicTargets = (outputs, name) => (outputs.get(name)?.imports ?? []).filter((edge) => edge.kind === 'dynamic-import').map((edge) => short(edge.path));
const staticTargets = (outputs, name) => (outputs.get(name)?.imports ?? []).filter((edge) => edge.kind === 'import-statement').map((edge) => short(edge.path));

/** File names so that each stands after everything whose integrity it has to state. */
function afterWhatTheyLoad(outputs, names) {
  const order = [];
  const state = new Map();
  const visit = (name, path) => {
    if (state.get(name) === 'done') return;
    // A loop through a dynamic import would need a file to hold its own hash.
    if (state.get(name) === 'open') throw new Error(`dynamic import in a circle: ${[...path, name].join(' → ')}`);
    state.set(name, 'open');
    for (const target of dynamicTargets(outputs, name)) for (const one of staticClosure(outputs, target)) visit(one, [...path, name]);
    state.set(name, 'done');
    order.push(name);
  };
  for (const name of names) visit(name, []);
  return order;
}

/** The same files with every dynamic import preceded by a check of what it loads. */
export function withCheckedImports(files, outputs) {
  const checked = new Map(files);
  for (const name of afterWhatTheyLoad(outputs, [...files.keys()].filter((one) => one.endsWith('.js')).sort())) {
    const targets = [...new Set(dynamicTargets(outputs, name))];
    if (targets.length === 0) continue;
    const here = new Set([name, ...staticTargets(outputs, name)]);
    let code = checked.get(name).toString('utf8');
    for (const target of targets) {
      const wanted = staticClosure(outputs, target).filter((one) => !here.has(one));
      const list = JSON.stringify(wanted.map((one) => [`./${one}`, integrity(checked.get(one))]));
      const call = `import("./${target}")`;
      if (!code.includes(call)) throw new Error(`${name}: cannot find ${call}`);
      code = code.replaceAll(call, `checkedImport(${list},()=>${call})`);
    }
    checked.set(name, Buffer.from(code + LOADER));
  }
  return checked;
}
