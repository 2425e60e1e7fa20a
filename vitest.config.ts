import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Proofs and compilations take their time on two cores that other suites share.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    maxWorkers: 2,
  },
});
