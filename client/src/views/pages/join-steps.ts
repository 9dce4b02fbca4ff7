/** The card of one step of joining. What is typed lives here until the step is done. */
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BetweenElement } from '../element.ts';
import { icon } from '../icons.ts';
import type { JoinActions, Joining, JoinStep } from '../models/join.ts';
import { avatar } from '../parts/avatar.ts';
import { choices } from '../parts/choices.ts';
import { codeGroups } from '../parts/code.ts';
import { notice } from '../parts/notices.ts';
import { browserZone, longDay } from '../times.ts';
import { t, type WordKey } from '../words.ts';
import { donePanel } from './join-done.ts';
import '../parts/new-password.ts';
import '../parts/recovery-code.ts';

/** The steps of a role: staff give no consent. */
export function stepsOf(role: Joining['role']): readonly JoinStep[] {
  return role === 'patient' ? ['inviter', 'password', 'recovery', 'readers', 'done'] : ['inviter', 'password', 'recovery', 'done'];
}

const FAILURE_WORDS: Record<NonNullable<Joining['failure']>, WordKey> = {
  unreachable: 'join.failed_unreachable',
  our_fault: 'join.failed_ours',
};

type Answer = 'same' | 'later' | 'different';

/** `<join-step .model .actions>`. */
@customElement('join-step')
export class JoinStepCard extends BetweenElement {
  @property({ attribute: false }) model!: Joining;
  @property({ attribute: false }) actions!: JoinActions;
  @state() private answer: Answer | null = null;
  @state() private emergencyAccess = false;

  protected override render(): TemplateResult {
    const { model } = this;
    return html`<section class="panel join__card stack" aria-labelledby="step-title">
      ${model.step === 'done' ? nothing : this.#count()} ${this.#card()}
      ${model.failure === null ? nothing : notice({ tone: 'brick', icon: 'alert', body: t(FAILURE_WORDS[model.failure]), urgent: true })}
    </section>`;
  }

  #count(): TemplateResult {
    const all = stepsOf(this.model.role);
    return html`<p class="label">${t('join.step_of', { step: all.indexOf(this.model.step) + 1, steps: all.length })}</p>`;
  }

  #card(): TemplateResult {
    switch (this.model.step) {
      case 'inviter':
        return this.#inviter();
      case 'password':
        return this.#password();
      case 'recovery':
        return this.#recovery();
      case 'readers':
        return this.#readers();
      case 'done':
        return donePanel(this.model, this.actions, {
          on: this.emergencyAccess,
          flip: (on) => {
            this.emergencyAccess = on;
          },
        });
    }
  }

  #inviter(): TemplateResult {
    const { inviter, clinicName, clinicCode, clinicPhone, now } = this.model;
    const zone = browserZone();
    const sent = longDay(inviter.invitedAt, now, { reader: zone, clinic: zone });
    const options = [
      { value: 'same' as const, label: t('join.code_same') },
      { value: 'later' as const, label: t('join.code_later'), hint: t('join.code_later_hint') },
      {
        value: 'different' as const,
        label: t('join.code_different'),
        hint: clinicPhone === null ? t('join.code_different_hint') : t('join.code_different_call', { number: clinicPhone }),
      },
    ];
    return html`${title(t('join.inviter_title', { name: inviter.name }))}
      <div class="row row--nw top">
        ${avatar(inviter, 'large')}
        <p>
          <b>${inviter.name}</b>${inviter.credential ? html`, ${inviter.credential}` : nothing}<br /><span class="quiet"
            >${clinicName ?? ''} ${t('join.sent', { day: sent })}</span
          >
        </p>
      </div>
      <p>${this.model.role === 'patient' ? t('join.what_for') : t('join.what_for_staff')}</p>
      <div class="field">
        <span class="label">${t('join.clinic_code')}</span>
        ${codeGroups(clinicCode, t('join.clinic_code'))}
        <p class="field__hint">${t('join.clinic_code_hint')}</p>
      </div>
      ${choices({ name: 'same-code', legend: t('join.code_question'), options, chosen: this.answer }, (answer) => {
        this.answer = answer;
      })}
      ${this.#foot(
        { back: false, words: this.answer === 'different' ? t('join.stop_here') : t('join.continue'), stop: this.answer === 'different' },
        () => {
          this.#confirm();
        },
        this.answer === null ? t('join.choose_first') : '',
      )}`;
  }

  #confirm(): void {
    if (this.answer !== null) this.actions.confirmClinic(this.answer);
  }

  #password(): TemplateResult {
    const { signInName, nameTaken, passwordVerdict, working } = this.model;
    const { actions } = this;
    return html`${title(t('join.password_title'))}
      <p>${t('join.password_body')}</p>
      <new-password
        name=${signInName}
        .askName=${true}
        ?taken=${nameTaken}
        .verdict=${passwordVerdict}
        ?working=${working}
        .judge=${(name: string, password: string) => {
          actions.judgePassword(name, password);
        }}
        .choose=${(name: string, password: string) => {
          actions.choosePassword(name, password);
        }}
        .back=${() => {
          actions.back();
        }}
      ></new-password>`;
  }

  #recovery(): TemplateResult {
    const { recoveryCode, recoveryCheck, working } = this.model;
    const { actions } = this;
    return html`${title(t('join.recovery_title'))}
      <recovery-code
        .code=${recoveryCode}
        .check=${recoveryCheck}
        ?working=${working}
        .tryCode=${(typed: string) => {
          actions.checkRecoveryCode(typed);
        }}
        .keep=${() => {
          actions.keepRecoveryCode();
        }}
        .back=${() => {
          actions.back();
        }}
      ></recovery-code>`;
  }

  #readers(): TemplateResult {
    const { team, inviter, working } = this.model;
    const name = team?.name ?? inviter.name;
    return html`${title(t('join.readers_title'))}
      <p>${t('join.readers_body', { team: name })}</p>
      <div class="pick pick--one">
        <div class="row row--nw top">
          ${avatar({ ...inviter, tone: 'sky' })}
          <div class="grow">
            <b>${team === null ? name : t('join.team_of', { team: name, count: team.members.length })}</b>
            <p class="quiet small">${t('join.readers_why')}</p>
          </div>
        </div>
        ${
          team === null
            ? nothing
            : html`<details>
                <summary>${icon('forward')}${t('join.who_is_in')}</summary>
                <ul class="members small">
                  ${team.members.map((person) => html`<li>${person.name}${person.credential ? html`, ${person.credential}` : nothing}</li>`)}
                </ul>
              </details>`
        }
      </div>
      <ul class="terms">
        <li>${t('join.term_read')}</li>
        <li>${t('join.term_joiners')}</li>
        <li>${t('join.term_profile')}</li>
        <li>${t('join.term_end')}</li>
      </ul>
      ${this.#foot({ back: true, words: working ? t('join.working') : t('join.agree') }, () => {
        this.actions.agree();
      })}`;
  }

  #foot(button: { back: boolean; words: string; stop?: boolean }, go: () => void, why = ''): TemplateResult {
    const waiting = this.model.working || why !== '';
    const onClick = (): void => {
      if (!waiting) go();
    };
    return html`<div class="join__foot">
      ${
        button.back
          ? html`<button
              class="btn btn--plain"
              type="button"
              @click=${() => {
                this.actions.back();
              }}
            >
              ${icon('back')}${t('join.back')}
            </button>`
          : nothing
      }
      ${why === '' ? nothing : html`<span class="quiet small" id="foot-why">${why}</span>`}
      <button
        class=${button.stop ? 'btn btn--stop btn--tall' : 'btn btn--main btn--tall'}
        type="button"
        aria-disabled=${waiting ? 'true' : 'false'}
        aria-describedby=${why === '' ? nothing : 'foot-why'}
        @click=${onClick}
      >
        ${button.words}
      </button>
    </div>`;
  }
}

function title(words: string): TemplateResult {
  return html`<h1 id="step-title" tabindex="-1">${words}</h1>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'join-step': JoinStepCard;
  }
}
