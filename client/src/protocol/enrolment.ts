/** What a joiner checks before making a key: who invites, into which clinic and teams (docs/protocol.md §3). */

import { verifyAccountChain, verifyInvitation, type AccountChain } from './accountChain.ts';
import { verifyClinicChain, type ClinicChain } from './clinicChain.ts';
import { b64u } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import type { AccountId, TeamId } from './ids.ts';
import { invitationKey, type InvitationLink } from './invitation.ts';
import { INVITATION, type InvitationBody } from './kinds/invitation.ts';
import { peekBody, type Envelope } from './statement.ts';
import { verifyTeamChain, type TeamChain } from './teamChain.ts';

/**
 * What the server answers for an invitation; nothing of it is believed yet. `inviter` is the chain of who signed with a key of their own, null where
 * the clinic signed; `members` are the chains of the teams' members, whom the clinic invited.
 */
export interface ServedOffer {
  readonly clinic: readonly Envelope[];
  readonly invitation: Envelope;
  readonly inviter: { readonly account: AccountId; readonly chain: readonly Envelope[] } | null;
  readonly teams: ReadonlyMap<TeamId, readonly Envelope[]>;
  readonly members: ReadonlyMap<AccountId, readonly Envelope[]>;
}

/** An invitation that was verified down from the fingerprint in the link. */
export interface Offer {
  readonly clinic: ClinicChain;
  readonly invitation: InvitationBody;
  readonly inviter: AccountChain | null;
  readonly teams: ReadonlyMap<TeamId, TeamChain>;
  readonly members: ReadonlyMap<AccountId, AccountChain>;
}

/**
 * The offer behind a link, at the instant `now` (a protocol time).
 *
 * @throws ProtocolError what the chains throw, `wrong_invitation` (another one than the link's), `wrong_secret` (not made with the link's secret),
 * `invitation_expired`, `unknown_team`.
 */
export async function verifyOffer(link: InvitationLink, served: ServedOffer, now: string): Promise<Offer> {
  const clinic = await verifyClinicChain(served.clinic, link.fingerprint);
  const inviter = served.inviter && (await verifyAccountChain(served.inviter.chain, served.inviter.account, clinic));
  // The account is the server's to name here and nowhere later: from now on the joiner's client holds it itself.
  const { account } = peekBody(served.invitation, INVITATION);
  const { body: invitation } = await verifyInvitation(served.invitation, account, clinic, inviter);
  await checkInvitation(invitation, link, now);
  const members = new Map<AccountId, AccountChain>();
  for (const [member, chain] of served.members) members.set(member, await verifyAccountChain(chain, member, clinic));
  const teams = new Map<TeamId, TeamChain>();
  for (const team of invitation.teams) {
    const chain = served.teams.get(team);
    if (!chain) throw new ProtocolError('unknown_team', 'the invitation names a team that was not served');
    teams.set(team, await verifyTeamChain(chain, team, clinic, (id) => members.get(id) ?? null));
  }
  return { clinic, invitation, inviter, teams, members };
}

async function checkInvitation(invitation: InvitationBody, link: InvitationLink, now: string): Promise<void> {
  if (invitation.invitation !== link.invitation) throw new ProtocolError('wrong_invitation', "another invitation than the link's");
  const { public: expected } = await invitationKey(link.secret);
  if (invitation.public_key !== b64u(expected.bytes)) throw new ProtocolError('wrong_secret', 'not made with the secret of the link');
  if (now >= invitation.expires) throw new ProtocolError('invitation_expired', 'this invitation has expired');
}
