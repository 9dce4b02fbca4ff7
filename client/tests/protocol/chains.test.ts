import { expect } from 'chai';

import { verifyAccountChain } from '../../src/protocol/accountChain.ts';
import { verifyClinicChain } from '../../src/protocol/clinicChain.ts';
import { changeOf } from '../../src/protocol/consentChange.ts';
import { consentHead, termsAt, termsOf, verifyConsentChain, withdrawals, type ConsentChain } from '../../src/protocol/consentChain.ts';
import { parseId, type AccountId, type ConversationId, type TeamId } from '../../src/protocol/ids.ts';
import { CONSENT } from '../../src/protocol/kinds/consent.ts';
import type { Json } from '../../src/protocol/strictJson.ts';
import { verifyTeamChain } from '../../src/protocol/teamChain.ts';
import { refusalOf, vectors } from './publicVectors.ts';
import { envelopesOf, verifiedWorld, type World, type WorldJson } from './world.ts';

interface ChainCase {
  name: string;
  statements: Json[];
  head?: string | null;
  error?: string;
}

interface File {
  world: WorldJson;
  clinic_chains: (ChainCase & { key: string; key_holders?: string[] })[];
  account_chains: (ChainCase & { account: AccountId; inviter: AccountId | null; role?: string; version?: number; signing_key?: string })[];
  team_chains: (ChainCase & { team: TeamId; members?: string[][] })[];
  consent_chains: (ChainCase & { patient: AccountId; decisions?: Json[]; terms?: Json[] })[];
}

/** Each case is accepted and shows what stands in it, or is refused with its code; both must occur. */
async function runAll<C extends ChainCase>(cases: readonly C[], shown: (one: C) => Promise<object>): Promise<void> {
  const counts = { accepted: 0, refused: 0 };
  for (const one of cases) {
    if (one.error !== undefined) {
      expect(await refusalOf(shown(one)), one.name).to.equal(one.error);
      counts.refused += 1;
    } else {
      expect(await shown(one), one.name).to.deep.include({ head: one.head });
      expect(one, one.name).to.deep.include(await shown(one));
      counts.accepted += 1;
    }
  }
  expect(Math.min(counts.accepted, counts.refused)).to.be.greaterThan(0);
}

/** Without prototypes and what JSON does not know. */
function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

/** What stands after a statement, or why that cannot be said; and what had been withdrawn from a conversation by then. */
async function standing(chain: ConsentChain, head: string, conversation: ConversationId): Promise<Json> {
  const refusal = await refusalOf(Promise.resolve().then(() => termsAt(chain, head)));
  return { standing: (refusal as Json) ?? plain(termsAt(chain, head)), withdrawals: withdrawals(chain, head, conversation) };
}

describe('chains, as the shared vectors pin them', () => {
  let file: File;
  let world: World;
  let conversation: ConversationId;
  before(async () => {
    file = await vectors('ours/chains.json');
    world = await verifiedWorld(file.world);
    conversation = parseId((await vectors<{ conversation: string }>('ours/history.json')).conversation, 'cnv');
  });

  it('of clinics', async () => {
    await runAll(file.clinic_chains, async ({ statements, key }) => {
      const chain = await verifyClinicChain(envelopesOf(statements), key);
      return { head: chain.hashes.at(-1), key_holders: chain.keyHolders };
    });
  });

  it('of accounts', async () => {
    await runAll(file.account_chains, async ({ statements, account, inviter }) => {
      const vouching = inviter && world.accounts(inviter);
      const chain = await verifyAccountChain(envelopesOf(statements), account, world.clinic, vouching);
      const { version, signing } = chain.current;
      return { head: chain.hashes.at(-1), role: chain.role, version, signing_key: signing.id };
    });
  });

  it('of teams', async () => {
    await runAll(file.team_chains, async ({ statements, team }) => {
      const chain = await verifyTeamChain(envelopesOf(statements), team, world.clinic, world.accounts);
      const members = chain.generations.map((generation) => [...generation.members.keys()].sort());
      return { head: chain.hashes.at(-1), members };
    });
  });

  it('of consents', async () => {
    await runAll(file.consent_chains, async ({ statements, patient }) => {
      const account = world.accounts(patient);
      if (!account) throw new Error('no such patient');
      const chain = await verifyConsentChain(envelopesOf(statements), account);
      const terms = await Promise.all(chain.hashes.map((head) => standing(chain, head, conversation)));
      return { head: consentHead(chain), decisions: plain(chain.decisions), terms };
    });
  });

  it('of consents, now as at their head', async () => {
    const [one] = file.consent_chains;
    const account = one && world.accounts(one.patient);
    if (!account) throw new Error('no such patient');
    const chain = await verifyConsentChain(envelopesOf(one.statements), account);
    expect(termsOf(chain)).to.deep.equal(termsAt(chain, consentHead(chain) ?? ''));
    expect(termsOf(await verifyConsentChain([], account))).to.deep.equal([]);
  });
});

describe('a change of a consent', () => {
  it('does what the shared vectors say', async () => {
    const { cases } = await vectors<{ cases: { name: string; before: Json; after: Json; codes: string[] }[] }>('ours/consent_changes.json');
    expect(cases).not.to.be.empty;
    for (const one of cases) {
      expect(changeOf(CONSENT.body(one.before), CONSENT.body(one.after)), one.name).to.deep.equal(one.codes);
    }
  });
});
