/** The live connection: Socket.IO over a WebSocket (docs/api.md, Sockets). What it brings is a hint or a message to verify, never the truth. */

import { io, type Socket } from 'socket.io-client';

import type { ConversationId } from '../protocol/ids.ts';
import type { MessageWire } from '../protocol/message.ts';
import * as shape from '../protocol/shape.ts';
import type { Json, JsonObject } from '../protocol/strictJson.ts';
import { fields, type Read, type Reader } from './answers.ts';
import { readSent, readServedMessage, type Sent } from './conversations.ts';
import { ApiError, Unreachable } from './http.ts';

const readChange = fields({ conversation: shape.id('cnv'), last_sequence: shape.integer(0), control_head: shape.hash });

/** A conversation has a new head or new messages. */
export type ConversationChange = Read<typeof readChange>;

const EVENTS = {
  'message:new': fields({ conversation: shape.id('cnv'), message: readServedMessage }),
  'conversations:changed': fields({ changed: shape.listOf(readChange) }),
  'conversation:closed': fields({ conversation: shape.id('cnv') }),
  'receipt:changed': fields({
    conversation: shape.id('cnv'),
    account: shape.id('acc'),
    delivered: shape.integer(0),
    read: shape.integer(0),
  }),
  'typing:changed': fields({ conversation: shape.id('cnv'), account: shape.orNull(shape.id('acc')), typing: shape.flag }),
  'message:erased': fields({ conversation: shape.id('cnv'), id: shape.id('msg') }),
  'team:changed': fields({ team: shape.id('tea') }),
  'emergency:changed': fields({ emergency: shape.id('eme'), patient: shape.id('acc') }),
  /** The service itself may not have heard everything: whatever is kept is to be asked for again. */
  'events:missed': fields({}),
  'session:ended': fields({ reason: shape.text }),
} as const;

export type LiveEvents = { readonly [K in keyof typeof EVENTS]: Read<(typeof EVENTS)[K]> };
export type LiveEvent = keyof LiveEvents;

/** What a live connection tells; each part may be left out. */
export type LiveListeners = { readonly [K in LiveEvent]?: (event: LiveEvents[K]) => void } & {
  /** After each connection made, the first included: what happened in between has to be fetched. */
  readonly connected?: () => void;
  readonly disconnected?: () => void;
};

const PATIENCE = 15_000;
const readAnswer = fields({ ok: shape.flag });
const readRefusal = fields({ error: fields({ code: shape.text, message: shape.text }) });

export class LiveConnection {
  private readonly socket: Socket;

  constructor(listeners: LiveListeners) {
    this.socket = io({ transports: ['websocket'], withCredentials: true, autoConnect: false, reconnectionDelayMax: 10_000 });
    for (const name of Object.keys(EVENTS) as LiveEvent[]) this.listen(name, listeners[name] as ((event: unknown) => void) | undefined);
    this.socket.on('connect', () => { listeners.connected?.(); });
    this.socket.on('disconnect', () => { listeners.disconnected?.(); });
    this.socket.on('connect_error', () => { listeners.disconnected?.(); });
  }

  connect(): void {
    this.socket.connect();
  }

  /** The device is online again: try now, and not when the pause after the last failure is over. */
  hurry(): void {
    if (!this.socket.connected) this.socket.disconnect().connect();
  }

  close(): void {
    this.socket.disconnect();
  }

  get connected(): boolean {
    return this.socket.connected;
  }

  /** Asks for a conversation's live events; needs a running lease. Gives its newest sequence. */
  async follow(conversation: ConversationId): Promise<number> {
    return (await this.ask('conversation:follow', { conversation }, fields({ last_sequence: shape.integer(0) }))).last_sequence;
  }

  /** Sends a message; answered after it is durable. @throws ApiError, Unreachable */
  send(conversation: ConversationId, message: MessageWire): Promise<Sent> {
    return this.ask('message:send', { conversation, ...message }, readSent);
  }

  receipt(conversation: ConversationId, delivered: number, read: number): Promise<unknown> {
    return this.ask('receipt:send', { conversation, delivered, read }, readAnswer);
  }

  typing(conversation: ConversationId, typing: boolean): void {
    // Nobody waits for this one, and a lost one is repeated by the next key.
    if (this.socket.connected) this.socket.emit('typing', { conversation, typing });
  }

  leave(conversation: ConversationId, first: number, last: number): Promise<unknown> {
    return this.ask('conversation:leave', { conversation, first, last }, readAnswer);
  }

  private listen(name: LiveEvent, listener: ((event: unknown) => void) | undefined): void {
    if (!listener) return;
    this.socket.on(name, (data: Json) => {
      try {
        listener(EVENTS[name](data));
      } catch {
        // A malformed event tells nothing; what it was about is fetched with the next sync.
      }
    });
  }

  private async ask<T>(event: string, data: JsonObject, reader: Reader<T>): Promise<T> {
    if (!this.socket.connected) throw new Unreachable('not connected');
    const answer = await this.answered(event, data);
    if (readAnswer(answer).ok) return reader(answer);
    const { code, message } = readRefusal(answer).error;
    throw new ApiError(400, code, message);
  }

  private async answered(event: string, data: JsonObject): Promise<Json> {
    try {
      return (await this.socket.timeout(PATIENCE).emitWithAck(event, data)) as Json;
    } catch {
      throw new Unreachable('no answer');
    }
  }
}
