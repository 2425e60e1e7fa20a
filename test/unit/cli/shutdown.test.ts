import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it, onTestFinished } from "vitest";
import { createClosers } from "../../../src/cli/shutdown.ts";

const SHUTDOWN = join(import.meta.dirname, "../../../src/cli/shutdown.ts");
const CLOCK = join(import.meta.dirname, "../../../src/lib/clock.ts");

describe("createClosers", () => {
  it("closes in reverse order, each after the one before it has ended", async () => {
    const order: string[] = [];
    const closers = createClosers();
    for (const name of ["first", "second", "third"]) {
      closers.add(async () => {
        order.push(`${name} begins`);
        await Promise.resolve();
        order.push(`${name} ends`);
      });
    }
    await closers.closeAll();
    expect(order).toEqual(["third", "second", "first"].flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  it("closes the rest when some fail, and throws all their errors together", async () => {
    const closed: string[] = [];
    const [rejecting, throwing] = [new Error("rejects"), new Error("throws")];
    const closers = createClosers();
    closers.add(() => void closed.push("first"));
    closers.add(async () => Promise.reject(rejecting));
    closers.add(() => {
      throw throwing;
    });
    closers.add(() => void closed.push("last"));
    await expect(closers.closeAll()).rejects.toMatchObject({
      name: "AggregateError",
      errors: [throwing, rejecting],
    });
    expect(closed).toEqual(["last", "first"]);
  });

  it("closes each once, however often it is told to", async () => {
    let times = 0;
    const closers = createClosers();
    closers.add(() => {
      times += 1;
    });
    await closers.closeAll();
    await closers.closeAll();
    expect(times).toBe(1);
  });

  it("closes what is added while it closes", async () => {
    const closed: string[] = [];
    const closers = createClosers();
    closers.add(() => {
      closers.add(() => void closed.push("late"));
    });
    await closers.closeAll();
    expect(closed).toEqual(["late"]);
  });
});

/** A process that stays until it is told twice: signals of the test's own process are not to be played with. */
function start() {
  const script = `
    import { interruptible } from ${JSON.stringify(SHUTDOWN)};
    import { systemClock } from ${JSON.stringify(CLOCK)};
    // Its clock moves on with what stdin says, so that no test waits.
    let aheadMs = 0;
    process.stdin.on("data", () => {
      aheadMs += 500;
      process.stdout.write("later\\n");
    });
    const { signal } = interruptible({ ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs });
    signal.addEventListener("abort", () => {
      const { name, message, signalNumber } = signal.reason;
      process.stdout.write(JSON.stringify({ name, message, signalNumber }) + "\\n");
    });
    process.on("SIGINT", () => process.stdout.write("SIGINT heard\\n"));
    process.stdout.write("ready\\n");`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const halfASecondLater = async () => {
    child.stdin.write(".");
    while ((await lines.next()).value !== "later");
  };
  return { child, lines, halfASecondLater };
}

describe("interruptible", () => {
  it.each([
    ["SIGHUP", 1],
    ["SIGINT", 2],
    ["SIGTERM", 15],
  ] as const)("aborts on the first %s with its number, and exits with 128 + %i on the second", async (name, number) => {
    const { child, lines, halfASecondLater } = start();
    const exit = once(child, "exit");
    expect((await lines.next()).value).toBe("ready");
    child.kill(name);
    expect(JSON.parse((await lines.next()).value ?? "")).toEqual({
      name: "Interrupted",
      message: `interrupted by ${name}`,
      signalNumber: number,
    });
    await halfASecondLater();
    child.kill(name);
    expect(await exit).toEqual([128 + number, null]);
  });

  it("exits on a second signal of another kind, with that one's number", async () => {
    const { child, lines } = start();
    const exit = once(child, "exit");
    await lines.next();
    child.kill("SIGTERM");
    await lines.next();
    child.kill("SIGINT");
    expect(await exit).toEqual([130, null]);
  });

  it("takes the same signal at once again for the same one, which npm passes on after the terminal", async () => {
    const { child, lines, halfASecondLater } = start();
    const exit = once(child, "exit");
    await lines.next();
    child.kill("SIGINT");
    await lines.next();
    expect((await lines.next()).value).toBe("SIGINT heard");
    child.kill("SIGINT");
    expect((await lines.next()).value).toBe("SIGINT heard");
    await halfASecondLater();
    child.kill("SIGHUP");
    expect(await exit).toEqual([129, null]);
  });
});
