/** Joining by an invitation, and founding a clinic (docs/protocol.md §3). */

import { found, getInvitation, type FoundingTerms, type InvitationAnswer, type SignedIn } from '../api/doors.ts';
import { verifyClinicChain } from '../protocol/clinicChain.ts';
import { commitCard, commitmentOf, openCard, type Card, type CommittedText } from '../protocol/commitment.ts';
import { b64u, formatTime, sha256, utf8, type Bytes } from '../protocol/encoding.ts';
import { verifyOffer, type Offer } from '../protocol/enrolment.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { newId, type AccountId } from '../protocol/ids.ts';
import { invitationKey, type InvitationLink } from '../protocol/invitation.ts';
import { newSigningSeed, signingKeyOfSeed, type SigningKey } from '../protocol/keys.ts';
import { CLINIC, type ClinicBody } from '../protocol/kinds/clinic.ts';
import { CONSENT, type ConsentBody } from '../protocol/kinds/consent.ts';
import { INVITATION, type InvitationBody } from '../protocol/kinds/invitation.ts';
import { clinicCode, type SafetyCode } from '../protocol/safetyCode.ts';
import { makeStatement, peekHeader, type Envelope } from '../protocol/statement.ts';
import { NewAccount, type JoinerChoice } from './new-account.ts';

const FOUNDING_RUNS = 7 * 24 * 60 * 60 * 1000;

/** An invitation that was verified down from the fingerprint in its link, with the names that stand on cards. */
export interface VerifiedInvitation extends Offer {
  readonly link: InvitationLink;
  readonly statement: Envelope;
  /** When the invitation was signed. */
  readonly invitedAt: string;
  /** Six groups, to compare with the visit card. */
  readonly code: SafetyCode;
  /** Names and credentials of staff: of who invites, of the teams' members, and of who joins. */
  readonly cards: ReadonlyMap<AccountId, Card>;
}

/** What a link leads to. */
export type Invited =
  | { readonly founding: false; readonly invitation: VerifiedInvitation }
  | { readonly founding: true; readonly link: InvitationLink; readonly terms: FoundingTerms };

/**
 * Fetches and verifies what stands behind a link.
 *
 * @throws ApiError `invitation_unknown`, `invitation_expired`, `invitation_used`, `invitation_cancelled`; Unreachable; ProtocolError: not genuine, or
 * `wrong_clinic_key`, `wrong_log_key`
 */
export async function lookAtInvitation(link: InvitationLink): Promise<Invited> {
  const answer = await getInvitation(link.invitation);
  if (link.type === 'f') return { founding: true, link, terms: await checkedTerms(link, answer.founding_terms) };
  if (!answer.invitation) throw new ProtocolError('wrong_invitation', 'this invitation founds a clinic, and its link says otherwise');
  const teams = new Map(answer.teams.map(({ team, statements }) => [team, statements]));
  const people = answer.teams.flatMap(({ members }) => members);
  const members = new Map(people.map(({ account, chain }) => [account, chain]));
  const served = { clinic: answer.clinic.statements, invitation: answer.invitation, inviter: answer.inviter, teams, members };
  const offer = await verifyOffer(link, served, formatTime(new Date()));
  const code = await clinicCode(offer.clinic.clinic, offer.clinic.key.bytes);
  const invitedAt = peekHeader(answer.invitation).time;
  const invitation = { ...offer, link, statement: answer.invitation, invitedAt, code, cards: await cardsOf(answer, offer) };
  return { founding: false, invitation };
}

async function cardsOf(answer: InvitationAnswer, offer: Offer): Promise<ReadonlyMap<AccountId, Card>> {
  const cards = new Map<AccountId, Card>();
  const open = async (account: AccountId, card: CommittedText | null, commitment: string | null): Promise<void> => {
    if (card) cards.set(account, await openCard(card, commitment));
  };
  await open(offer.invitation.account, answer.card, offer.invitation.card);
  if (answer.inviter && offer.inviter) await open(answer.inviter.account, answer.inviter.card, offer.inviter.invitation.card);
  for (const { account, card } of answer.teams.flatMap(({ members }) => members)) {
    await open(account, card, offer.members.get(account)?.invitation.card ?? null);
  }
  return cards;
}

async function checkedTerms(link: InvitationLink, terms: FoundingTerms | null): Promise<FoundingTerms> {
  if (!terms) throw new ProtocolError('wrong_invitation', 'this invitation founds nothing');
  if (b64u(await sha256(utf8(terms.log_key))) !== link.fingerprint) {
    throw new ProtocolError('wrong_log_key', 'not the access log that the founding link was made for');
  }
  return terms;
}

/** Somebody who joins a clinic that there is. */
export class Enrolment {
  private constructor(
    private readonly invitation: VerifiedInvitation,
    private readonly account: NewAccount,
  ) {}

  static async begin(invitation: VerifiedInvitation): Promise<Enrolment> {
    const { link, clinic, inviter, invitation: body, statement } = invitation;
    return new Enrolment(invitation, await NewAccount.make({ link, clinic, inviter, body, statement }));
  }

  /** Joins; a patient consents to the team that invited. @throws ApiError `name_taken` and other refusals; Unreachable */
  async join(choice: JoinerChoice): Promise<SignedIn> {
    return this.account.join(choice, this.invitation.invitation.role === 'patient' ? await this.consent() : null);
  }

  private async consent(): Promise<Envelope> {
    const { account, clinic, teams } = this.invitation.invitation;
    const [grantee] = teams;
    if (!grantee) throw new ProtocolError('bad_members', 'a patient is invited by a team');
    const now = formatTime(new Date());
    const body: ConsentBody = {
      ...{ consent: newId('cns'), patient: account, clinic, grantee },
      ...{ scope: 'all', purpose: 'treatment', history: 'all', from: null },
      ...{ not_before: now, until: null, may_open: true },
    };
    const place = { account, time: now, sequence: 0, previous: null };
    return makeStatement(CONSENT, body, { self: this.account.keys.signing }, place);
  }
}

/** The first administrator: this browser makes the clinic's key. */
export class ClinicFounding {
  private constructor(
    private readonly account: NewAccount,
    private readonly clinicStatement: Envelope,
    private readonly card: CommittedText,
    private readonly clinicSeed: Bytes,
    /** The new clinic's code, six groups, to print on its card. */
    readonly code: SafetyCode,
  ) {}

  static async begin(link: InvitationLink, terms: FoundingTerms, card: Card): Promise<ClinicFounding> {
    const seed = newSigningSeed();
    const clinicKey = await signingKeyOfSeed(seed);
    const { clinic, founder, name, log_key, origin } = terms;
    const body: ClinicBody = { clinic, name, signing_key: b64u(clinicKey.public.bytes), log_key, origin, founder };
    const time = formatTime(new Date());
    const place = { account: founder, time, sequence: 0, previous: null };
    const clinicStatement = await makeStatement(CLINIC, body, { clinic: clinicKey }, place);
    const committed = commitCard(card);
    const invitation = await ownInvitation(link, terms, clinicKey, await commitmentOf(committed));
    const statement = await makeStatement(INVITATION, invitation, { inviter: clinicKey }, place);
    const chain = await verifyClinicChain([clinicStatement], clinicKey.public.id);
    const account = await NewAccount.make({ link, clinic: chain, inviter: null, body: invitation, statement });
    return new ClinicFounding(account, clinicStatement, committed, seed, await clinicCode(clinic, clinicKey.public.bytes));
  }

  /** Makes the clinic and its first account. @throws ApiError `name_taken` and other refusals; Unreachable */
  async found(choice: JoinerChoice): Promise<SignedIn> {
    const { clinic } = this.account.joinable.body;
    const request = await this.account.request(choice, null, { 'clinic-key': { clinic, seed: b64u(this.clinicSeed) } });
    const invitationStatement = this.account.joinable.statement;
    return found({ ...request, clinic: this.clinicStatement, invitationStatement, card: this.card });
  }
}

async function ownInvitation(link: InvitationLink, terms: FoundingTerms, clinicKey: SigningKey, card: string): Promise<InvitationBody> {
  const { public: invited } = await invitationKey(link.secret);
  return {
    invitation: link.invitation,
    account: terms.founder,
    clinic: terms.clinic,
    clinic_key: clinicKey.public.id,
    role: 'administrator',
    teams: [],
    public_key: b64u(invited.bytes),
    expires: formatTime(new Date(Date.now() + FOUNDING_RUNS)),
    inviter: terms.founder,
    card,
  };
}
