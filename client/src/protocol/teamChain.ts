/** A care team: who manages it, and who holds the key of each generation (docs/protocol.md §2, §5). */

import { keyWithSealingId, type AccountChain } from './accountChain.ts';
import { ChainWalk, firstOf } from './chain.ts';
import type { ClinicChain } from './clinicChain.ts';
import { fromB64u } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import type { AccountId, ClinicId, TeamId } from './ids.ts';
import { CARE_STAFF } from './kinds/invitation.ts';
import {
  TEAM_ADMISSION,
  TEAM_CREATE,
  TEAM_GENERATION,
  type TeamAdmissionBody,
  type TeamCreateBody,
  type TeamGenerationBody,
  type TeamMember,
} from './kinds/team.ts';
import { importSealingPublicKey, type SealingPublicKey } from './sealing.ts';
import { knownAccount, Signers, type Accounts } from './signers.ts';
import { payloadType, verify, type Envelope, type Statement } from './statement.ts';

/** One key of a team and everybody who was given it. */
export interface Generation {
  readonly number: number;
  readonly sealingKey: SealingPublicKey;
  readonly members: ReadonlyMap<AccountId, TeamMember>;
  /** The hash of the link ciphertext; null at generation 1. */
  readonly link: string | null;
  readonly hash: string;
}

/** A verified team; without a generation it has no key yet and can read nothing. */
export interface TeamChain {
  readonly team: TeamId;
  readonly clinic: ClinicId;
  readonly name: string;
  readonly manager: AccountId;
  readonly generations: readonly Generation[];
  readonly hashes: readonly string[];
}

/** The verified teams, by id. */
export type Teams = ReadonlyMap<TeamId, TeamChain>;

/** The newest generation. */
export function runningGeneration(team: TeamChain): Generation | null {
  return team.generations.at(-1) ?? null;
}

/** The generation whose sealing key has this id. */
export function generationWithKey(team: TeamChain | null | undefined, keyId: string): Generation | null {
  return team?.generations.find((generation) => generation.sealingKey.id === keyId) ?? null;
}

/**
 * The team with this id. The clinic names it and its manager; the manager makes generation 1; whoever holds the running key admits others and makes the
 * next. Who makes a key knows it, so its maker is listed as a member of it.
 *
 * @throws ProtocolError `empty_chain`, `broken_chain`, `wrong_team`, `wrong_clinic`, `not_the_manager`, `not_a_member`, `maker_not_a_member`,
 * `not_care_staff`, `wrong_generation`, `already_a_member`, `unknown_account`, `unknown_member_key`, `unknown_signer`, `retired_key`, `key_reused`,
 * and what `verify` throws.
 */
export async function verifyTeamChain(
  envelopes: readonly Envelope[],
  team: TeamId,
  clinic: ClinicChain,
  accounts: Accounts,
): Promise<TeamChain> {
  const { body, header, hash } = await verify(firstOf(envelopes), TEAM_CREATE, { clinic: clinic.key });
  if (body.team !== team) throw new ProtocolError('wrong_team', 'another team');
  if (body.clinic !== clinic.clinic) throw new ProtocolError('wrong_clinic', "another clinic's team");
  const walk = new ChainWalk(`team:${team}`);
  walk.take(header, hash);
  const reading = new TeamReading(body, accounts);
  for (const envelope of envelopes.slice(1)) {
    if (!(await walk.takeIfNewer(envelope))) await reading.read(envelope, walk);
  }
  return { team, clinic: body.clinic, name: body.name, manager: body.manager, generations: reading.generations, hashes: walk.hashes };
}

class TeamReading {
  readonly generations: Generation[] = [];
  private readonly signers: Signers;

  constructor(
    private readonly created: TeamCreateBody,
    private readonly accounts: Accounts,
  ) {
    this.signers = new Signers(accounts);
  }

  async read(envelope: Envelope, walk: ChainWalk): Promise<void> {
    if (envelope.type === payloadType(TEAM_ADMISSION.kind)) {
      const { statement, signer } = await this.signers.verify(envelope, TEAM_ADMISSION);
      walk.take(statement.header, statement.hash);
      this.admit(statement.body, signer);
    } else {
      const { statement, signer } = await this.signers.verify(envelope, TEAM_GENERATION);
      walk.take(statement.header, statement.hash);
      await this.begin(statement, signer);
    }
  }

  private async begin({ body, hash }: Statement<TeamGenerationBody>, signer: AccountChain): Promise<void> {
    const before = this.generations.at(-1);
    const sealingKey = await importSealingPublicKey(fromB64u(body.sealing_key));
    if (body.generation !== this.generations.length + 1) throw new ProtocolError('wrong_generation', 'a generation is missing');
    if (this.generations.some((one) => one.sealingKey.id === sealingKey.id)) {
      throw new ProtocolError('key_reused', 'a team key that was replaced has come back');
    }
    if (!before && signer.account !== this.created.manager) {
      throw new ProtocolError('not_the_manager', "only the manager makes a team's first key");
    }
    if (before && !before.members.has(signer.account)) throw new ProtocolError('not_a_member', "only a member makes the next key");
    const members = new Map(body.members.map((member) => [member.account, member]));
    if (!members.has(signer.account)) throw new ProtocolError('maker_not_a_member', "whoever makes a team's key is a member of it");
    for (const member of body.members) this.checkMember(member);
    this.generations.push({ number: body.generation, sealingKey, members, link: body.link, hash });
  }

  private admit({ account, key, box, generation }: TeamAdmissionBody, signer: AccountChain): void {
    const running = this.generations.at(-1);
    if (running?.number !== generation) throw new ProtocolError('wrong_generation', 'admitted to a key that is not the running one');
    if (!running.members.has(signer.account)) throw new ProtocolError('not_a_member', 'only a member admits others');
    if (running.members.has(account)) throw new ProtocolError('already_a_member', 'this member has the key already');
    const member = { account, key, box };
    this.checkMember(member);
    this.generations[this.generations.length - 1] = { ...running, members: new Map([...running.members, [account, member]]) };
  }

  private checkMember({ account, key }: TeamMember): void {
    const chain = knownAccount(this.accounts, account);
    if (!CARE_STAFF.has(chain.role)) throw new ProtocolError('not_care_staff', 'only care staff stand in a care team');
    if (!keyWithSealingId(chain, key)) throw new ProtocolError('unknown_member_key', "sealed to a key that is not the member's");
  }
}
