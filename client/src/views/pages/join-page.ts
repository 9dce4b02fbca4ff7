/** Joining by invitation, step by step. */
import { html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { BetweenPage } from '../element.ts';
import { icon } from '../icons.ts';
import type { JoinActions, Joining, JoinModel, JoinStep, JoinWithoutLink } from '../models/join.ts';
import { joinFrame } from '../parts/door-frame.ts';
import { textField } from '../parts/field.ts';
import { invitationStop } from '../parts/invitation-stop.ts';
import { skeleton } from '../parts/loading.ts';
import { steps } from '../parts/steps.ts';
import { t, type WordKey } from '../words.ts';
import { stepsOf } from './join-steps.ts';

const STEP_WORDS: Record<JoinStep, WordKey> = {
  inviter: 'join.step_inviter',
  password: 'join.step_password',
  recovery: 'join.step_recovery',
  readers: 'join.step_readers',
  done: 'join.step_done',
};

/** `<join-page .model .actions>`. */
@customElement('join-page')
export class JoinPage extends BetweenPage {
  protected readonly titleWords = 'page.join';
  @property({ attribute: false }) model!: JoinModel;
  @property({ attribute: false }) actions!: JoinActions;

  /** Each step begins at its title, for eyes and ears alike. */
  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const before = changed.get('model') as JoinModel | undefined;
    if (before === undefined || this.#place(before) === this.#place(this.model)) return;
    void this.updateComplete.then(() => {
      this.querySelector<HTMLElement>('h1')?.focus();
      window.scrollTo({ top: 0 });
    });
  }

  protected override render(): TemplateResult {
    return joinFrame(this.model, this.actions, this.#content());
  }

  #content(): TemplateResult {
    const { model } = this;
    switch (model.stage) {
      case 'checking':
        return html`<h1 class="vh">${t('join.checking')}</h1>
          ${skeleton(t('join.checking'))}`;
      case 'link':
        return this.#pasteLink(model);
      case 'stopped':
        return invitationStop(model.stop, model.clinicPhone);
      case 'joining':
        return this.#steps(model);
    }
  }

  #steps(model: Joining): TemplateResult {
    const all = stepsOf(model.role);
    return html`${steps(
        all.map((step) => t(STEP_WORDS[step])),
        all.indexOf(model.step),
      )}<join-step .model=${model} .actions=${this.actions}></join-step>`;
  }

  #pasteLink({ badLink }: JoinWithoutLink): TemplateResult {
    const submit = (event: SubmitEvent): void => {
      event.preventDefault();
      this.actions.openLink(this.querySelector<HTMLInputElement>('#link')?.value.trim() ?? '');
    };
    return html`<section class="panel join__card stack">
      <h1 tabindex="-1">${t('join.link_title')}</h1>
      <p>${t('join.link_body')}</p>
      <form class="stack" novalidate @submit=${submit}>
        ${textField({ id: 'link', label: t('join.link'), spellcheck: false, error: badLink ? t('join.stop_damaged') : null })}
        <div class="join__foot">
          <a class="btn btn--plain" href="/sign-in">${icon('back')}${t('join.back')}</a
          ><button class="btn btn--main btn--tall" type="submit">${t('join.continue')}</button>
        </div>
      </form>
    </section>`;
  }

  #place(model: JoinModel): string {
    return model.stage === 'joining' ? model.step : model.stage;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'join-page': JoinPage;
  }
}
