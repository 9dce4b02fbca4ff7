/** The public suites of tests/vectors, as the harness serves them. */

export async function vectors<T>(name: string): Promise<T> {
  return (await vectorResponse(name)).json() as Promise<T>;
}

export async function vectorText(name: string): Promise<string> {
  return (await vectorResponse(name)).text();
}

async function vectorResponse(name: string): Promise<Response> {
  const response = await fetch(`/vectors/${name}`);
  if (!response.ok) throw new Error(`no vectors called ${name}`);
  return response;
}

export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** The `code` of what a promise rejects with, or `null` when it resolves. */
export async function refusalOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return null;
  } catch (error) {
    return (error as { code?: unknown }).code ?? error;
  }
}
