// A process that opens a journal when it is told to, promises a digest, and prints what it was answered.
// Arguments: path, subject, digest.

import { openJournal } from "../../../src/journal/journal.ts";
import { parse } from "../../../src/lib/field.ts";

const [path = "", subject = "", digest = "0"] = process.argv.slice(2);
process.stdout.write("ready\n");
process.stdin.once("data", () => {
  const journal = openJournal(path);
  const reservation = journal.reserve(subject, { digest: parse(BigInt(digest)), body: digest });
  journal.close();
  process.stdout.write(`${reservation.ok ? digest : reservation.held.body}\n`, () => process.exit(0));
});
