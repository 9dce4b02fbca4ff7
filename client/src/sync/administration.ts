/** What administrators and care staff do for the clinic: inviting, teams, and the clinic's key in a second pair of hands. */

import { cancelInvitation, getClinic, postClinicStatement, postInvitation, postTeam, postTeamStatement } from '../api/directory.ts';
import { ApiError } from '../api/http.ts';
import { contentKey, decrypt, encrypt, type ContentKey } from '../protocol/content.ts';
import { verifyClinicChain, type ClinicChain } from '../protocol/clinicChain.ts';
import { commitCard, commitmentOf, type Card } from '../protocol/commitment.ts';
import { b64u, contextLines, formatTime, hkdf, NO_SALT, sha256, textOf, utf8, type Bytes } from '../protocol/encoding.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { newId, type AccountId, type InvitationId, type TeamId } from '../protocol/ids.ts';
import { invitationKey, linkText, newInvitationSecret } from '../protocol/invitation.ts';
import { CLINIC_KEY_SHARE } from '../protocol/kinds/clinic.ts';
import { CARE_STAFF, INVITATION, type InvitationBody, type Role } from '../protocol/kinds/invitation.ts';
import { TEAM_ADMISSION, TEAM_CREATE, TEAM_GENERATION } from '../protocol/kinds/team.ts';
import { pad, unpad } from '../protocol/padding.ts';
import { clinicKeyBoxInfo, seal, type SealingPublicKey } from '../protocol/sealing.ts';
import { makeStatement, type Envelope, type Kind } from '../protocol/statement.ts';
import { runningGeneration, type TeamChain } from '../protocol/teamChain.ts';
import { generationDue, isPlaced, nextMembers } from '../protocol/teamDue.ts';
import { makeAdmission, makeGeneration } from '../protocol/teamKey.ts';
import { openClinicKey } from './clinic-key.ts';
import { currentKeys, type DeviceSession } from './device-session.ts';
import type { Directory } from './directory.ts';
import type { CareTeams } from './teams.ts';

/** A colleague was first: with the chain's next statement, or with one that makes this one impossible. */
const HAS_MOVED = ['chain_moved', 'broken_chain'];
const DAY = 24 * 60 * 60 * 1000;

/** Somebody to invite. */
export interface InvitationWish {
  readonly role: Role;
  readonly teams: readonly TeamId[];
  /** Staff: name and credential; null for a patient. */
  readonly card: Card | null;
  /** A note that stays readable to who invites alone. */
  readonly note: string;
  readonly days: number;
}

export interface MadeInvitation {
  readonly invitation: InvitationId;
  /** Holds the secret; exists nowhere else. */
  readonly link: string;
  readonly expires: string;
}

export class Administration {
  constructor(
    private readonly session: DeviceSession,
    private readonly directory: Directory,
    private readonly teams: CareTeams,
  ) {}

  /** Invites somebody: staff with the clinic's key, patients with one's own where one is care staff. @throws NotTheKeyHolder, ApiError, Unreachable */
  async invite(wish: InvitationWish): Promise<MadeInvitation> {
    const { session } = this;
    const ownKey = wish.role === 'patient' && CARE_STAFF.has(session.role);
    const signer = ownKey ? currentKeys(session).signing : (await openClinicKey(session)).key;
    const [secret, invitation] = [newInvitationSecret(), newId('inv')];
    const card = wish.card && commitCard(wish.card);
    const body: InvitationBody = {
      ...{ invitation, account: newId('acc'), clinic: session.clinicId, clinic_key: session.clinic.key.id },
      ...{ role: wish.role, teams: wish.teams, inviter: session.account },
      public_key: b64u((await invitationKey(secret)).public.bytes),
      expires: formatTime(new Date(Date.now() + wish.days * DAY)),
      card: card && (await commitmentOf(card)),
    };
    const place = { account: session.account, time: formatTime(new Date()), sequence: 0, previous: null };
    const statement = await makeStatement(INVITATION, body, { inviter: signer }, place);
    await postInvitation(statement, card, wish.note === '' ? null : await this.sealNote(invitation, wish.note));
    const link = { base: location.origin, type: 'i', invitation, secret, fingerprint: session.clinic.key.id } as const;
    return { invitation, link: linkText(link), expires: body.expires };
  }

  async cancel(invitation: InvitationId): Promise<void> {
    await cancelInvitation(invitation);
  }

  /** The note that somebody left with an invitation; null where it is not this person's to read. */
  async openNote(invitation: InvitationId, sealed: Bytes): Promise<string | null> {
    try {
      return textOf(unpad(await decrypt(await this.noteKey(), noteContext(this.session.account, invitation), sealed)));
    } catch (error) {
      if (error instanceof ProtocolError) return null;
      throw error;
    }
  }

  /** Names a team and its manager in the clinic's word. @throws NotTheKeyHolder, ApiError, Unreachable */
  async createTeam(name: string, manager: AccountId): Promise<void> {
    const { key } = await openClinicKey(this.session);
    const body = { team: newId('tea'), clinic: this.session.clinicId, name, manager };
    const place = { account: this.session.account, time: formatTime(new Date()), sequence: 0, previous: null };
    await postTeam(await makeStatement(TEAM_CREATE, body, { clinic: key }, place));
    await this.teams.load();
  }

  /** Seals the clinic's key to another administrator. @throws NotTheKeyHolder, ApiError, Unreachable */
  async shareClinicKey(holder: AccountId): Promise<void> {
    const { key, seed } = await openClinicKey(this.session);
    const to = await this.newestKey(holder);
    const clinic = await this.newestClinic();
    const box = await seal(to, clinicKeyBoxInfo(clinic.clinic, holder, to.id, key.public.id), seed);
    const body = { clinic: clinic.clinic, account: holder, key: to.id, box: b64u(await sha256(box)) };
    const [sequence, previous] = [clinic.hashes.length, clinic.hashes.at(-1) ?? null];
    const place = { account: this.session.account, time: formatTime(new Date()), sequence, previous };
    await postClinicStatement(await makeStatement(CLINIC_KEY_SHARE, body, { clinic: key }, place), box);
  }

  /** Seals a team's running key to somebody who waits. @throws ApiError `chain_moved` when a colleague was first; Unreachable */
  async letIn(team: TeamId, account: AccountId): Promise<void> {
    const chain = this.teams.chains.get(team);
    const running = chain && runningGeneration(chain);
    const key = running && (await this.teams.keyWithId(team, running.sealingKey.id));
    if (!chain || !running || !key) throw new ProtocolError('not_a_member', 'only a member lets others in');
    const to = await this.newestKey(account);
    const joiner = this.directory.known(account);
    if (!joiner || !isPlaced(chain, joiner, formatTime(new Date()))) throw new ProtocolError('not_appointed', 'nobody who may has placed them in the team');
    const { body, box } = await makeAdmission(team, running.number, key, account, to);
    await postTeamStatement(team, await this.sayOfTeam(TEAM_ADMISSION, body, chain), new Map([[account, box]]), null);
    await this.teams.load();
  }

  /**
   * What a member's client does by itself: the first key of a team it manages, and the next where somebody has left, cover has ended, or a member has replaced
   * keys and this person has looked at the new ones. A colleague who was first did the same. The teams that have a new key by this.
   */
  async tendTeams(): Promise<readonly TeamId[]> {
    const renewed: TeamId[] = [];
    for (const chain of this.teams.chains.values()) {
      try {
        if (!this.mayBegin(chain)) continue;
        await this.beginGeneration(chain, null);
        renewed.push(chain.team);
      } catch (error) {
        if (!(error instanceof ApiError && HAS_MOVED.includes(error.code))) throw error;
        await this.teams.load();
      }
    }
    return renewed;
  }

  /** The team's next key, without somebody whom its manager leaves out. @throws ApiError `chain_moved`; ProtocolError `key_changed`; Unreachable */
  async renewKey(team: TeamId, leavingOut: AccountId): Promise<void> {
    const chain = this.teams.chains.get(team);
    if (!chain) throw new ProtocolError('unknown_team', 'no such team');
    await this.beginGeneration(chain, leavingOut);
  }

  private mayBegin(chain: TeamChain): boolean {
    const running = runningGeneration(chain);
    if (!running) return chain.managers.includes(this.session.account);
    if (!this.teams.isMember(chain.team)) return false;
    const now = formatTime(new Date());
    const known = nextMembers(chain, now).every((account) => this.directory.standing(account) !== 'key_changed');
    return known && generationDue(chain, this.directory.known, now) !== null;
  }

  private async beginGeneration(chain: TeamChain, leavingOut: AccountId | null): Promise<void> {
    const running = runningGeneration(chain);
    const before = running && (await this.teams.keyWithId(chain.team, running.sealingKey.id));
    const members = running ? nextMembers(chain, formatTime(new Date())) : [this.session.account];
    const keys = new Map<AccountId, SealingPublicKey>();
    for (const member of members.filter((one) => one !== leavingOut)) keys.set(member, await this.newestKey(member));
    const made = await makeGeneration(chain.team, chain.generations.length + 1, keys, before);
    await postTeamStatement(chain.team, await this.sayOfTeam(TEAM_GENERATION, made.body, chain), made.boxes, made.link);
    await this.teams.load();
  }

  private sayOfTeam<B extends object>(kind: Kind<B>, body: B, { hashes }: TeamChain): Promise<Envelope> {
    const place = { sequence: hashes.length, previous: hashes.at(-1) ?? null };
    const time = formatTime(new Date());
    return makeStatement(kind, body, { self: currentKeys(this.session).signing }, { account: this.session.account, time, ...place });
  }

  /** @throws ProtocolError `key_changed` while nobody has looked at somebody's new keys. */
  private async newestKey(account: AccountId): Promise<SealingPublicKey> {
    const chain = await this.directory.refresh(account);
    if (this.directory.standing(account) === 'key_changed') throw new ProtocolError('key_changed', 'new keys nobody has looked at');
    return chain.current.sealing;
  }

  private async newestClinic(): Promise<ClinicChain> {
    return verifyClinicChain((await getClinic()).statements, this.session.clinic.key.id);
  }

  private async sealNote(invitation: InvitationId, note: string): Promise<Bytes> {
    return encrypt(await this.noteKey(), noteContext(this.session.account, invitation), pad(utf8(note)));
  }

  private async noteKey(): Promise<ContentKey> {
    return contentKey(await hkdf(this.session.master, NO_SALT, 'invitation-note', 32));
  }
}

function noteContext(account: AccountId, invitation: InvitationId): Bytes {
  return contextLines('between/v1/invitation-note', account, invitation);
}
