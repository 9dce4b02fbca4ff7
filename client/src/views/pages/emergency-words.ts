/** Emergency access in words: reasons, findings, and what went wrong. */
import { html, type TemplateResult } from 'lit';
import type { EmergencyFailure, EmergencyReason, EmergencyTrouble, Finding } from '../models/emergencies.ts';
import { notice } from '../parts/notices.ts';
import { t, type WordKey } from '../words.ts';

export const REASONS: Record<EmergencyReason, WordKey> = {
  unconscious: 'emergency_reason.unconscious',
  danger: 'emergency_reason.danger',
  medicines: 'emergency_reason.medicines',
  unreachable: 'emergency_reason.unreachable',
};

export const FINDINGS: Record<Finding, { readonly words: WordKey; readonly means: WordKey }> = {
  justified: { words: 'finding.justified', means: 'finding.justified_means' },
  avoidable: { words: 'finding.avoidable', means: 'finding.avoidable_means' },
  misuse: { words: 'finding.misuse', means: 'finding.misuse_means' },
};

const FAILURES: Record<Exclude<EmergencyFailure, 'new_keys'>, WordKey> = {
  not_in_log: 'emergency_failed.not_in_log',
  not_opted_in: 'emergency_failed.not_opted_in',
  over: 'emergency_failed.over',
  not_genuine: 'emergency_failed.not_genuine',
  nobody: 'emergency_failed.nobody',
  unreachable: 'emergency_failed.unreachable',
  our_fault: 'emergency_failed.our_fault',
};

/** What went wrong; where somebody has new keys, what to do about it. */
export function troubleNotice({ why, who }: EmergencyTrouble, acknowledge: (person: string) => void): TemplateResult {
  if (why !== 'new_keys' || !who) {
    return notice({ tone: 'brick', icon: 'alert', body: t(FAILURES[why === 'new_keys' ? 'our_fault' : why]), urgent: true });
  }
  const checked = (): void => {
    acknowledge(who.id);
  };
  const body = html`<p>${t('emergency_failed.new_keys', { name: who.name })}</p>
    <button class="btn" type="button" @click=${checked}>${t('emergency_failed.new_keys_checked', { name: who.name })}</button>`;
  return notice({ tone: 'honey', icon: 'key', title: t('alarm.key_changed', { name: who.name }), body, urgent: true });
}
