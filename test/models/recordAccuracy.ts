// `node test/models/recordAccuracy.ts`: writes accuracy.json from what each exported model is measured to lose and to cost.
// test/unit/inference/exportedModels.test.ts holds the program to it: after a change that is meant, look at the difference.

import { writeFile } from "node:fs/promises";
import { measure, names } from "../support/inference/exportedModels.ts";

const record: Record<string, object> = {};
for (const name of await names()) Object.assign(record, await measure(name));
/** Seven digits are as many as single precision has. */
const short = (_key: string, value: unknown) => (typeof value === "number" ? Number(value.toPrecision(7)) : value);
await writeFile(new URL("accuracy.json", import.meta.url), `${JSON.stringify(record, short, 2)}\n`);
