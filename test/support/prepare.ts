// Makes the artifacts of round-4x4 before suites that run side by side would each make them.

import { join } from "node:path";
import * as Artifacts from "../../src/prove/artifacts.ts";

const root = join(import.meta.dirname, "../..");
await Artifacts.ensure("round-4x4", { root });
