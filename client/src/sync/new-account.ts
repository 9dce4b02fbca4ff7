/** The keys of somebody who joins, made in this browser: identity, master key, and the two credentials that open it. */

import { askPossession, join, type Joining, type SignedIn, type StoredDocument } from '../api/doors.ts';
import { argon2idInWorker } from '../keystore/password-hashing.ts';
import { verifyAccountChain } from '../protocol/accountChain.ts';
import type { ClinicChain } from '../protocol/clinicChain.ts';
import type { AccountChain } from '../protocol/accountChain.ts';
import { sealDocument, type DocumentName } from '../protocol/documents.ts';
import { b64u, equalBytes, formatTime, randomBytes, type Bytes } from '../protocol/encoding.ts';
import { newId, type AccountId } from '../protocol/ids.ts';
import { invitationKey, type InvitationLink } from '../protocol/invitation.ts';
import type { InvitationBody } from '../protocol/kinds/invitation.ts';
import { KEY, type KeyBody } from '../protocol/kinds/key.ts';
import { VAULT, type KdfJson } from '../protocol/kinds/vault.ts';
import { ARGON2, passwordSecrets, recoverySecrets, SALT_LENGTH, type SlotSecrets } from '../protocol/password.ts';
import { firstPins, pinsJson } from '../protocol/pins.ts';
import { readRecoveryCode, RECOVERY_BYTES, writeRecoveryCode } from '../protocol/recoveryCode.ts';
import { openBox, possessionInfo } from '../protocol/sealing.ts';
import { makeStatement, statementHash, type Envelope } from '../protocol/statement.ts';
import type { JsonObject } from '../protocol/strictJson.ts';
import { makeSlot, makeVault, newIdentityKeys, type IdentityKeys } from '../protocol/vault.ts';
import { deviceLabel } from './device-label.ts';

/** A credential just made: how it was derived, and its two halves. */
export interface NewCredential {
  readonly kdf: KdfJson;
  readonly secrets: SlotSecrets;
}

/** @throws ProtocolError `password_unusable`; NoMemoryForPassword */
export async function newPasswordCredential(password: string): Promise<NewCredential> {
  const salt = randomBytes(SALT_LENGTH);
  const parameters = { name: 'argon2id', m: ARGON2.m, t: ARGON2.t, p: ARGON2.p, salt } as const;
  return { kdf: { ...parameters, salt: b64u(salt) }, secrets: await passwordSecrets(password, parameters, argon2idInWorker) };
}

/** A recovery code, to be shown once, and what it opens. */
export interface NewRecovery extends NewCredential {
  /** Nine groups of four. */
  readonly code: readonly string[];
  /** Whether what was typed back is the code. */
  readonly isRight: (typed: string) => Promise<boolean>;
}

export async function newRecoveryCredential(): Promise<NewRecovery> {
  const [bytes, salt] = [randomBytes(RECOVERY_BYTES), randomBytes(SALT_LENGTH)];
  const secrets = await recoverySecrets(bytes, { name: 'hkdf', salt });
  return {
    kdf: { name: 'hkdf', salt: b64u(salt) },
    secrets,
    code: (await writeRecoveryCode(bytes)).split('-'),
    isRight: async (typed) => readRecoveryCode(typed).then((read) => equalBytes(read, bytes), () => false),
  };
}

/** The verified invitation that somebody joins by. */
export interface Joinable {
  readonly link: InvitationLink;
  readonly clinic: ClinicChain;
  readonly inviter: AccountChain | null;
  readonly body: InvitationBody;
  readonly statement: Envelope;
}

/** What a joiner chose and was given. */
export interface JoinerChoice {
  readonly name: string;
  readonly language: string;
  readonly password: NewCredential;
  readonly recovery: NewRecovery;
}

/** Somebody about to join. The same keys are offered again when an answer was lost, so that joining twice makes one account. */
export class NewAccount {
  private constructor(
    readonly joinable: Joinable,
    readonly keys: IdentityKeys,
    readonly master: Bytes,
  ) {}

  static async make(joinable: Joinable): Promise<NewAccount> {
    return new NewAccount(joinable, await newIdentityKeys(1), randomBytes(32));
  }

  get account(): AccountId {
    return this.joinable.body.account;
  }

  /** What every joiner sends; `more` are documents beside the pins. */
  async request(choice: JoinerChoice, consent: Envelope | null, more: Readonly<Partial<Record<DocumentName, JsonObject>>>): Promise<Joining> {
    const { link } = this.joinable;
    const key = await this.keyStatement();
    const { statement, clinic, inviter } = this.joinable;
    const own = await verifyAccountChain([statement, key], this.account, clinic, inviter);
    const documents = { pins: pinsJson(firstPins(clinic.key.id, own)), ...more };
    const { ticket, nonce } = await this.possession();
    const { name, language } = choice;
    return {
      ...{ name, language, ticket, nonce, key, consent },
      invitation: link.invitation,
      vault: await this.vault(choice),
      documents: await this.sealed(documents),
      device: newId('dev'),
      deviceLabel: deviceLabel(),
    };
  }

  /** Joins. @throws ApiError `name_taken`, `invitation_used`, … ; Unreachable */
  async join(choice: JoinerChoice, consent: Envelope | null): Promise<SignedIn> {
    return join(await this.request(choice, consent, {}));
  }

  private async keyStatement(): Promise<Envelope> {
    const { body, link, statement } = this.joinable;
    const key: KeyBody = {
      account: this.account,
      clinic: body.clinic,
      version: 1,
      signing_key: b64u(this.keys.signing.public.bytes),
      sealing_key: b64u(this.keys.sealing.public.bytes),
      reason: 'first',
    };
    const signers = { self: this.keys.signing, invitation: await invitationKey(link.secret) };
    const place = { account: this.account, time: formatTime(new Date()), sequence: 1, previous: await statementHash(statement) };
    return makeStatement(KEY, key, signers, place);
  }

  private async vault({ password, recovery }: JoinerChoice): Promise<Envelope> {
    const { account, keys, master } = this;
    const slots = await Promise.all(
      [password, recovery].map(({ kdf, secrets }) =>
        makeSlot(master, { account, slot: newId('slt'), madeIn: 1, kdf, credential: secrets, keys }),
      ),
    );
    const place = { account, time: formatTime(new Date()), sequence: 0, previous: null };
    return makeStatement(VAULT, await makeVault(account, 1, master, [keys], slots), { self: keys.signing }, place);
  }

  /** Opens the nonce that the server sealed to the new key: it sees that the key is held by who registers it. */
  private async possession(): Promise<{ ticket: string; nonce: string }> {
    const { sealing } = this.keys;
    const { ticket, box } = await askPossession(this.joinable.link.invitation, b64u(sealing.public.bytes));
    const nonce = await openBox(sealing, possessionInfo(this.account, sealing.public.id), box);
    return { ticket, nonce: b64u(nonce) };
  }

  private async sealed(documents: Readonly<Partial<Record<DocumentName, JsonObject>>>): Promise<Record<string, StoredDocument>> {
    const entries = Object.entries(documents) as [DocumentName, JsonObject][];
    const sealed = entries.map(async ([name, document]) => {
      const ciphertext = await sealDocument(this.master, { account: this.account, name, version: 1 }, document);
      return [name, { version: 1, ciphertext: b64u(ciphertext) }] as const;
    });
    return Object.fromEntries(await Promise.all(sealed));
  }
}
