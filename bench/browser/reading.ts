/**
 * The page of `python -m bench reading`: messages written as the client writes them, then read by the client's own worker and, in turns, by bare
 * WebCrypto. The clinic is the invented one of the shared vectors.
 */

import type { ServedMessage } from '../../client/src/api/conversations.ts';
import type { ContentKey } from '../../client/src/protocol/content.ts';
import { randomBytes, type Bytes } from '../../client/src/protocol/encoding.ts';
import { newId } from '../../client/src/protocol/ids.ts';
import { signingKeyOfSeed, type SigningKey } from '../../client/src/protocol/keys.ts';
import { messageHash, messageSignedBytes, messageWire, parseHeader, writeMessage, type Header, type Message } from '../../client/src/protocol/message.ts';
import { writeJson, type Json } from '../../client/src/protocol/strictJson.ts';
import { Verifier } from '../../client/src/sync/verifier.ts';
import type { ReadingData } from '../../client/src/sync/verifying.ts';
import { startWorker, type WorkerName } from '../../client/src/keystore/workers.ts';
import { fromHex, vectors } from '../../client/tests/protocol/publicVectors.ts';
import { readingOf, type ReadingJson } from '../../client/tests/protocol/world.ts';
import type { BareMessage, BareRequest, BareVariant } from './bare.ts';
import { gapsDuring, type Gaps } from './gaps.ts';

/** As many as the client asks the server for at once when it catches up. */
const PAGE = 200;
const TEXT = 'I missed two doses at the weekend, do I double up? My pressure was 148/92 this morning. '.repeat(3);

interface MessageFile {
  readonly reading: ReadingJson;
  readonly written: readonly { readonly name: string; readonly header: Json; readonly signing_seed_hex: string }[];
}

interface Subject {
  readonly reading: ReadingData;
  readonly served: readonly ServedMessage[];
  readonly bare: readonly BareMessage[];
  readonly keys: Omit<Extract<BareRequest, { type: 'keys' }>, 'type' | 'variant'>;
}

export interface Round extends Gaps {
  readonly milliseconds: number;
}

let subject: Subject | null = null;

async function write(count: number, first: Header, key: ContentKey, signing: SigningKey): Promise<readonly Message[]> {
  const messages: Message[] = [];
  let previous: string | null = null;
  for (let number = 1; number <= count; number += 1) {
    const header: Header = { ...first, id: newId('msg'), device_sequence: number, device_previous: previous };
    const message = await writeMessage(header, { type: 'text', text: TEXT }, key, signing);
    previous = await messageHash(message);
    messages.push(message);
  }
  return messages;
}

/** The same bytes for WebCrypto alone, under one key: a chunk of the same length, the same signature. */
async function bareOf(message: Message, key: CryptoKey): Promise<BareMessage> {
  const chunk = (message.ciphertext?.length ?? 0) - 56 - 16;
  const ciphertext: Bytes = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, key, randomBytes(chunk)));
  return { ciphertext, signed: messageSignedBytes(message), signature: message.signature };
}

/** Writes `count` messages; how many bytes they have on the wire. */
async function prepare(count: number): Promise<number> {
  const file = await vectors<MessageFile>('ours/messages.json');
  const reading = await readingOf(file.reading);
  const [written] = file.written;
  const header = parseHeader(writeJson(written?.header ?? null));
  const signing = await signingKeyOfSeed(fromHex(written?.signing_seed_hex ?? ''));
  const key = reading.epochKeys.get(header.epoch);
  if (!key) throw new Error('no key of that epoch');
  const messages = await write(count, header, key, signing);
  const opening = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  const answer = messages.map((message, at): ServedMessage => ({
    ...messageWire(message),
    ...{ sequence: at + 1, received: header.time, ciphertext_hash: null },
  }));
  const served = JSON.parse(JSON.stringify(answer)) as ServedMessage[]; // as an answer of the server lies in memory: whole texts, not joined pieces
  const keys = { verifying: signing.public.handle, opening, deriving: key.prk };
  subject = { reading, served, keys, bare: await Promise.all(messages.map((message) => bareOf(message, opening))) };
  return served.reduce((bytes, one) => bytes + one.header.length + (one.ciphertext?.length ?? 0) + one.signature.length, 0);
}

function pagesOf<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / PAGE) }, (_, page) => all.slice(page * PAGE, (page + 1) * PAGE));
}

async function timed(work: () => Promise<void>): Promise<Round> {
  const began = performance.now();
  let ended = began;
  const gaps = await gapsDuring(async () => {
    await work();
    ended = performance.now();
  });
  return { milliseconds: ended - began, ...gaps };
}

/** Reads all of it as the client does, with fresh workers that remember nothing; `workers` as many as the client takes where it is not said. */
async function readAsClient(workers?: number): Promise<Round> {
  if (!subject) throw new Error('nothing is prepared');
  const { reading, served } = subject;
  const verifier = new Verifier(workers);
  verifier.prepare(reading.control.conversation, reading);
  await verifier.judge(reading.control.conversation, served.slice(0, 2));
  const round = await timed(async () => {
    for (const page of pagesOf(served)) {
      const verdicts = await verifier.judge(reading.control.conversation, page);
      if (!verdicts.every(({ verified }) => verified)) throw new Error('a message was not verified');
    }
  });
  verifier.stop();
  return round;
}

/** The same with bare WebCrypto. */
async function readBare(variant: BareVariant, count: number): Promise<Round> {
  if (!subject) throw new Error('nothing is prepared');
  const { bare, keys } = subject;
  const workers = Array.from({ length: count }, () => startWorker('bare-worker' as WorkerName));
  const open = (page: readonly BareMessage[]): Promise<unknown> =>
    Promise.all(workers.map((worker, place) => openedBy(worker, page.filter((_, at) => at % count === place))));
  for (const worker of workers) worker.postMessage({ type: 'keys', ...keys, variant } satisfies BareRequest);
  await open(bare.slice(0, 2));
  const round = await timed(async () => {
    for (const page of pagesOf(bare)) await open(page);
  });
  for (const worker of workers) worker.terminate();
  return round;
}

function openedBy(worker: Worker, messages: readonly BareMessage[]): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.onmessage = () => { resolve(); };
    worker.onerror = () => { reject(new Error('the bare worker failed')); };
    worker.postMessage({ type: 'open', messages } satisfies BareRequest);
  });
}

const bench = { prepare, readAsClient, readBare };
Object.assign(globalThis, { bench });
