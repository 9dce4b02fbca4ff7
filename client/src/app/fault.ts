/** Something of ours went wrong before there was anything to show. */

import { html, render } from 'lit';
import { ApiError, Unreachable } from '../api/http.ts';
import { errorState } from '../views/parts/loading.ts';
import { t } from '../views/words.ts';
import type { Shell } from './shell.ts';

export function showFault(shell: Shell, error: unknown): void {
  const reference = error instanceof ApiError ? error.code : error instanceof Unreachable ? 'unreachable' : error instanceof Error ? error.name : null;
  const tryAgain = (): void => { location.reload(); };
  const failure = { title: t('home.failed'), reference, clinicPhone: null };
  render(html`<main id="main" class="page">${errorState(failure, tryAgain)}</main>`, shell.root);
}
