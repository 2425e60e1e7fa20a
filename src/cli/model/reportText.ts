// What a job costs and loses, for people: calibrate and evaluate say it alike.

import type { Report } from "../../inference/report.ts";
import { printable } from "../../lib/printable.ts";
import type { Program } from "../../program/program.ts";
import { columns, countText } from "../text.ts";

export function reportText(report: Report, { outputs }: Pick<Program, "outputs">): string {
  // An index is right or wrong: where there is nothing else, there is no error to speak of.
  const hasNumbers = outputs.some(({ kind }) => kind !== "index");
  const { rows, meanError, medianError, maxError, range, changedClassShare, constraints, notes } = report;
  const figure = (value: number): string => String(Number(value.toPrecision(4)));
  const changed =
    changedClassShare === undefined
      ? "no output has classes"
      : `${figure(100 * changedClassShare)} % of rows (${Math.round(changedClassShare * rows)})`;
  const errors = `${figure(meanError)}, median ${figure(medianError)}, greatest ${figure(maxError)}`;
  const bits = Object.entries(report.inputBits).map(
    ([name, [least, most]]) => `${printable(name)} ${least === most ? least : `${least} to ${most}`}`,
  );
  const layers = constraints.layers.filter((layer) => layer.constraints > 0);
  const counts = [
    ...layers.map((layer) => [`  ${printable(layer.name)}`, String(layer.constraints)]),
    ...(constraints.parameters > 0 ? [["  commitment to the parameters", String(constraints.parameters)]] : []),
    ["  statement", String(constraints.statement)],
    ["  all", String(constraints.total)],
  ];
  return [
    `against the float model, on ${countText(rows, "row")}:`,
    ...(hasNumbers ? [`  error           mean ${errors}, of a range of ${figure(range)}`] : []),
    `  class changes   ${changed}`,
    `bits: inputs ${bits.join(", ")}; weights ${report.weightBits}; activations ${report.activationBits}; parameters ${report.parameters}`,
    "constraints:",
    ...columns(counts),
    ...notes.map((note) => `note: ${printable(note, 500)}`),
    "",
  ].join("\n");
}
