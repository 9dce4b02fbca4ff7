/** Who stands in a team, said by who may: appointments, removals, a team's name and managers (docs/protocol.md §5). */

import { postTeamPeople } from '../api/directory.ts';
import { formatTime } from '../protocol/encoding.ts';
import { ProtocolError } from '../protocol/errors.ts';
import type { AccountId, TeamId } from '../protocol/ids.ts';
import { TEAM_APPOINTMENT, TEAM_CHANGE, TEAM_REMOVAL, type CoverPeriod, type TeamRole } from '../protocol/kinds/teamPeople.ts';
import type { SigningKey } from '../protocol/keys.ts';
import { makeStatement, type Kind } from '../protocol/statement.ts';
import { runningGeneration, type TeamChain } from '../protocol/teamChain.ts';
import type { Administration } from './administration.ts';
import { openClinicKey } from './clinic-key.ts';
import { currentKeys, type DeviceSession } from './device-session.ts';
import type { CareTeams } from './teams.ts';

export class TeamPeople {
  constructor(
    private readonly session: DeviceSession,
    private readonly teams: CareTeams,
    private readonly administration: Administration,
  ) {}

  /** Whether this person manages a team: may appoint, and leave somebody out of its next key. */
  manages(team: TeamId): boolean {
    return this.teams.isMember(team) && (this.teams.chains.get(team)?.managers.includes(this.session.account) ?? false);
  }

  /**
   * Somebody is to stand in a team, for a period where they are cover. A member gives them the key in the same sitting; after an administrator's word a member does
   * later.
   *
   * @throws NotTheKeyHolder, ProtocolError `key_changed`, ApiError, Unreachable
   */
  async appoint(team: TeamId, account: AccountId, role: TeamRole, cover: CoverPeriod | null): Promise<void> {
    const manages = this.manages(team);
    const key = manages ? currentKeys(this.session).signing : (await openClinicKey(this.session)).key;
    const chain = await this.tell(TEAM_APPOINTMENT, { team, account, role, cover }, { appointer: key });
    if (this.teams.isMember(team) && !runningGeneration(chain)?.members.has(account)) await this.administration.letIn(team, account);
  }

  /**
   * Somebody stands in a team no longer: by a manager with the team's next key, which is without them; else in the clinic's word, and the key is a member's to make.
   *
   * @throws NotTheKeyHolder, ProtocolError `nobody_left`, ApiError, Unreachable
   */
  async remove(team: TeamId, account: AccountId): Promise<void> {
    const holds = runningGeneration(this.chain(team))?.members.has(account) ?? false;
    if (holds && this.manages(team)) await this.administration.renewKey(team, account);
    else await this.tell(TEAM_REMOVAL, { team, account }, { clinic: (await openClinicKey(this.session)).key });
  }

  /** What a team is called and who manages it from now on. @throws NotTheKeyHolder, ApiError, Unreachable */
  async change(team: TeamId, name: string, managers: readonly AccountId[]): Promise<void> {
    await this.tell(TEAM_CHANGE, { team, name, managers: managers.toSorted() }, { clinic: (await openClinicKey(this.session)).key });
  }

  private async tell<B extends { readonly team: TeamId }>(kind: Kind<B>, body: B, keys: Record<string, SigningKey>): Promise<TeamChain> {
    await this.teams.load();
    const { hashes } = this.chain(body.team);
    const place = { sequence: hashes.length, previous: hashes.at(-1) ?? null };
    const statement = await makeStatement(kind, body, keys, { account: this.session.account, time: formatTime(new Date()), ...place });
    await postTeamPeople(body.team, statement);
    await this.teams.load();
    return this.chain(body.team);
  }

  private chain(team: TeamId): TeamChain {
    const chain = this.teams.chains.get(team);
    if (!chain) throw new ProtocolError('unknown_team', 'no such team');
    return chain;
  }
}
