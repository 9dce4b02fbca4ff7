import { expect } from 'chai';

import { blockedAt, termsAt, verifyConsentChain, withdrawals } from '../../src/protocol/consentChain.ts';
import { verifyControlChain, type ControlChain } from '../../src/protocol/controlChain.ts';
import { historyDue, type DueHistory } from '../../src/protocol/historyDue.ts';
import type { AccountId, ConversationId, TeamId } from '../../src/protocol/ids.ts';
import { CONSENT } from '../../src/protocol/kinds/consent.ts';
import type { CoverPeriod } from '../../src/protocol/kinds/teamPeople.ts';
import { members } from '../../src/protocol/members.ts';
import { rotationDue } from '../../src/protocol/rotation.ts';
import type { Json } from '../../src/protocol/strictJson.ts';
import { refusalOf, vectors } from './publicVectors.ts';
import { envelopesOf, surroundingsOf, verifiedWorld, type Around, type World, type WorldJson } from './world.ts';

interface ControlCase extends Around {
  name: string;
  statements: Json[];
  epochs: string[][];
  error?: string;
}

interface ConsentsCase {
  name: string;
  statements: Json[];
  after: { blocked: AccountId[]; terms: number; withdrawals: number }[];
  error?: string;
}

interface MembersCase {
  name: string;
  consents: Json[];
  blocked: AccountId[];
  teams: Record<TeamId, Record<AccountId, CoverPeriod | null>>;
  at: string;
  members: string[];
}

interface File {
  conversation: ConversationId;
  patient: AccountId;
  consents: ConsentsCase[];
  members: MembersCase[];
  control: ControlCase[];
  rotation: (ControlCase & { now: string; reason: string | null })[];
  history: (ControlCase & { now: string; due: DueHistory[] })[];
}

function entriesOf<K extends string, V>(object: Record<K, V>): [K, V][] {
  return Object.entries(object) as [K, V][];
}

describe('people whom a patient keeps from reading, as the shared vectors pin it', () => {
  let world: World;
  let file: File;

  before(async () => {
    const { world: served } = await vectors<{ world: WorldJson }>('ours/chains.json');
    world = await verifiedWorld(served);
    file = await vectors<File>('ours/blocks.json');
  });

  async function verified({ statements, ...around }: ControlCase): Promise<ControlChain> {
    return verifyControlChain(envelopesOf(statements), file.conversation, await surroundingsOf(world, file.patient, around));
  }

  it('are blocked and unblocked by the patient alone', async () => {
    const patient = world.accounts(file.patient);
    if (!patient) throw new Error('no such patient');
    for (const one of file.consents) {
      const verifying = verifyConsentChain(envelopesOf(one.statements), patient);
      if (one.error !== undefined) {
        expect(await refusalOf(verifying), one.name).to.equal(one.error);
        continue;
      }
      const chain = await verifying;
      const after = chain.hashes.map((head) => ({
        blocked: [...blockedAt(chain, head)].sort(),
        terms: termsAt(chain, head).length,
        withdrawals: withdrawals(chain, head, file.conversation),
      }));
      expect(after, one.name).to.deep.equal(one.after);
    }
  });

  it('read neither by name nor through a team, and the others of the team do', () => {
    expect(file.members).not.to.be.empty;
    for (const one of file.members) {
      const teams = new Map(entriesOf(one.teams).map(([team, people]) => [team, new Map(entriesOf(people))]));
      const consents = one.consents.map((consent) => CONSENT.body(consent));
      const found = members(file.patient, consents, file.conversation, one.at, null, { blocked: new Set(one.blocked), teams });
      expect(found, one.name).to.deep.equal(one.members);
    }
  });

  it('are in no link, and a link leaves out nobody else', async () => {
    const counts = { accepted: 0, refused: 0 };
    for (const one of file.control) {
      if (one.error !== undefined) {
        expect(await refusalOf(verified(one)), one.name).to.equal(one.error);
        counts.refused += 1;
        continue;
      }
      const { links } = await verified(one);
      expect(links.map(({ epoch }) => epoch.readers.map(({ reader }) => reader)), one.name).to.deep.equal(one.epochs);
      counts.accepted += 1;
    }
    expect(Math.min(counts.accepted, counts.refused)).to.be.greaterThan(10);
  });

  it('end an epoch when they are blocked, and so does who comes to and leaves their team', async () => {
    for (const one of file.rotation) {
      const around = await surroundingsOf(world, file.patient, one);
      expect(rotationDue(await verified(one), around, one.now), one.name).to.equal(one.reason);
    }
  });

  it('leave to the others what the team could read, and to who comes later what is still due', async () => {
    for (const one of file.history) {
      if (one.error !== undefined) {
        expect(await refusalOf(verified(one)), one.name).to.equal(one.error);
        continue;
      }
      const { consents, teams } = await surroundingsOf(world, file.patient, one);
      expect(historyDue(await verified(one), consents, teams, one.now), one.name).to.deep.equal(one.due);
    }
  });
});
