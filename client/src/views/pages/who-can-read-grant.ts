/** One agreement: who, why, what, until when, and what can be done about it. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';
import type { Grant, WhoCanReadModel } from '../models/who-can-read.ts';
import { avatar, avatarStack } from '../parts/avatar.ts';
import { coverWords } from '../parts/cover-words.ts';
import { lasted } from '../durations.ts';
import { longDay, timeElement } from '../times.ts';
import { joinNames, rich, t } from '../words.ts';
import { HISTORY_WORDS, PURPOSE_WORDS, scopeWords } from './who-can-read-words.ts';

type Moment = Pick<WhoCanReadModel, 'now' | 'zones'>;

export interface GrantCardActions {
  change(grant: Grant): void;
  takeOff(grant: Grant): void;
  block(grant: Grant): void;
}

/** A card in the list. */
export function grantCard(grant: Grant, moment: Moment, actions: GrantCardActions): TemplateResult {
  const { terms, person } = grant;
  return html`<li class="panel grant" id=${grant.id}>
    <div class="grant__who">
      ${person ? avatar(person, 'large') : avatarStack(grant.members, 'normal', 3)}
      <div>
        <h3>${grant.name}</h3>
        <p class="quiet">${person ? (person.credential ?? '') : joinNames(grant.members.map((member) => named(member, moment)))}</p>
      </div>
    </div>
    ${stateNotice(grant, moment)}
    <dl class="facts">
      <dt>${t('grant.why')}</dt>
      <dd>${t(PURPOSE_WORDS[terms.purpose])}</dd>
      <dt>${t('grant.what')}</dt>
      <dd>${scopeWords(grant)}${terms.mayOpen ? html`<br /><span class="quiet">${t('grant.may_open')}</span>` : nothing}</dd>
      <dt>${t('grant.since')}</dt>
      <dd>${timeElement(grant.begins, longDay(grant.begins, moment.now, moment.zones))}</dd>
      <dt>${t('grant.earlier')}</dt>
      <dd>${earlier(grant, moment)}</dd>
      <dt>${t('grant.until')}</dt>
      <dd>${until(grant, moment)}</dd>
    </dl>
    <div class="grant__do">
      <button
        class="btn"
        type="button"
        aria-label=${t('grant.change_of', { name: grant.name })}
        @click=${() => {
          actions.change(grant);
        }}
      >
        ${t('grant.change')}
      </button>
      <button
        class="btn btn--stop"
        type="button"
        aria-label=${t('take_off.of', { name: grant.name })}
        @click=${() => {
          actions.takeOff(grant);
        }}
      >
        ${t('take_off.open')}
      </button>
      ${grant.members.length > 0 ? blockButton(grant, actions) : nothing}
    </div>
  </li>`;
}

function blockButton(grant: Grant, actions: GrantCardActions): TemplateResult {
  return html`<button
    class="btn btn--quiet"
    type="button"
    aria-label=${t('keep_out.of', { team: grant.name })}
    @click=${() => {
      actions.block(grant);
    }}
  >
    ${t('keep_out.open')}
  </button>`;
}

function named(member: Grant['members'][number], moment: Moment): string {
  const { name, credential } = member;
  const cover = coverWords(member, moment);
  if (credential && cover !== null) return t('grant.member_covering', { name, credential, cover });
  const beside = credential ?? cover;
  return beside === null ? name : t('grant.member', { name, credential: beside });
}

function earlier({ terms, from }: Grant, { now, zones }: Moment): TemplateResult | string {
  if (terms.history !== 'from' || !from) return t(HISTORY_WORDS[terms.history]);
  return html`${rich('grant.history_since', { day: timeElement(from, longDay(from, now, zones)) })}`;
}

function until({ until: end }: Grant, { now, zones }: Moment): TemplateResult | string {
  return end === null ? t('readers.no_end') : html`<b>${timeElement(end, longDay(end, now, zones))}</b>`;
}

function stateNotice({ name, blocked, state, begins, until: end }: Grant, { now, zones }: Moment): TemplateResult | typeof nothing {
  if (blocked) return html`<p class="tag tag--honey">${icon('lock', 'small')}${t('keep_out.kept_out', { name })}</p>`;
  if (state === 'future') {
    const words = t('grant.begins', { day: longDay(begins, now, zones) });
    return html`<p class="tag tag--sky">${icon('clock', 'small')}${words}</p>`;
  }
  if (state !== 'ending' || !end) return nothing;
  return html`<p class="tag tag--honey">${icon('clock', 'small')}${t('grant.ends_in', { time: lasted(now, end) })}</p>`;
}
