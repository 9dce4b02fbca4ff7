/** Whether a password can be guessed: it can be tried without the server by whoever steals the database, so weak ones are refused with the reason. */

import type { PasswordVerdict } from '../views/models/join.ts';

const SHORTEST = 12;
/** Guesses that a thief with much money makes; Argon2id at 64 MiB makes each dear. */
const ENOUGH_GUESSES = 1e11;

type Weakness = Extract<PasswordVerdict, { state: 'weak' }>['reason'];

let checker: Promise<(password: string, personal: readonly string[]) => PasswordVerdict> | null = null;

/** The verdict; the word lists are loaded when the first password is typed. */
export async function judgePassword(password: string, personal: readonly string[]): Promise<PasswordVerdict> {
  if (Array.from(password).length < SHORTEST) return { state: 'weak', reason: 'too_short' };
  checker ??= loadChecker();
  return (await checker)(password, personal);
}

async function loadChecker(): Promise<(password: string, personal: readonly string[]) => PasswordVerdict> {
  const [{ ZxcvbnFactory }, common] = await Promise.all([import('@zxcvbn-ts/core'), import('@zxcvbn-ts/language-common')]);
  const zxcvbn = new ZxcvbnFactory({ dictionary: common.dictionary, graphs: common.adjacencyGraphs });
  return (password, personal) => {
    const { guesses, sequence } = zxcvbn.check(password, personal.filter((word) => word !== ''));
    if (guesses >= ENOUGH_GUESSES) return { state: 'strong' };
    return { state: 'weak', reason: weakness(sequence) };
  };
}

/** The pattern that most of the password is. */
function weakness(sequence: readonly { pattern: string; token: string; dictionaryName?: unknown }[]): Weakness {
  const longest = [...sequence].sort((one, other) => other.token.length - one.token.length)[0];
  if (!longest) return 'guessable';
  if (longest.pattern === 'dictionary') return longest.dictionaryName === 'userInputs' ? 'personal' : 'common';
  return longest.pattern === 'bruteforce' ? 'guessable' : 'pattern';
}
