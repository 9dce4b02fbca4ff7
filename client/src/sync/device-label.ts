/** What this device calls itself in the list of devices: the browser and the system, and nothing that would single it out. */

const BROWSERS = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['SamsungBrowser/', 'Samsung Internet'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const;

const SYSTEMS = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'Mac'],
  ['CrOS', 'ChromeOS'],
  ['Linux', 'Linux'],
] as const;

function named(signs: readonly (readonly [string, string])[], agent: string): string | null {
  return signs.find(([sign]) => agent.includes(sign))?.[1] ?? null;
}

/** For example "Firefox, Android". Names of products, the same in every language. */
export function deviceLabel(agent: string = navigator.userAgent): string {
  return [named(BROWSERS, agent) ?? 'Browser', named(SYSTEMS, agent)].filter((part) => part !== null).join(', ');
}
