/** What is sealed, and what travels beside statements, held by the vectors that the Python client runs too. */

import { argon2id } from 'hash-wasm';
import { expect } from 'chai';

import { verifyAccountChain } from '../../src/protocol/accountChain.ts';
import { openCard, readCommittedText } from '../../src/protocol/commitment.ts';
import { contentKey } from '../../src/protocol/content.ts';
import { openDocument, type DocumentName } from '../../src/protocol/documents.ts';
import { fromB64u, type Bytes } from '../../src/protocol/encoding.ts';
import { verifyOffer } from '../../src/protocol/enrolment.ts';
import { decryptName, openEpoch } from '../../src/protocol/epoch.ts';
import type { AccountId, ConversationId, GranteeId, ReaderId, TeamId } from '../../src/protocol/ids.ts';
import { invitationKey, linkText, parseLink } from '../../src/protocol/invitation.ts';
import type { Epoch } from '../../src/protocol/kinds/conversation.ts';
import type { ProfileBody } from '../../src/protocol/kinds/profile.ts';
import type { TeamGenerationBody } from '../../src/protocol/kinds/team.ts';
import type { SlotType } from '../../src/protocol/kinds/vault.ts';
import { ARGON2, passwordSecrets, recoverySecrets, type SlotSecrets } from '../../src/protocol/password.ts';
import { openProfile } from '../../src/protocol/profile.ts';
import { readRecoveryCode } from '../../src/protocol/recoveryCode.ts';
import { importSealingPublicKey, sealingKeyOfSeed } from '../../src/protocol/sealing.ts';
import { parseEnvelope, type Envelope } from '../../src/protocol/statement.ts';
import type { Json } from '../../src/protocol/strictJson.ts';
import { openTeamKey, openTeamLink } from '../../src/protocol/teamKey.ts';
import { openVault } from '../../src/protocol/vault.ts';
import { fromHex, refusalOf, toHex, vectors } from './publicVectors.ts';
import { envelopesOf, verifiedWorld, type World, type WorldJson } from './world.ts';

interface Case {
  readonly name: string;
  readonly error?: string;
}

/** Runs every case: it gives what `expected` reads out of it, or is refused with its code. Both kinds must occur. */
async function eachCase<C extends Case>(cases: readonly C[], run: (one: C) => Promise<unknown>, expected: (one: C) => unknown): Promise<void> {
  const counts = { opened: 0, refused: 0 };
  for (const one of cases) {
    if (one.error !== undefined) {
      expect(await refusalOf(run(one)), one.name).to.equal(one.error);
      counts.refused += 1;
    } else {
      expect(await run(one), one.name).to.deep.equal(expected(one));
      counts.opened += 1;
    }
  }
  expect(Math.min(counts.opened, counts.refused)).to.be.greaterThan(0);
}

interface VaultCase extends Case {
  account: AccountId;
  chain: Json[];
  vault: Json;
  slot: SlotType;
  master_key_hex?: string;
  versions?: number;
}

interface DocumentCase {
  name: DocumentName;
  version: number;
  account?: AccountId;
  ciphertext: string;
  document?: Json;
  error?: string;
}

interface VaultFile {
  password: string;
  password_salt_hex: string;
  recovery_code: string;
  recovery_salt_hex: string;
  opened: VaultCase[];
  refused: VaultCase[];
  documents: { master_key_hex: string; account: AccountId; opened: DocumentCase[]; refused: DocumentCase[] };
}

async function argon2idHere(password: Bytes, salt: Bytes): Promise<Bytes> {
  const { m, t, p, hashLength } = ARGON2;
  const hash = await argon2id({ password, salt, memorySize: m, iterations: t, parallelism: p, hashLength, outputType: 'binary' });
  return new Uint8Array(hash);
}

describe('a vault, as the shared vectors pin it', () => {
  let file: VaultFile;
  let world: World;
  let credentials: Record<SlotType, SlotSecrets>;
  before(async () => {
    file = await vectors('ours/vaults.json');
    world = await verifiedWorld((await vectors<{ world: WorldJson }>('ours/chains.json')).world);
    const salt = fromHex(file.password_salt_hex);
    credentials = {
      password: await passwordSecrets(file.password, { name: 'argon2id', ...ARGON2, salt }, argon2idHere),
      recovery: await recoverySecrets(await readRecoveryCode(file.recovery_code), { name: 'hkdf', salt: fromHex(file.recovery_salt_hex) }),
    };
  });

  it('opens with its credential, and nothing else opens', async () => {
    await eachCase(
      [...file.opened, ...file.refused],
      async ({ account, chain, vault, slot }) => {
        const own = await verifyAccountChain(envelopesOf(chain), account, world.clinic, null);
        const opened = await openVault(parseEnvelope(vault), own, slot, credentials[slot]);
        return { master: toHex(opened.master), versions: opened.keys.length };
      },
      ({ master_key_hex: master, versions }) => ({ master, versions }),
    );
  });

  it('holds documents that open under their own name, account and version alone', async () => {
    const { master_key_hex: master, account, opened, refused } = file.documents;
    await eachCase(
      [...opened, ...refused],
      ({ name, version, account: owner = account, ciphertext }) =>
        openDocument(fromHex(master), { account: owner, name, version }, fromB64u(ciphertext)),
      ({ document }) => document,
    );
  });
});

interface BesideFile {
  epochs: (Case & { conversation: ConversationId; epoch: Epoch; reader: ReaderId; seed_hex: string; box: string; key_hex?: string })[];
  names: (Case & { conversation: ConversationId; epoch: number; key_hex: string; ciphertext: string; text?: string })[];
  team_keys: (Case & { body: TeamGenerationBody; seed_hex: string; box: string; team_seed_hex?: string })[];
  team_links: (Case & {
    team: TeamId;
    generation: number;
    link_hash: string;
    seed_hex: string;
    before_public_hex: string;
    link: string;
    before_seed_hex?: string;
  })[];
  profiles: (Case & { body: ProfileBody; ciphertext: string; reader: GranteeId; seed_hex: string; box: string; profile?: Json })[];
  cards: (Case & { card: Json; commitment: string | null; text?: Json })[];
  links: {
    parsed: { text: string; base: string; type: string; invitation: string; secret_hex: string; fingerprint: string; invitation_public_hex: string }[];
    refused: (Case & { text: string })[];
  };
}

describe('what travels beside statements, as the shared vectors pin it', () => {
  let file: BesideFile;
  before(async () => {
    file = await vectors('ours/beside.json');
  });

  it('epoch keys', async () => {
    await eachCase(
      file.epochs,
      async ({ conversation, epoch, reader, seed_hex: seed, box }) =>
        toHex(await openEpoch(conversation, epoch, reader, await sealingKeyOfSeed(fromHex(seed)), fromB64u(box))),
      ({ key_hex: key }) => key,
    );
  });

  it('names of conversations', async () => {
    await eachCase(
      file.names,
      async ({ key_hex: key, conversation, epoch, ciphertext }) =>
        decryptName(await contentKey(fromHex(key)), conversation, epoch, fromB64u(ciphertext)),
      ({ text }) => text,
    );
  });

  it('team keys', async () => {
    await eachCase(
      file.team_keys,
      async ({ body, seed_hex: seed, box }) => {
        const [member] = body.members;
        if (!member) throw new Error('a generation without members');
        const teamKey = await importSealingPublicKey(fromB64u(body.sealing_key));
        const place = { team: body.team, generation: body.generation, teamKey, member };
        return toHex((await openTeamKey(place, await sealingKeyOfSeed(fromHex(seed)), fromB64u(box))).seed);
      },
      ({ team_seed_hex: opened }) => opened,
    );
  });

  it('links to the team key before', async () => {
    await eachCase(
      file.team_links,
      async ({ team, generation, link_hash: linkHash, seed_hex: seed, before_public_hex: before, link }) => {
        const key = { seed: fromHex(seed), key: await sealingKeyOfSeed(fromHex(seed)) };
        const public_ = await importSealingPublicKey(fromHex(before));
        return toHex((await openTeamLink({ team, generation, linkHash }, key, public_, fromB64u(link))).seed);
      },
      ({ before_seed_hex: opened }) => opened,
    );
  });

  it('profiles', async () => {
    await eachCase(
      file.profiles,
      async ({ body, ciphertext, reader, seed_hex: seed, box }) => ({
        ...(await openProfile(body, fromB64u(ciphertext), reader, await sealingKeyOfSeed(fromHex(seed)), fromB64u(box))),
      }),
      ({ profile }) => profile,
    );
  });

  it('cards', async () => {
    await eachCase(
      file.cards,
      async ({ card, commitment }) => ({ ...(await openCard(readCommittedText(card), commitment)) }),
      ({ text }) => text,
    );
  });

  it('invitation links', async () => {
    expect(Math.min(file.links.parsed.length, file.links.refused.length)).to.be.greaterThan(0);
    for (const { text, secret_hex: secret, invitation_public_hex: publicKey, ...parts } of file.links.parsed) {
      const link = parseLink(` ${text}\n`);
      expect(link, text).to.deep.include(parts);
      expect([toHex(link.secret), linkText(link)]).to.deep.equal([secret, text]);
      expect(toHex((await invitationKey(link.secret)).public.bytes)).to.equal(publicKey);
    }
    for (const { name, text, error } of file.links.refused) {
      expect(await refusalOf(Promise.resolve().then(() => parseLink(text))), name).to.equal(error);
    }
  });
});

interface OfferCase extends Case {
  link: string;
  clinic: Json[];
  invitation: Json;
  inviter: { account: AccountId; statements: Json[] } | null;
  teams: Record<TeamId, Json[]>;
  members: Record<AccountId, Json[]>;
  now: string;
  account?: AccountId;
  verified_teams?: TeamId[];
}

function chainsOf<Id extends string>(served: Record<Id, Json[]>): ReadonlyMap<Id, readonly Envelope[]> {
  return new Map((Object.entries(served) as [Id, Json[]][]).map(([id, statements]) => [id, envelopesOf(statements)]));
}

describe('what a joiner is served', () => {
  it('is believed only down from the link, as the shared vectors pin it', async () => {
    const { cases } = await vectors<{ cases: OfferCase[] }>('ours/offers.json');
    await eachCase(
      cases,
      async ({ link, clinic, invitation, inviter, teams, members, now }) => {
        const served = {
          clinic: envelopesOf(clinic),
          invitation: parseEnvelope(invitation),
          inviter: inviter && { account: inviter.account, chain: envelopesOf(inviter.statements) },
          teams: chainsOf(teams),
          members: chainsOf(members),
        };
        const offer = await verifyOffer(parseLink(link), served, now);
        return { account: offer.invitation.account, verified_teams: [...offer.teams.keys()] };
      },
      ({ account, verified_teams }) => ({ account, verified_teams }),
    );
  });
});
