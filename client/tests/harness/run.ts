/**
 * Runs one test file with mocha in its own page and leaves what happened for the driver (tests/client/browser_units.py) to
 * read. The page's address names the file: `?file=/bundle/log/tree.test.js`.
 */

/** What became of one test, or of a hook that failed. */
interface Outcome {
  /** Its full title, the describes' before its own. */
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'pending';
  readonly error: string | null;
}

declare global {
  interface Window {
    /** Everything that ran, once all of it has; rejects when the file cannot be loaded. */
    testOutcomes?: Promise<Outcome[]>;
  }
}

const MILLISECONDS_PER_TEST = 30_000;

const outcomes: Outcome[] = [];

function record(test: Mocha.Runnable, state: Outcome['state'], error: unknown = null): void {
  outcomes.push({ title: test.fullTitle(), state, error: error === null ? null : textOf(error) });
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = `${error.name}: ${error.message}`;
  return error.stack?.includes(error.message) ? error.stack : `${message}\n${error.stack ?? ''}`;
}

/** A reporter for mocha, whose own write HTML: the page has no element to report into, and its policy forbids it. */
function Recorder(runner: Mocha.Runner): void {
  runner.on('pass', (test) => { record(test, 'passed'); });
  runner.on('pending', (test) => { record(test, 'pending'); });
  runner.on('fail', (test, error: unknown) => { record(test, 'failed', error); });
}

function recordViolation({ violatedDirective, sourceFile, lineNumber }: SecurityPolicyViolationEvent): void {
  const error = `${violatedDirective} refused what ${sourceFile} did in line ${lineNumber}`;
  outcomes.push({ title: 'Content-Security-Policy', state: 'failed', error });
}

/** Violations are reported later, in order: one of our own comes after all of the tests'. */
async function everyViolationReported(): Promise<void> {
  document.removeEventListener('securitypolicyviolation', recordViolation);
  const refused = 'https://refused.invalid/';
  await new Promise<void>((resolve) => {
    document.addEventListener('securitypolicyviolation', (event) => {
      if (event.blockedURI === refused) resolve();
      else recordViolation(event);
    });
    new Image().src = refused;
  });
}

async function run(): Promise<Outcome[]> {
  const file = new URLSearchParams(location.search).get('file') ?? '';
  if (!/^\/bundle\/[\w/.-]+\.test\.js$/.test(file)) throw new Error(`not a test file: ${file}`);
  mocha.setup({ forbidOnly: true, reporter: Recorder as unknown as Mocha.ReporterConstructor, timeout: MILLISECONDS_PER_TEST, ui: 'bdd' });
  document.addEventListener('securitypolicyviolation', recordViolation);
  await import(file);
  await new Promise((resolve) => { mocha.run(resolve); });
  await everyViolationReported();
  return outcomes;
}

window.addEventListener('unhandledrejection', ({ reason }) => {
  outcomes.push({ title: 'a promise that nobody awaited', state: 'failed', error: textOf(reason) });
});
window.testOutcomes = run();

export {};
