/** Reading a team's chain: each statement by who may make it (docs/protocol.md §5). */

import { keyWithSealingId, type AccountChain } from './accountChain.ts';
import type { ChainWalk } from './chain.ts';
import { fromB64u } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import type { AccountId } from './ids.ts';
import type { SigningPublicKey } from './keys.ts';
import { CARE_STAFF } from './kinds/invitation.ts';
import { TEAM_ADMISSION, TEAM_GENERATION, type TeamCreateBody, type TeamMember } from './kinds/team.ts';
import { TEAM_APPOINTMENT, TEAM_CHANGE, TEAM_REMOVAL, type TeamAppointmentBody } from './kinds/teamPeople.ts';
import { importSealingPublicKey, type SealingPublicKey } from './sealing.ts';
import { knownAccount, Signers, type Accounts } from './signers.ts';
import { payloadType, peekSigner, verify, type Envelope, type Header, type Kind, type Statement } from './statement.ts';
import { isOver, Stays, type Generation, type TeamEvent, type TeamPeople, type TeamState } from './teamStays.ts';

/** A team as far as its chain has been read; `read` takes the next statement. */
export class TeamReading {
  readonly generations: Generation[] = [];
  readonly events: TeamEvent[] = [];
  readonly stays: Stays;
  readonly states: TeamState[] = [{ since: '', people: new Map() }];
  name: string;
  managers: readonly AccountId[];
  private readonly signers: Signers;

  constructor(
    created: TeamCreateBody,
    private readonly clinicKey: SigningPublicKey,
    private readonly accounts: Accounts,
  ) {
    this.signers = new Signers(accounts);
    this.stays = new Stays(created.team);
    this.name = created.name;
    this.managers = [created.manager];
  }

  /** @throws ProtocolError as `verifyTeamChain` does */
  async read(envelope: Envelope, walk: ChainWalk): Promise<void> {
    switch (envelope.type) {
      case payloadType(TEAM_ADMISSION.kind):
        return this.readAdmission(envelope, walk);
      case payloadType(TEAM_CHANGE.kind):
        return this.readChange(envelope, walk);
      case payloadType(TEAM_APPOINTMENT.kind):
        return this.readAppointment(envelope, walk);
      case payloadType(TEAM_REMOVAL.kind):
        return this.readRemoval(envelope, walk);
      default:
        return this.readGeneration(envelope, walk);
    }
  }

  /** Keeps who holds the running key and stands in the team, if the statement just read changed it. */
  notePeople(time: string): void {
    const stays = [...(this.generations.at(-1)?.members.keys() ?? [])].map((account) => this.stays.current(account));
    const people: TeamPeople = new Map(stays.flatMap((stay) => (stay ? [[stay.account, stay.cover] as const] : [])));
    const last = this.states.at(-1);
    if (last && sameLines(last.people, people)) return;
    this.states.push({ since: last && last.since > time ? last.since : time, people });
  }

  private async readGeneration(envelope: Envelope, walk: ChainWalk): Promise<void> {
    const { statement, signer } = await this.signers.verify(envelope, TEAM_GENERATION);
    const { body, header, hash } = statement;
    walk.take(header, hash);
    const sealingKey = await importSealingPublicKey(fromB64u(body.sealing_key));
    const members = new Map(body.members.map((member) => [member.account, member]));
    this.checkMaker(body.generation, sealingKey, signer.account, members);
    for (const member of body.members) this.checkMember(member);
    if (body.generation === 1) {
      for (const account of members.keys()) {
        this.stays.enter(knownAccount(this.accounts, account), header.time, this.managers);
        this.tell('joined', account, header);
      }
    } else this.goOn(new Set(members.keys()), signer.account, header);
    this.generations.push({ number: body.generation, sealingKey, members, link: body.link, hash });
  }

  private checkMaker(generation: number, sealingKey: SealingPublicKey, maker: AccountId, members: ReadonlyMap<AccountId, TeamMember>): void {
    if (generation !== this.generations.length + 1) throw new ProtocolError('wrong_generation', 'a generation is missing');
    if (this.generations.some((one) => one.sealingKey.id === sealingKey.id)) {
      throw new ProtocolError('key_reused', 'a team key that was replaced has come back');
    }
    if (generation === 1 && !this.managers.includes(maker)) throw new ProtocolError('not_the_manager', "only a manager makes a team's first key");
    if (generation > 1) this.requireMember(maker);
    if (!members.has(maker)) throw new ProtocolError('maker_not_a_member', "whoever makes a team's key is a member of it");
  }

  /** Who held the last key and is in the team goes on; a manager may leave others out. */
  private goOn(members: ReadonlySet<AccountId>, signer: AccountId, header: Header): void {
    const before = [...(this.generations.at(-1)?.members.keys() ?? [])];
    const due = before.filter((account) => {
      const stay = this.stays.current(account);
      return stay && !isOver(stay, header.time);
    });
    if ([...members].some((account) => !due.includes(account))) {
      throw new ProtocolError('not_appointed', 'for somebody who does not hold the last key or is not in the team');
    }
    if (members.size !== due.length && !this.managers.includes(signer)) {
      throw new ProtocolError('members_left_out', 'only a manager leaves somebody out');
    }
    for (const account of before.filter((one) => !members.has(one)).sort()) {
      if (!this.stays.current(account)) continue;
      this.stays.leave(knownAccount(this.accounts, account), header.time);
      this.tell('left', account, header);
    }
  }

  private async readAdmission(envelope: Envelope, walk: ChainWalk): Promise<void> {
    const { statement, signer } = await this.signers.verify(envelope, TEAM_ADMISSION);
    const { body, header, hash } = statement;
    walk.take(header, hash);
    const { account, key, box, generation } = body;
    const running = this.generations.at(-1);
    if (running?.number !== generation) throw new ProtocolError('wrong_generation', 'admitted to a key that is not the running one');
    this.requireMember(signer.account);
    if (running.members.has(account)) throw new ProtocolError('already_a_member', 'this member has the key already');
    const member = { account, key, box };
    this.checkMember(member);
    const stay = this.stays.enter(knownAccount(this.accounts, account), header.time);
    this.tell(stay.cover ? 'covers' : 'joined', account, header);
    this.generations[this.generations.length - 1] = { ...running, members: new Map([...running.members, [account, member]]) };
  }

  private async readAppointment(envelope: Envelope, walk: ChainWalk): Promise<void> {
    const { body, header, hash } = await this.appointed(envelope);
    walk.take(header, hash);
    if (!CARE_STAFF.has(knownAccount(this.accounts, body.account).role)) {
      throw new ProtocolError('not_care_staff', 'only care staff stand in a care team');
    }
    this.stays.appoint(body, header.time);
    this.requireSomebody();
    if (this.generations.at(-1)?.members.has(body.account)) this.tell(body.cover ? 'covers' : 'joined', body.account, header);
  }

  /** An appointment, by the clinic's key or by a manager who stands in the team. */
  private async appointed(envelope: Envelope): Promise<Statement<TeamAppointmentBody>> {
    if (peekSigner(envelope).key === this.clinicKey.id) return this.byClinic(envelope, TEAM_APPOINTMENT, 'appointer');
    const { statement, signer } = await this.signers.verify(envelope, TEAM_APPOINTMENT, 'appointer');
    if (!this.managers.includes(signer.account) || !this.isMember(signer.account)) {
      throw new ProtocolError('not_the_manager', 'only the clinic or a manager says who stands in a team');
    }
    return statement;
  }

  private async readRemoval(envelope: Envelope, walk: ChainWalk): Promise<void> {
    const { body, header, hash } = await this.byClinic(envelope, TEAM_REMOVAL);
    walk.take(header, hash);
    this.stays.leave(knownAccount(this.accounts, body.account), header.time);
    this.requireSomebody();
    if (this.generations.at(-1)?.members.has(body.account)) this.tell('left', body.account, header);
  }

  private async readChange(envelope: Envelope, walk: ChainWalk): Promise<void> {
    const { body, header, hash } = await this.byClinic(envelope, TEAM_CHANGE);
    walk.take(header, hash);
    const { name, managers } = body;
    if (managers.some((manager) => !CARE_STAFF.has(knownAccount(this.accounts, manager).role))) {
      throw new ProtocolError('not_care_staff', 'only care staff manage a care team');
    }
    if (name === this.name && managers.join() === this.managers.join()) throw new ProtocolError('nothing_changed', 'this changes nothing of the team');
    this.name = name;
    this.managers = managers;
  }

  private byClinic<B extends object>(envelope: Envelope, kind: Kind<B>, by = 'clinic'): Promise<Statement<B>> {
    return verify(envelope, kind, { [by]: this.clinicKey });
  }

  /** Whether an account holds the running key and stands in the team for good. */
  private isMember(account: AccountId): boolean {
    return (this.generations.at(-1)?.members.has(account) ?? false) && this.stays.isMember(account);
  }

  private requireMember(account: AccountId): void {
    if (!this.isMember(account)) throw new ProtocolError('not_a_member', 'only a member does this, and cover is not one');
  }

  /** A team that has a key keeps somebody who can make the next. */
  private requireSomebody(): void {
    const running = this.generations.at(-1);
    if (running && ![...running.members.keys()].some((account) => this.isMember(account))) {
      throw new ProtocolError('nobody_left', "somebody who holds the team's key has to stay in the team");
    }
  }

  private checkMember({ account, key }: TeamMember): void {
    const chain: AccountChain = knownAccount(this.accounts, account);
    if (!CARE_STAFF.has(chain.role)) throw new ProtocolError('not_care_staff', 'only care staff stand in a care team');
    if (!keyWithSealingId(chain, key)) throw new ProtocolError('unknown_member_key', "sealed to a key that is not the member's");
  }

  private tell(what: TeamEvent['what'], account: AccountId, { signer, time, sequence }: Header): void {
    const cover = what === 'covers' ? (this.stays.current(account)?.cover ?? null) : null;
    if (signer.account === null) throw new ProtocolError('unknown_signer', 'what is said of a team has a signer');
    this.events.push({ what, account, by: signer.account, time, place: sequence ?? 0, cover });
  }
}

function sameLines(one: TeamPeople, other: TeamPeople): boolean {
  const lines = (people: TeamPeople): string =>
    [...people].map(([account, cover]) => `${account} ${cover?.from ?? ''} ${cover?.until ?? ''}`).sort().join();
  return lines(one) === lines(other);
}
