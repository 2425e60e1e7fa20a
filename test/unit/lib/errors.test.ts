import { describe, expect, it } from "vitest";
import { AssayError } from "../../../src/lib/errors.ts";

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
