/** The invented clinic of tests/vectors/ours/chains.json, verified: what other chains and messages are judged by. */

import { verifyAccountChain, type AccountChain } from '../../src/protocol/accountChain.ts';
import { verifyClinicChain, type ClinicChain } from '../../src/protocol/clinicChain.ts';
import { verifyConsentChain } from '../../src/protocol/consentChain.ts';
import { contentKey } from '../../src/protocol/content.ts';
import { verifyControlChain, type Surroundings } from '../../src/protocol/controlChain.ts';
import type { AccountId, ConversationId, TeamId } from '../../src/protocol/ids.ts';
import { parseEnvelope, type Envelope } from '../../src/protocol/statement.ts';
import type { Json } from '../../src/protocol/strictJson.ts';
import { verifyTeamChain, type TeamChain } from '../../src/protocol/teamChain.ts';
import type { ReadingData } from '../../src/sync/verifying.ts';
import { fromHex, vectors } from './publicVectors.ts';

export interface WorldJson {
  clinic_key: string;
  clinic: Json[];
  accounts: Record<AccountId, { name: string; role: string; inviter: AccountId | null; statements: Json[] }>;
  teams: Record<TeamId, Json[]>;
}

export interface World {
  readonly clinic: ClinicChain;
  readonly chains: ReadonlyMap<AccountId, AccountChain>;
  readonly accounts: (account: AccountId) => AccountChain | null;
  readonly teams: ReadonlyMap<TeamId, TeamChain>;
}

export function envelopesOf(statements: readonly Json[]): readonly Envelope[] {
  return statements.map(parseEnvelope);
}

export async function verifiedWorld(world: WorldJson): Promise<World> {
  const clinic = await verifyClinicChain(envelopesOf(world.clinic), world.clinic_key);
  const chains = new Map<AccountId, AccountChain>();
  const served = Object.entries(world.accounts) as [AccountId, WorldJson['accounts'][AccountId]][];
  // Those invited by an account after those who invited them.
  for (const [account, { inviter, statements }] of served.sort(([, one], [, other]) => Number(one.inviter !== null) - Number(other.inviter !== null))) {
    const vouching = inviter ? (chains.get(inviter) ?? null) : null;
    chains.set(account, await verifyAccountChain(envelopesOf(statements), account, clinic, vouching));
  }
  const accounts = (account: AccountId): AccountChain | null => chains.get(account) ?? null;
  const teams = new Map<TeamId, TeamChain>();
  for (const [team, statements] of Object.entries(world.teams) as [TeamId, Json[]][]) {
    teams.set(team, await verifyTeamChain(envelopesOf(statements), team, clinic, accounts));
  }
  return { clinic, chains, accounts, teams };
}

/** What a case's control chain is judged by, as served. */
export interface Around {
  consents: Json[];
  team: Json[];
}

/** The same, verified; the world has one team. */
export async function surroundingsOf(world: World, patient: AccountId, { consents, team }: Around): Promise<Surroundings> {
  const account = world.accounts(patient);
  const [id] = world.teams.keys();
  if (!account || !id) throw new Error('no such patient or no team');
  const verified = await verifyTeamChain(envelopesOf(team), id, world.clinic, world.accounts);
  return { consents: await verifyConsentChain(envelopesOf(consents), account), teams: new Map([[id, verified]]), accounts: world.accounts };
}

/** What the messages of a file are judged by, as it stands there. */
export interface ReadingJson extends Around {
  readonly conversation: ConversationId;
  readonly patient: AccountId;
  readonly control: Json[];
  readonly epoch_keys_hex: Record<string, string>;
  readonly now: string;
}

/** The same verified, as it travels to a worker. */
export async function readingOf(given: ReadingJson): Promise<ReadingData> {
  const { world: served } = await vectors<{ world: WorldJson }>('ours/chains.json');
  const world = await verifiedWorld(served);
  const { consents, teams, accounts } = await surroundingsOf(world, given.patient, given);
  const control = await verifyControlChain(envelopesOf(given.control), given.conversation, { consents, teams, accounts });
  const keys = Object.entries(given.epoch_keys_hex).map(async ([number, key]) => [Number(number), await contentKey(fromHex(key))] as const);
  return { control, consents, teams, accounts: [...world.chains.values()], epochKeys: new Map(await Promise.all(keys)), now: given.now };
}
