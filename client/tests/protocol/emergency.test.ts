import { expect } from 'chai';

import { verifyClinicChain, type CustodianSet } from '../../src/protocol/clinicChain.ts';
import { isOptedIn, isOptedInAt, verifyConsentChain, withdrawals } from '../../src/protocol/consentChain.ts';
import { continueControlChain, verifyControlChain, type ControlChain, type Surroundings } from '../../src/protocol/controlChain.ts';
import { openedAt, runsAt, verifyEmergency } from '../../src/protocol/emergencyChain.ts';
import { NO_EMERGENCIES } from '../../src/protocol/emergencyKey.ts';
import { openText, sealText } from '../../src/protocol/emergencyText.ts';
import { fromB64u } from '../../src/protocol/encoding.ts';
import type { AccountId, ConversationId, EmergencyId, EmergencyKeyId } from '../../src/protocol/ids.ts';
import { CONSENT } from '../../src/protocol/kinds/consent.ts';
import { EMERGENCY_REQUEST } from '../../src/protocol/kinds/emergency.ts';
import { EMERGENCY_KEY } from '../../src/protocol/kinds/emergencyKey.ts';
import { members } from '../../src/protocol/members.ts';
import { rotationDue } from '../../src/protocol/rotation.ts';
import { sealingKeyOfSeed } from '../../src/protocol/sealing.ts';
import type { Json } from '../../src/protocol/strictJson.ts';
import { fromHex, refusalOf, vectors } from './publicVectors.ts';
import { envelopesOf, surroundingsOf, verifiedWorld, type Around, type World, type WorldJson } from './world.ts';

interface Case {
  name: string;
  error?: string;
}

interface ControlCase extends Case, Around {
  statements: Json[];
  head?: string;
  epochs?: string[][];
  standing?: string | null;
  running?: string | null;
  used?: EmergencyKeyId[];
  now?: string;
  reason?: string | null;
}

interface File {
  world: WorldJson;
  sets: { hash: string; place: number; keys: Record<AccountId, string> }[];
  clinic_chains: (Case & { statements: Json[]; sets?: string[] })[];
  patient: AccountId;
  conversation: ConversationId;
  choices: (Case & { statements: Json[]; choices?: Json[]; heads?: Json[] })[];
  members: (Case & { consents: Json[]; at: string; emergency: EmergencyKeyId | null; members: string[] })[];
  control_chains: ControlCase[];
  rotation: ControlCase[];
  emergencies: (Case & { key: Json; statements: Json[]; emergency: EmergencyId; runs?: Record<string, boolean> })[];
  texts: (Case & { request: Json; reader: AccountId; seed_hex: string; box: string; ciphertext: string; text?: string })[];
}

/** Each case shows what it says, or is refused with its code; both must occur. */
async function runAll<C extends Case>(cases: readonly C[], shown: (one: C) => Promise<object>): Promise<void> {
  const counts = { accepted: 0, refused: 0 };
  for (const one of cases) {
    if (one.error !== undefined) {
      expect(await refusalOf(shown(one)), one.name).to.equal(one.error);
      counts.refused += 1;
    } else {
      expect(one, one.name).to.deep.include(await shown(one));
      counts.accepted += 1;
    }
  }
  expect(Math.min(counts.accepted, counts.refused)).to.be.greaterThan(0);
}

describe('emergency access, as the shared vectors pin it', () => {
  let file: File;
  let world: World;
  let sets: ReadonlyMap<string, CustodianSet>;
  before(async () => {
    file = await vectors('ours/emergency.json');
    world = await verifiedWorld(file.world);
    sets = new Map(world.clinic.custodianSets.map((set) => [set.hash, set]));
  });

  async function around(one: ControlCase): Promise<Surroundings> {
    const running = sets.get(one.running ?? '') ?? null;
    return { ...(await surroundingsOf(world, file.patient, one)), emergency: { sets, running, used: one.used ?? [] } };
  }

  async function verified(one: ControlCase): Promise<ControlChain> {
    return verifyControlChain(envelopesOf(one.statements), file.conversation, await around(one));
  }

  it('has the custodians that the clinic names', async () => {
    expect([...sets.values()].map(({ hash, place, keys }) => ({ hash, place, keys: Object.fromEntries(keys) }))).to.deep.equal(file.sets);
    await runAll(file.clinic_chains, async ({ statements }) => {
      const { custodianSets } = await verifyClinicChain(envelopesOf(statements), file.world.clinic_key);
      return { sets: custodianSets.map(({ hash }) => hash) };
    });
  });

  it('is what the patient chose', async () => {
    const patient = world.accounts(file.patient);
    if (!patient) throw new Error('no such patient');
    await runAll(file.choices, async ({ statements }) => {
      const chain = await verifyConsentChain(envelopesOf(statements), patient);
      const heads = chain.hashes.map(async (head) => {
        const refusal = await refusalOf(Promise.resolve().then(() => isOptedInAt(chain, head)));
        return { opted_in: refusal ?? isOptedInAt(chain, head), withdrawals: withdrawals(chain, head, file.conversation) };
      });
      const choices = chain.choices.map(({ optedIn, ...choice }) => ({ ...choice, opted_in: optedIn }));
      if (chain.newer.length === 0) expect(isOptedIn(chain)).to.equal(chain.choices.at(-1)?.optedIn ?? false);
      return { choices, heads: await Promise.all(heads) };
    });
  });

  it('makes its key a reader like another', () => {
    for (const one of file.members) {
      const consents = one.consents.map((consent) => CONSENT.body(consent));
      expect(members(file.patient, consents, file.conversation, one.at, one.emergency), one.name).to.deep.equal(one.members);
    }
  });

  it('stands in a conversation as the patient made it', async () => {
    await runAll(file.control_chains, async (one) => {
      const chain = await verified(one);
      const epochs = chain.links.map(({ epoch }) => epoch.readers.map(({ reader }) => reader));
      return { head: chain.head, epochs, standing: chain.emergency?.body.emergency_key ?? null };
    });
  });

  it('stands in a conversation that is continued from any place', async () => {
    for (const one of file.control_chains) {
      const [statements, surroundings] = [envelopesOf(one.statements), await around(one)];
      for (let cut = 1; cut <= statements.length; cut += 1) {
        const continued = verifyControlChain(statements.slice(0, cut), file.conversation, surroundings).then((known) =>
          continueControlChain(known, statements.slice(cut), surroundings),
        );
        if (one.error === undefined) expect(await continued, one.name).to.deep.equal(await verified(one));
        else expect(await refusalOf(continued), one.name).to.equal(one.error);
      }
    }
  });

  it('is refused where the clinic has named nobody', async () => {
    const one = file.control_chains.find(({ error }) => error === undefined);
    if (!one) throw new Error('no such case');
    const surroundings = { ...(await around(one)), emergency: NO_EMERGENCIES };
    const refusal = await refusalOf(verifyControlChain(envelopesOf(one.statements), file.conversation, surroundings));
    expect(refusal).to.equal('unknown_custodians');
  });

  it('is left out of a new epoch', async () => {
    expect(file.rotation).not.to.be.empty;
    for (const one of file.rotation) expect(rotationDue(await verified(one), await around(one), one.now ?? ''), one.name).to.equal(one.reason);
  });

  it('goes from a request to a finding', async () => {
    await runAll(file.emergencies, async ({ key, statements, emergency, runs }) => {
      const found = await verifyEmergency(envelopesOf(statements), emergency, EMERGENCY_KEY.body(key), world.accounts);
      const instants = Object.keys(runs ?? {}).map((instant) => [instant, runsAt(found, instant)] as const);
      const by = found.releases.map(({ body }) => body.custodian);
      const finding = found.closing?.finding ?? null;
      return { head: found.hashes.at(-1), opened: openedAt(found), by, finding, runs: Object.fromEntries(instants) };
    });
  });

  it('shows what was written to whom it was sealed', async () => {
    await runAll(file.texts, async ({ request, reader, seed_hex: seed, box, ciphertext }) => ({
      text: await openText(EMERGENCY_REQUEST.body(request), reader, await sealingKeyOfSeed(fromHex(seed)), fromB64u(box), fromB64u(ciphertext)),
    }));
  });

  it('reads in whole what was written', async () => {
    const [example] = file.texts;
    const reader = await sealingKeyOfSeed(new Uint8Array(32).fill(3));
    const body = EMERGENCY_REQUEST.body(example?.request ?? null);
    const sealed = await sealText(body.emergency, '昏迷 found in the waiting room', new Map([[file.patient, reader.public]]));
    const request = { ...body, text: sealed.hash, boxes: sealed.listed };
    const box = sealed.boxes.get(file.patient) ?? new Uint8Array(0);
    expect(await openText(request, file.patient, reader, box, sealed.ciphertext)).to.equal('昏迷 found in the waiting room');
    expect(await refusalOf(sealText(body.emergency, '', new Map()))).to.equal('bad_members');
  });
});
