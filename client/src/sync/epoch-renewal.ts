/** After a team's new key, or somebody new in it: the new epochs of every conversation that this concerns, one after the other and in sight. */

import { ApiError, Unreachable } from '../api/http.ts';
import { formatTime } from '../protocol/encoding.ts';
import { isId, type TeamId } from '../protocol/ids.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { rotationDue } from '../protocol/rotation.ts';
import type { ConversationList } from './conversation-list.ts';
import { ControlRefused, type ReadableConversation } from './control-reader.ts';
import type { Ground } from './ground.ts';
import { Observable } from './observable.ts';

/** Made at once: sealing is quick beside the way to the server, and other work goes on. */
const AT_ONCE = 4;

export class EpochRenewal extends Observable {
  /** How far it has come; null while nothing is under way. */
  progress: { readonly done: number; readonly all: number } | null = null;

  constructor(
    private readonly ground: Ground,
    private readonly list: ConversationList,
  ) {
    super();
  }

  /** What cannot be renewed now, such as without a connection, is renewed by whoever writes there next. */
  async run(teams: readonly TeamId[]): Promise<void> {
    if (teams.length === 0) return;
    await this.list.load();
    await this.renew(this.list.conversations.filter(({ readable }) => readable && (reads(readable, teams) || this.isDueApart(readable))));
  }

  /** Somebody new is in a team: where its people read in its place, they need a key of their own. */
  async letInApart(): Promise<void> {
    await this.list.load();
    await this.renew(this.list.conversations.filter(({ readable }) => readable && this.isDueApart(readable)));
  }

  private async renew(concerned: ConversationList['conversations']): Promise<void> {
    if (concerned.length === 0) return;
    this.become({ done: 0, all: concerned.length });
    const next = concerned.values();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const { id } of next) {
          await this.ground.writer.renew(id).catch(leaveToOthers);
          this.become({ done: (this.progress?.done ?? 0) + 1, all: concerned.length });
        }
      }),
    );
    this.become(null);
    await this.list.load();
  }

  /** Where somebody is blocked, who came to a team or left it is a reader more or less, whatever the team's key. */
  private isDueApart({ control, surroundings }: ReadableConversation): boolean {
    if (surroundings.consents.blocks.length === 0) return false;
    return rotationDue(control, { ...surroundings, teams: this.ground.teams.chains }, formatTime(new Date())) !== null;
  }

  private become(progress: EpochRenewal['progress']): void {
    this.progress = progress;
    this.changed();
  }
}

function reads({ control }: ReadableConversation, teams: readonly TeamId[]): boolean {
  return control.running.epoch.readers.some(({ reader }) => isId(reader, 'tea') && teams.includes(reader));
}

function leaveToOthers(error: unknown): void {
  if (error instanceof ApiError || error instanceof Unreachable || error instanceof ProtocolError || error instanceof ControlRefused) return;
  throw error;
}
