/** A team's key: made by a member, sealed to every member, each generation holding the one before (docs/protocol.md §2). */

import { contentKey, decrypt, encrypt, type ContentKey } from './content.ts';
import { b64u, contextLines, hkdf, NO_SALT, randomBytes, sha256, type Bytes } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import type { AccountId, TeamId } from './ids.ts';
import type { TeamAdmissionBody, TeamGenerationBody, TeamMember } from './kinds/team.ts';
import { belongsTo, openBox, seal, sealingKeyOfSeed, teamBoxInfo, type SealingKey, type SealingPublicKey } from './sealing.ts';

/** A team's private key with the seed it comes from, which the next generation's link holds. */
export interface TeamKey {
  readonly seed: Bytes;
  readonly key: SealingKey;
}

/** A team key just made: the statement's body, the boxes and the link beside it. */
export interface NewGeneration {
  readonly body: TeamGenerationBody;
  readonly boxes: ReadonlyMap<AccountId, Bytes>;
  readonly link: Bytes | null;
  readonly teamKey: TeamKey;
}

/** A new random team key for `members` (account → its sealing key); `before` is the key of the generation before, null at the first. */
export async function makeGeneration(
  team: TeamId,
  generation: number,
  members: ReadonlyMap<AccountId, SealingPublicKey>,
  before: TeamKey | null,
): Promise<NewGeneration> {
  const seed = randomBytes(32);
  const key = await sealingKeyOfSeed(seed);
  const sealed = await Promise.all(
    [...members].sort(([one], [other]) => (one < other ? -1 : 1)).map(async ([account, to]) => {
      const box = await seal(to, teamBoxInfo(team, generation, account, to.id, key.public.id), seed);
      return { account, box, listed: { account, key: to.id, box: b64u(await sha256(box)) } };
    }),
  );
  const link = before && (await encrypt(await linkKey(seed), linkContext(team, generation), before.seed));
  const body: TeamGenerationBody = {
    team,
    generation,
    sealing_key: b64u(key.public.bytes),
    members: sealed.map(({ listed }) => listed),
    link: link && b64u(await sha256(link)),
  };
  return { body, boxes: new Map(sealed.map(({ account, box }) => [account, box])), link, teamKey: { seed, key } };
}

/** The running key sealed to one who joins: the statement's body and the box beside it. */
export async function makeAdmission(
  team: TeamId,
  generation: number,
  { seed, key }: TeamKey,
  account: AccountId,
  to: SealingPublicKey,
): Promise<{ body: TeamAdmissionBody; box: Bytes }> {
  const box = await seal(to, teamBoxInfo(team, generation, account, to.id, key.public.id), seed);
  return { body: { team, generation, account, key: to.id, box: b64u(await sha256(box)) }, box };
}

/** What a team statement says of a box: its generation's number and public key, and the member it was sealed to. */
export interface TeamBoxPlace {
  readonly team: TeamId;
  readonly generation: number;
  readonly teamKey: SealingPublicKey;
  readonly member: TeamMember;
}

/**
 * The team key in a member's box.
 *
 * @throws ProtocolError `wrong_box` when it is not the box the signed statement lists, `cannot_open`, `wrong_commitment` when it holds another key than
 * the team's.
 */
export async function openTeamKey({ team, generation, teamKey, member }: TeamBoxPlace, key: SealingKey, box: Bytes): Promise<TeamKey> {
  if (member.key !== key.public.id || member.box !== b64u(await sha256(box))) {
    throw new ProtocolError('wrong_box', 'not the box that was sealed to this member');
  }
  const info = teamBoxInfo(team, generation, member.account, key.public.id, teamKey.id);
  return checkedKey(await openBox(key, info, box), teamKey);
}

/**
 * The key of the generation before, from the link of generation `generation`, whose statement lists `linkHash`.
 *
 * @throws ProtocolError `wrong_box`, `cannot_decrypt`, `wrong_commitment`
 */
export async function openTeamLink(
  { team, generation, linkHash }: { readonly team: TeamId; readonly generation: number; readonly linkHash: string | null },
  key: TeamKey,
  before: SealingPublicKey,
  link: Bytes,
): Promise<TeamKey> {
  if (linkHash !== b64u(await sha256(link))) throw new ProtocolError('wrong_box', "not the link that the team's statement lists");
  return checkedKey(await decrypt(await linkKey(key.seed), linkContext(team, generation), link), before);
}

async function checkedKey(seed: Bytes, stated: SealingPublicKey): Promise<TeamKey> {
  const key = await sealingKeyOfSeed(seed);
  if (!belongsTo(key, stated)) throw new ProtocolError('wrong_commitment', "what was sealed is not the team's key");
  return { seed, key };
}

async function linkKey(seed: Bytes): Promise<ContentKey> {
  return contentKey(await hkdf(seed, NO_SALT, 'team-link', 32));
}

function linkContext(team: TeamId, generation: number): Bytes {
  return contextLines('between/v1/team-link', team, String(generation));
}
