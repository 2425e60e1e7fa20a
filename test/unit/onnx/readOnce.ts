// Run by bombs.test.ts as a process of its own: reads the file at the path and says what it came to and what it cost.

import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { refusalOf } from "../../support/onnx/refusing.ts";

const bytes = readFileSync(process.argv[2] ?? "");
const start = performance.now();
const refusal = refusalOf(bytes);
const ms = Math.round(performance.now() - start);
const maxMb = Math.round((process.resourceUsage().maxRSS * 1024) / 1e6);
process.stdout.write(JSON.stringify({ code: refusal?.code ?? "taken", ms, maxMb }));
