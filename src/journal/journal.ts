// What was promised before it was signed: one digest a subject, for good. SQLite, so that a crash forgets nothing.

import { DatabaseSync } from "node:sqlite";
import { AssayError } from "../lib/errors.ts";
import type { Field } from "../lib/field.ts";

export type Entry = {
  /** Of what will be signed. */
  readonly digest: Field;
  /** What the digest is of, so that it can be signed again after a crash. */
  readonly body: string;
};

export type Reservation = { readonly ok: true } | { readonly ok: false; readonly held: Entry };

export type Journal = {
  /**
   * Promises that nothing but `entry.digest` is ever signed for `subject`. Repeating the promise is a no-op; another
   * digest is refused with the entry that is held. Durable when it returns.
   */
  readonly reserve: (subject: string, entry: Entry) => Reservation;
  readonly find: (subject: string) => Entry | undefined;
  readonly close: () => void;
};

const SCHEMA =
  "CREATE TABLE IF NOT EXISTS reservation (subject TEXT PRIMARY KEY, digest TEXT NOT NULL, body TEXT NOT NULL) STRICT";

/** Opens or makes the journal at `path`; ":memory:" for tests that need no crash. */
export function openJournal(path: string): Journal {
  const database = new DatabaseSync(path);
  // No write-ahead log: the switch to it does not wait for another process that makes the file at the same time.
  database.exec("PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL");
  database.exec(SCHEMA);
  const insert = database.prepare("INSERT INTO reservation VALUES (?, ?, ?) ON CONFLICT (subject) DO NOTHING");
  const select = database.prepare("SELECT digest, body FROM reservation WHERE subject = ?");

  const find = (subject: string): Entry | undefined => {
    const row = select.get(subject);
    // `as`: the digest was minted as a field element by whoever reserved it; the table is STRICT.
    return row === undefined ? undefined : { digest: BigInt(String(row.digest)) as Field, body: String(row.body) };
  };
  return {
    find,
    reserve: (subject, entry) => {
      if (insert.run(subject, entry.digest.toString(), entry.body).changes === 1) return { ok: true };
      const held = find(subject);
      if (held === undefined) {
        throw new AssayError("journal.lost", `got a conflict and no entry for ${subject}, want the entry that is held`);
      }
      return held.digest === entry.digest ? { ok: true } : { ok: false, held };
    },
    close: () => database.close(),
  };
}
