import { expect } from 'chai';

import { covers } from '../../src/protocol/controlChain.ts';
import type { AccountId, TeamId } from '../../src/protocol/ids.ts';
import type { Json } from '../../src/protocol/strictJson.ts';
import { readersAt, verifyTeamChain, type TeamChain } from '../../src/protocol/teamChain.ts';
import { generationDue, isPlaced, nextMembers } from '../../src/protocol/teamDue.ts';
import { refusalOf, vectors } from './publicVectors.ts';
import { envelopesOf, verifiedWorld, type World, type WorldJson } from './world.ts';

interface Case {
  name: string;
  statements: Json[];
}

interface File {
  team: TeamId;
  chains: (Case & { error?: string; head: string; name_of: string; managers: string[]; members: string[][]; stays: Json[]; events: Json[] })[];
  standing: (Case & { at: string; readers: string[]; next: string[]; due: string | null; placed: string[] })[];
  covers: (Case & { account: AccountId; key: string; at: string; covered: boolean })[];
}

describe('the people of a team, as the shared vectors pin them', () => {
  let file: File;
  let world: World;
  before(async () => {
    file = await vectors('ours/team_people.json');
    world = await verifiedWorld((await vectors<{ world: WorldJson }>('ours/chains.json')).world);
  });

  const verified = ({ statements }: Case): Promise<TeamChain> => verifyTeamChain(envelopesOf(statements), file.team, world.clinic, world.accounts);

  it('are who was placed there by who may', async () => {
    expect(file.chains).not.to.be.empty;
    for (const one of file.chains) {
      if (one.error !== undefined) {
        expect(await refusalOf(verified(one)), one.name).to.equal(one.error);
        continue;
      }
      const { hashes, name, managers, generations, stays, events } = await verified(one);
      const members = generations.map((generation) => [...generation.members.keys()].sort());
      expect(one, one.name).to.deep.include({ head: hashes.at(-1), name_of: name, managers, members, stays, events });
    }
  });

  it('read for it at an instant, and its next key is due', async () => {
    expect(file.standing).not.to.be.empty;
    for (const one of file.standing) {
      const chain = await verified(one);
      const due = generationDue(chain, world.accounts, one.at);
      const placed = [...world.chains.values()].filter((account) => isPlaced(chain, account, one.at)).map(({ account }) => account);
      expect(one, one.name).to.deep.include({ readers: readersAt(chain, one.at), next: nextMembers(chain, one.at), due, placed: placed.sort() });
    }
  });

  it('are covered by a team among the readers', async () => {
    expect(file.covers).not.to.be.empty;
    for (const one of file.covers) {
      const chain = await verified(one);
      expect(covers(new Map([[file.team, one.key]]), one.account, new Map([[file.team, chain]]), one.at), one.name).to.equal(one.covered);
    }
  });
});
