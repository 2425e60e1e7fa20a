import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createReporter } from "../../../src/daemon/reporter.ts";
import { openJournal } from "../../../src/journal/journal.ts";
import { PRIME, parse } from "../../../src/lib/field.ts";
import * as Observation from "../../../src/observation/observation.ts";
import { CONFIGURATION, SECRETS } from "../../support/feedSetFixture.ts";
import { createFixedClock } from "../../support/fixedClock.ts";
import { fixedObserve } from "../../support/fixedObserve.ts";
import { NOW_SECONDS, REPORTER } from "./reporterOptions.ts";

const A = { digest: parse(1n), body: "a" };
const B = { digest: parse(2n), body: "b" };

let directory = "";
let path = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-journal-"));
  path = join(directory, "journal.sqlite");
});
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await rm(directory, { recursive: true, force: true });
});

/** A process of this folder; what still runs dies with the test. */
function start(script: string, ...args: string[]): ChildProcessByStdio<Writable, Readable, null> {
  const child = spawn(process.execPath, ["--no-warnings", join(import.meta.dirname, script), ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  return child;
}

describe("reserve", () => {
  it("promises the first digest of a subject and repeats it as often as asked", () => {
    const journal = openJournal(":memory:");
    expect([journal.reserve("s", A), journal.reserve("s", A)]).toEqual([{ ok: true }, { ok: true }]);
    expect(journal.find("s")).toEqual(A);
    journal.close();
  });

  it("refuses another digest with what is held, and goes on holding it", () => {
    const journal = openJournal(":memory:");
    journal.reserve("s", A);
    expect(journal.reserve("s", B)).toEqual({ ok: false, held: A });
    expect(journal.reserve("s", { ...B, body: "a" })).toEqual({ ok: false, held: A });
    expect(journal.find("s")).toEqual(A);
    expect(journal.reserve("s", A)).toEqual({ ok: true });
    journal.close();
  });

  it("keeps the body of the first promise when the same digest comes with another", () => {
    const journal = openJournal(":memory:");
    journal.reserve("s", A);
    expect(journal.reserve("s", { ...A, body: "z" })).toEqual({ ok: true });
    expect(journal.find("s")).toEqual(A);
    journal.close();
  });

  it("keeps subjects apart, however alike, and digests exact up to p - 1", () => {
    const journal = openJournal(":memory:");
    const large = { digest: parse(PRIME - 1n), body: "l" };
    const nearly = { digest: parse(PRIME - 2n), body: "l" };
    for (const subject of ["s", "S", "s ", "s/1", "1", "01"])
      expect(journal.reserve(subject, large)).toEqual({ ok: true });
    expect(journal.reserve("1", nearly)).toEqual({ ok: false, held: large });
    expect(journal.find("s/2")).toBeUndefined();
    journal.close();
  });
});

describe("openJournal", () => {
  it("remembers after it was closed and opened again", () => {
    const before = openJournal(path);
    before.reserve("s", A);
    before.close();
    const after = openJournal(path);
    expect(after.find("s")).toEqual(A);
    expect(after.reserve("s", B)).toEqual({ ok: false, held: A });
    after.close();
  });

  it("gives two connections to one file at once the same answer", () => {
    const [one, two] = [openJournal(path), openJournal(path)];
    expect(one.reserve("s", A)).toEqual({ ok: true });
    expect(two.reserve("s", B)).toEqual({ ok: false, held: A });
    expect(two.reserve("t", B)).toEqual({ ok: true });
    expect(one.reserve("t", A)).toEqual({ ok: false, held: B });
    expect([one.find("t"), two.find("s")]).toEqual([B, A]);
    one.close();
    two.close();
  });

  it("gives processes that make the file at the same time the same answer", async () => {
    const openers = ["1", "2", "3", "4"].map((digest) => start("openAndReserve.ts", path, "s", digest));
    const lines = openers.map(({ stdout }) => createInterface({ input: stdout })[Symbol.asyncIterator]());
    await Promise.all(lines.map((line) => line.next()));
    for (const { stdin } of openers) stdin.write("go\n");
    const answers = await Promise.all(lines.map(async (line) => (await line.next()).value));
    const journal = openJournal(path);
    expect(answers).toEqual(Array(4).fill(journal.find("s")?.body));
    journal.close();
  });
});

describe("a reporter killed between reserve and sign", () => {
  it("signs the promised vector when it is back, whatever its sources say now", async () => {
    const child = start("reserveThenHang.ts", path, "5000");
    const reserved = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    expect((await reserved.next()).value).toBe("reserved");
    child.kill("SIGKILL");
    expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);

    const [key] = SECRETS;
    if (key === undefined) throw new RangeError("the fixture has no key");
    const journal = openJournal(path);
    const asked: unknown[] = [];
    const reporter = createReporter(
      {
        clock: createFixedClock(NOW_SECONDS),
        journal,
        key,
        observe: (...request) => {
          asked.push(request);
          return fixedObserve([6000n, 7000n])(...request);
        },
      },
      REPORTER,
    );
    const epoch = NOW_SECONDS / REPORTER.periodSeconds;
    const received = Observation.receive(await reporter.report(epoch, new AbortController().signal), {
      feedSetId: REPORTER.feedSetId,
      epoch,
      capacity: REPORTER.capacity,
      feedCount: CONFIGURATION.feedCount,
      keys: CONFIGURATION.keys,
    });
    expect(received).toMatchObject({ ok: true, observation: { epoch, slot: 0, prices: [5000n, 0n, 0n, 0n] } });
    expect(asked).toEqual([]);
    journal.close();
  });
});
