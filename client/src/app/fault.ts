/** Something of ours went wrong before there was anything to show. */

import { html, render } from 'lit';
import { ApiError, Unreachable } from '../api/http.ts';
import { lockFrame } from '../views/parts/door-frame.ts';
import { errorState } from '../views/parts/loading.ts';
import { t } from '../views/words.ts';
import { doorActions, doorModel } from './door.ts';
import type { Shell } from './shell.ts';

export function showFault(shell: Shell, error: unknown): void {
  const reference = error instanceof ApiError ? error.code : error instanceof Error ? error.name : null;
  const tryAgain = (): void => { location.reload(); };
  const offline = error instanceof Unreachable;
  const draw = (): void => {
    const failure = { title: t('fault.title'), reference: offline ? null : reference, offline };
    const card = html`<h1 class="vh">${t('fault.title')}</h1>
      <div class="lockscreen__part">${errorState(failure, tryAgain)}</div>`;
    render(lockFrame(doorModel(shell), doorActions(draw), card), shell.root);
  };
  draw();
}
