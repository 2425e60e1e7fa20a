// `npm run bench:gas [-- --json]`: the gas bench beside what other oracles cost, or as one object on stdout.

import { parseArgs } from "node:util";
import { ANCHORS, type Anchor } from "./anchors.ts";
import { benchGas, type Gas } from "./gas.ts";

const COLUMNS = [1, 4, 5, 10, 20, 32];

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
// Progress is said on stderr, so that stdout is the result's.
const gas = await benchGas((line) => void process.stderr.write(`${line}\n`));
const { update, secondSet, latestRoundData } = gas;
process.stdout.write(values.json ? `${JSON.stringify({ update, secondSet, latestRoundData })}\n` : text(gas));

function text({ update, secondSet, thirdSet, latestRoundData, byOperation }: Gas): string {
  const perFeed = Object.fromEntries(
    Object.entries(update).map(([feeds, used]) => [feeds, Math.round(used / Number(feeds))]),
  );
  const rows: readonly Anchor[] = [
    ...ANCHORS,
    { system: "Assay, this run", signatures: "all of 4 or 8", gasPerFeed: perFeed },
    { system: "  the whole transaction", signatures: "", gasPerFeed: update },
  ];
  return [
    line("gas a feed, whole transactions, by feeds", "signatures", COLUMNS.map(String)),
    ...rows.map(({ system, signatures, gasPerFeed }) =>
      line(
        system,
        signatures,
        COLUMNS.map((feeds) => gasPerFeed[feeds]?.toLocaleString("en") ?? ""),
      ),
    ),
    "",
    `a second set of 4 feeds in the same transaction   ${secondSet.toLocaleString("en")} (submitAll of 2, less submit of 1)`,
    `a third                                           ${thirdSet.toLocaleString("en")} (submitAll of 3, less submitAll of 2)`,
    `Feed.latestRoundData(), cold                      ${latestRoundData.toLocaleString("en")} (less 21,000 and calldata)`,
    "",
    "where it goes, 4 feeds a set                         submit of 1 submitAll of 2    more",
    ...operations(byOperation),
    "",
  ].join("\n");
}

function operations({ submit, submitAll }: Gas["byOperation"]): readonly string[] {
  return Object.entries(submitAll)
    .sort(([, a], [, b]) => b - a)
    .map(([name, two]) => {
      const one = submit[name] ?? 0;
      const cells = [one, two, two - one].map((gas) => gas.toLocaleString("en").padStart(14));
      return `  ${name.padEnd(48)}${cells.join("")}`;
    });
}

function line(system: string, signatures: string, cells: readonly string[]): string {
  return `${system.padEnd(42)}${signatures.padEnd(14)}${cells.map((cell) => cell.padStart(9)).join("")}`.trimEnd();
}
