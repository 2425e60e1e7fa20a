import { describe, expect, it } from "vitest";
import { AssayError, exitCodeOf } from "../../../src/lib/errors.ts";

describe("AssayError", () => {
  it("is fatal and without data unless it says otherwise", () => {
    const error = new AssayError("some.code", "got this, want that");
    expect(error).toMatchObject({ name: "AssayError", code: "some.code", message: "got this, want that" });
    expect([error.disposition, error.data, "cause" in error]).toEqual(["fatal", {}, false]);
  });

  it("keeps its cause, disposition and data", () => {
    const cause = new TypeError("below");
    const error = new AssayError("some.code", "m", { cause, disposition: "retry", data: { feed: 3 } });
    expect([error.cause, error.disposition, error.data]).toEqual([cause, "retry", { feed: 3 }]);
    expect(error).toBeInstanceOf(Error);
  });
});

describe("exitCodeOf", () => {
  it.each([
    ["usage.key", "fatal", 64],
    ["inspect.differs", "fatal", 65],
    ["inspect.unsupported", "fatal", 65],
    ["inference.refused", "reject", 65],
    ["inference.unsatisfied", "reject", 65],
    ["inference.proof", "reject", 78],
    ["model.operator", "reject", 78],
    ["model.rows", "reject", 78],
    ["model.rank", "fatal", 1],
    ["chain.unreachable", "retry", 75],
    ["deploy.busy", "retry", 75],
    ["job.governance", "fatal", 78],
    ["configuration.invalid", "fatal", 78],
    ["deploy.differs", "fatal", 78],
    ["key.file", "fatal", 78],
    ["chain.developmentKeys", "fatal", 78],
    ["chain.answer", "fatal", 78],
    ["chain.solc", "fatal", 1],
    ["jobs.other", "fatal", 1],
  ] as const)("gives %s (%s) the code %d", (code, disposition, exit) => {
    expect(exitCodeOf(new AssayError(code, "m", { disposition }))).toBe(exit);
  });
});
