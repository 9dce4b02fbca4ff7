/** The care teams one may know of, verified, and the team keys that open what was sealed to one's own. */

import { getTeams, type TeamAnswer } from '../api/directory.ts';
import { fields } from '../api/answers.ts';
import { Unreachable } from '../api/http.ts';
import { b64u, formatTime } from '../protocol/encoding.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { isId, type AccountId, type TeamId } from '../protocol/ids.ts';
import { TEAM_ADMISSION, TEAM_CREATE, TEAM_GENERATION } from '../protocol/kinds/team.ts';
import { TEAM_APPOINTMENT, TEAM_CHANGE, TEAM_REMOVAL } from '../protocol/kinds/teamPeople.ts';
import { checkPinnedHead } from '../protocol/pins.ts';
import * as shape from '../protocol/shape.ts';
import { parseEnvelope, payloadType, peekBody, peekSigner, type Envelope } from '../protocol/statement.ts';
import type { Json } from '../protocol/strictJson.ts';
import { readersAt, stayAt, verifyTeamChain, type TeamChain, type Teams as TeamMap } from '../protocol/teamChain.ts';
import { openTeamKey, openTeamLink, type TeamKey } from '../protocol/teamKey.ts';
import { sealingKeyWithId, type DeviceSession } from './device-session.ts';
import { orAlarm, type Directory } from './directory.ts';

interface KnownTeam {
  readonly answer: TeamAnswer;
  readonly chain: TeamChain;
}

const readKeptTeam = fields({
  team: shape.id('tea'),
  name: shape.text,
  statements: shape.listOf(parseEnvelope),
  my_box: shape.orNull(fields({ statement: shape.hash, box: shape.bytes() })),
  links: shape.mapOf(shape.bytes()),
  waiting: shape.ids('acc'),
});

export class CareTeams {
  private readonly teams = new Map<TeamId, KnownTeam>();
  private readonly keys = new Map<string, TeamKey>();

  constructor(
    private readonly session: DeviceSession,
    private readonly directory: Directory,
  ) {}

  /** The verified teams, by id. */
  get chains(): TeamMap {
    return new Map([...this.teams].map(([team, { chain }]) => [team, chain]));
  }

  /** Staff who were invited into a team, joined, and hold no key of it. */
  waitingFor(team: TeamId): readonly AccountId[] {
    return this.teams.get(team)?.answer.waiting ?? [];
  }

  /** Fetches and verifies every team. One that does not verify is left out, and what is sealed to it does not verify either. */
  async load(): Promise<void> {
    const answers = await this.fetch();
    for (const answer of answers) {
      try {
        this.teams.set(answer.team, { answer, chain: await this.verify(answer) });
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.teams.delete(answer.team);
      }
    }
  }

  /** Whether this person reads for a team now: holds its running key and stands in it, as a member or as cover. */
  reads(team: TeamId): boolean {
    const chain = this.teams.get(team)?.chain;
    return chain !== undefined && readersAt(chain, formatTime(new Date())).includes(this.session.account);
  }

  /** Whether this person reads for a team for good, and so makes its keys and lets others in. */
  isMember(team: TeamId): boolean {
    const chain = this.teams.get(team)?.chain;
    return chain !== undefined && this.reads(team) && stayAt(chain, this.session.account, formatTime(new Date()))?.cover === null;
  }

  /** The private key of a generation, by its sealing key's id; null when this person does not hold it. */
  async keyWithId(team: TeamId, keyId: string): Promise<TeamKey | null> {
    const cached = this.keys.get(keyId);
    if (cached) return cached;
    const known = this.teams.get(team);
    const generation = known?.chain.generations.find(({ sealingKey }) => sealingKey.id === keyId);
    if (!known || !generation) return null;
    const key = await this.openGeneration(known, generation.number);
    if (key) this.keys.set(keyId, key);
    return key;
  }

  /** Opens the running key with one's own box, an older one with the link in the one after it. */
  private async openGeneration(known: KnownTeam, number: number): Promise<TeamKey | null> {
    const { team, generations } = known.chain;
    const generation = generations[number - 1];
    if (!generation) return null;
    const mine = generation.members.get(this.session.account);
    const box = known.answer.my_box?.box;
    const key = mine && sealingKeyWithId(this.session, mine.key);
    if (number === generations.length) {
      if (!mine || !box || !key) return null;
      return openTeamKey({ team, generation: number, teamKey: generation.sealingKey, member: mine }, key, box);
    }
    const [next, link] = [generations[number], known.answer.links[String(number + 1)]];
    const nextKey = next && (await this.keyWithId(team, next.sealingKey.id));
    if (!link || !nextKey) return null;
    return openTeamLink({ team, generation: number + 1, linkHash: next.link }, nextKey, generation.sealingKey, link);
  }

  private async verify({ team, statements }: TeamAnswer): Promise<TeamChain> {
    await this.directory.loadAll(namedAccounts(statements));
    const chain = await verifyTeamChain(statements, team, this.directory.clinic, this.directory.known);
    const { pins } = this.session;
    const pin = pins.now.teams[team];
    orAlarm(team, () => { checkPinnedHead(pin?.head, chain.hashes); });
    const head = chain.hashes.at(-1) ?? '';
    if (head !== pin?.head) {
      const entry = { head, generation: chain.generations.length };
      await pins.change((before) => ({ ...before, teams: { ...before.teams, [team]: entry } }));
    }
    return chain;
  }

  private async fetch(): Promise<readonly TeamAnswer[]> {
    const { store } = this.session;
    try {
      const answers = await getTeams();
      await store.write({ store: 'directory', name: 'teams', value: answers.map(keptTeam) });
      return answers;
    } catch (error) {
      const kept = error instanceof Unreachable ? await store.get<Json>('directory', 'teams') : null;
      if (kept === null) throw error;
      return shape.listOf(readKeptTeam)(kept);
    }
  }
}

function keptTeam(answer: TeamAnswer): Json {
  const { team, name, statements, my_box: mine, links, waiting } = answer;
  return {
    ...{ team, name, waiting },
    statements: statements as unknown as Json,
    my_box: mine && { statement: mine.statement, box: b64u(mine.box) },
    links: Object.fromEntries(Object.entries(links).map(([generation, link]) => [generation, b64u(link)])),
  };
}

/** Whom a team's statements name, **unverified**: whose chains to load before they are verified. */
export function namedAccounts(statements: readonly Envelope[]): readonly AccountId[] {
  return statements.flatMap((statement) => {
    try {
      const signer = peekSigner(statement).account;
      return [...(signer ? [signer] : []), ...namedInBody(statement)].filter((account) => isId(account, 'acc'));
    } catch {
      return [];
    }
  });
}

function namedInBody(statement: Envelope): readonly AccountId[] {
  switch (statement.type) {
    case payloadType(TEAM_CREATE.kind):
      return [peekBody(statement, TEAM_CREATE).manager];
    case payloadType(TEAM_GENERATION.kind):
      return peekBody(statement, TEAM_GENERATION).members.map(({ account }) => account);
    case payloadType(TEAM_ADMISSION.kind):
      return [peekBody(statement, TEAM_ADMISSION).account];
    case payloadType(TEAM_CHANGE.kind):
      return peekBody(statement, TEAM_CHANGE).managers;
    case payloadType(TEAM_APPOINTMENT.kind):
      return [peekBody(statement, TEAM_APPOINTMENT).account];
    case payloadType(TEAM_REMOVAL.kind):
      return [peekBody(statement, TEAM_REMOVAL).account];
    default:
      return [];
  }
}
