// A reporter's secret in a file of its own, which only its owner reads.

import { randomBytes } from "node:crypto";
import { open, readFile, stat } from "node:fs/promises";
import { AssayError } from "../lib/errors.ts";
import * as Key from "./key.ts";

const SECRET_BYTES = 32;
const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

/** Makes a secret and its file. Throws `key.file` where there is one already: a key that is overwritten is lost. */
export async function create(path: string): Promise<Key.SecretKey> {
  const secret = randomBytes(SECRET_BYTES);
  const handle = await open(path, "wx", OWNER_ONLY).catch((cause: NodeJS.ErrnoException) => {
    const got = cause.code === "EEXIST" ? "a file that is there already" : (cause.code ?? "a failure");
    throw new AssayError("key.file", `${path}: got ${got}, want to make a new file`, { cause });
  });
  try {
    await handle.writeFile(`0x${secret.toString("hex")}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return Key.fromSecret(secret);
}

/** Throws `key.file` for a file that is none, or that others than its owner may read. Never says what is in it. */
export async function read(path: string): Promise<Key.SecretKey> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new AssayError("key.file", `${path}: got ${cause.code ?? "a failure"}, want a key file`, { cause });
  });
  // Windows has no such permissions and shows every file as readable to all.
  const mode = process.platform === "win32" ? 0 : (await stat(path)).mode;
  if ((mode & OTHERS) !== 0) {
    throw new AssayError("key.file", `${path}: got mode ${(mode & 0o777).toString(8)}, want 600: others may read it`);
  }
  if (!/^0x[0-9a-f]{64}\n?$/.test(text)) {
    throw new AssayError("key.file", `${path}: got something else, want ${SECRET_BYTES} bytes in hexadecimal`);
  }
  return Key.fromSecret(Buffer.from(text.slice(2, 2 + 2 * SECRET_BYTES), "hex"));
}
