// `npm run generate [-- --check]`: writes every file that is derived from another one, or says which are out of date.

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readIfThere } from "../lib/file.ts";
import { configurationPage } from "./configurationPage.ts";
import { constraintCounts } from "./constraintCounts.ts";
import { errorsPage } from "./errorsPage.ts";
import { learnedScoreCircuit, learnedScoreProgram } from "./learnedScore.ts";
import { workedVector } from "./workedVector.ts";

const root = join(import.meta.dirname, "../..");

/** Path below the root to what it must contain; what others are made from comes first. */
const GENERATORS: Readonly<Record<string, (root: string) => Promise<string>>> = {
  "circuits/models/generated/LearnedScore.circom": learnedScoreCircuit,
  "src/model/generated/learnedScore.ts": learnedScoreProgram,
  "circuits/constraints.json": constraintCounts,
  "docs/configuration.md": configurationPage,
  "docs/errors.md": errorsPage,
  "docs/worked-vector.md": workedVector,
};

const check = process.argv.includes("--check");
for (const [path, generate] of Object.entries(GENERATORS)) {
  const want = await generate(root);
  const got = await readIfThere(join(root, path));
  if (got === want) continue;
  if (check) {
    process.stderr.write(`${path} is out of date: npm run generate\n`);
    process.exitCode = 1;
  } else {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), want);
    process.stderr.write(`${path} written\n`);
  }
}
