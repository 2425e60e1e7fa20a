// A malicious prover: witness generators in which any hint can be forced, made from the circuits' own sources.
//
// Every `signal <-- honest` of our templates becomes `signal <-- forced or honest`, and every `===` goes, so that the
// generator computes on from a forced value as if it were right. What it gives is checked against the constraints of the
// untouched circuit. Templates carry one more input (the forcings) and one more parameter (where they stand in the tree).

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import * as Circuit from "./circuit.ts";
import { CACHE, circomFiles, ROOT } from "./compile.ts";
import * as Constraints from "./constraints.ts";

/** A hinted signal of a template, found in its source. */
export type Hint = { readonly template: string; readonly signal: string };

/** Values by signal: `spread`, `below[2]`, `filter.CappedThreshold#0.out`, `feed[1].chart.fell`. */
export type Forcings = Readonly<Record<string, bigint>>;

export type Forger = {
  readonly circuit: Circuit.Circuit;
  /** Hinted signals of the main component and below it, as forcings name them; `n` indices of an array are the caller's to know. */
  readonly sites: readonly string[];
  /** All signals as they come out when the forced hints are taken for right. */
  readonly witness: (inputs: Circuit.Inputs, forcings: Forcings) => Promise<Circuit.Wires>;
  /** The same, laid out for a compiled form of the untouched circuit. */
  readonly layOut: (witness: Circuit.Wires, target: Circuit.Circuit) => readonly bigint[];
};

type Call = { readonly label: string; readonly template: string; readonly index: number };
type Template = { readonly name: string; readonly sites: readonly string[]; readonly calls: readonly Call[] };
type Segment = { readonly name: string; readonly text: string };

const FORCINGS = 32;
const HINT = /(\w+)(\[[^\]]*\])?\s*<--\s*([^;]+);/g;
const SIZES = { calls: 256, firstArrayCall: 128, sites: 128, indices: 256 } as const;

/** Every `<--` of the project's own templates. */
export function hints(): readonly Hint[] {
  return ownFiles().flatMap((file) =>
    segments(stripped(file)).flatMap(({ name, text }) => sitesOf(text).map((signal) => ({ template: name, signal }))),
  );
}

/** A template and the file that defines it: models of a round all call theirs FeedModel. */
export type Placed = { readonly template: string; readonly file: string };

/** Templates that the project defines. */
export function ownTemplates(): readonly Placed[] {
  return ownFiles().flatMap((file) =>
    segments(stripped(file)).map(({ name }) => ({ template: name, file: relative(ROOT, file) })),
  );
}

/** What one of test/circuits/mains instantiates, of the file that it includes first. */
export function templateOf(main: string): Placed {
  const source = stripped(join(ROOT, "test/circuits/mains", `${main}.circom`));
  const [, file] = /include "([^"]+)"/.exec(source) ?? [];
  const [, template] = /component main[^=]*=\s*(\w+)\(/.exec(source) ?? [];
  if (file === undefined || template === undefined) throw new Error(`got ${main}, want a main of one of our templates`);
  return { template, file: `circuits/${file}` };
}

/**
 * The forger of one of test/circuits/mains, or of an entry in circuits/ or elsewhere by its path: an entry's own template,
 * which a generated one has, is forged too.
 */
export async function forger(path: string): Promise<Forger> {
  const [body = "", component = ""] = stripped(path).split(/(?=component main)/);
  const templates = hintedTemplates(segments(body));
  const source = `${segments(body).length === 0 ? body : forgedFile(body, new Set(templates.keys()))}${component}`;
  const [, open = "", name = "", parameters = ""] = /(component main[^=]*=\s*)(\w+)\(([^;]*)\);/.exec(source) ?? [];
  if (!templates.has(name)) throw new Error(`got ${path}, want a main template with hints`);
  const folder = forgedSources(templates);
  const main = source.replace(`${open}${name}(${parameters})`, `${open}${name}(${appended(parameters, "1")})`);
  const target = join(
    folder,
    "mains",
    `${createHash("sha256").update(main).digest("hex").slice(0, 12)}`,
    path.replace(/^.*\//, ""),
  );
  if (!existsSync(target)) writeAtomically(target, main);
  const libraries = [relative(ROOT, folder), relative(ROOT, join(folder, "circuits"))];
  const circuit = await Circuit.load(target, "O0", libraries);
  const layouts = new Map<Circuit.Circuit, readonly number[]>();
  return {
    circuit,
    sites: sitesBelow(templates, name, ""),
    witness: async (inputs, forcings) => {
      const forge: bigint[][] = Object.entries(forcings).map(([site, value]) => [idOf(templates, name, site), value]);
      if (forge.length > FORCINGS) throw new RangeError(`got ${forge.length} forcings, want at most ${FORCINGS}`);
      while (forge.length < FORCINGS) forge.push([0n, 0n]);
      return circuit.wires({ ...inputs, forge });
    },
    layOut: (witness, original) => {
      const layout = layouts.get(original) ?? layoutOf(circuit, original);
      layouts.set(original, layout);
      return layout.map(witness);
    },
  };
}

function layoutOf(forged: Circuit.Circuit, original: Circuit.Circuit): readonly number[] {
  const { wireOf } = forged.names();
  return Array.from(original.names().nameOf, (name, wire) => {
    const found = wire === 0 ? 0 : wireOf.get(name);
    if (found === undefined) throw new Error(`got no signal ${name} in the forged ${original.name}`);
    return found;
  });
}

/* NAMES OF HINTS */

function idOf(templates: ReadonlyMap<string, Template>, main: string, site: string): bigint {
  const parts = site.split(".");
  let template = templates.get(main);
  let path = 1n;
  for (const part of parts.slice(0, -1)) {
    const [, label, index] = /^([^[]+)(?:\[(\d+)\])?$/.exec(part) ?? [];
    const call = template?.calls.find((candidate) => candidate.label === label);
    if (call === undefined) throw new Error(`got forcing ${site}, want a component of ${template?.name}: ${part}`);
    path = path * BigInt(SIZES.calls) + BigInt(call.index + Number(index ?? 0));
    template = templates.get(call.template);
  }
  const [, signal = "", index] = /^([^[]+)(?:\[(\d+)\])?$/.exec(parts.at(-1) ?? "") ?? [];
  const number = template?.sites.indexOf(signal) ?? -1;
  if (number < 0) throw new Error(`got forcing ${site}, want a hinted signal of ${template?.name}`);
  return (path * BigInt(SIZES.sites) + BigInt(number)) * BigInt(SIZES.indices) + BigInt(index ?? 0);
}

function sitesBelow(templates: ReadonlyMap<string, Template>, name: string, prefix: string): readonly string[] {
  const template = templates.get(name);
  return [
    ...(template?.sites ?? []).map((site) => `${prefix}${site}`),
    ...(template?.calls ?? []).flatMap((call) => sitesBelow(templates, call.template, `${prefix}${call.label}.`)),
  ];
}

/* SOURCES */

const ownFiles = (): readonly string[] =>
  ["circuits/lib", "circuits/models", "circuits/inference", "test/circuits/broken"].flatMap((folder) =>
    circomFiles(join(ROOT, folder)).filter((file) => !readFileSync(file, "utf8").includes("component main")),
  );

/** Own templates that have hints or use one that has, and an entry's whether it has or not. */
function hintedTemplates(entry: readonly Segment[]): ReadonlyMap<string, Template> {
  const all = [...ownFiles().flatMap((file) => segments(stripped(file))), ...entry];
  const hinted = new Set([...all.filter(({ text }) => sitesOf(text).length > 0), ...entry].map(({ name }) => name));
  for (let before = -1; before !== hinted.size; ) {
    before = hinted.size;
    for (const { name, text } of all) if (callsOf(text, hinted).length > 0) hinted.add(name);
  }
  const found = new Map<string, Template>();
  for (const { name, text } of all.filter((segment) => hinted.has(segment.name))) {
    const template = { name, sites: sitesOf(text), calls: callsOf(text, hinted) };
    const other = found.get(name);
    // Forcings are found by templates' names: two of one name must have them in the same places.
    if (other !== undefined && JSON.stringify(other) !== JSON.stringify(template)) {
      throw new Error(`got two templates ${name} whose hints differ`);
    }
    found.set(name, template);
  }
  return found;
}

function sitesOf(text: string): readonly string[] {
  return [...new Set([...text.matchAll(HINT)].map(([, signal = ""]) => signal))];
}

function callsOf(text: string, hinted: ReadonlySet<string>): readonly Call[] {
  return placesOf(text, hinted).map(({ label, template, index }) => ({ label, template, index }));
}

type PlacedCall = Call & {
  /** The component's name where it has one, with its index. */
  readonly component: string | undefined;
  readonly loop: string | undefined;
  readonly parametersEnd: number;
  readonly end: number;
};

/** Instantiations of hinted templates: `T(parameters)(inputs)`, `component x = T(parameters);`, `x[j] = T(parameters);`. */
function placesOf(text: string, hinted: ReadonlySet<string>): readonly PlacedCall[] {
  const found: PlacedCall[] = [];
  const anonymous = new Map<string, number>();
  for (const match of text.matchAll(/(?:(\w+)(?:\[(\w+)\])?\s*=\s*)?\b([A-Z]\w*)\(/g)) {
    const [whole, name, loop, template = ""] = match;
    if (!hinted.has(template) || text.slice(0, match.index).endsWith("template ")) continue;
    const parametersEnd = closing(text, match.index + whole.length - 1);
    const index = (loop === undefined ? 0 : SIZES.firstArrayCall) + found.filter((call) => !call.loop || !loop).length;
    if (text[parametersEnd + 1] === "(") {
      const rank = anonymous.get(template) ?? 0;
      anonymous.set(template, rank + 1);
      const label = `${template}#${rank}`;
      const end = closing(text, parametersEnd + 1);
      found.push({ label, template, index, component: undefined, loop: undefined, parametersEnd, end });
    } else {
      if (name === undefined) throw new Error(`got an unnamed ${template}, want a component's name`);
      const component = loop === undefined ? name : `${name}[${loop}]`;
      found.push({
        label: name,
        template,
        index,
        component,
        loop,
        parametersEnd,
        end: text.indexOf(";", parametersEnd),
      });
    }
  }
  return found;
}

/** Writes the forged copy of all circuits and of circomlib once, and gives its folder. */
function forgedSources(templates: ReadonlyMap<string, Template>): string {
  const hinted = new Set(templates.keys());
  const files = new Map<string, string>();
  for (const file of ownFiles()) {
    const name = relative(ROOT, file).replace(/^circuits\/|^test\/circuits\//, "circuits/");
    files.set(name, forgedFile(stripped(file), hinted));
  }
  files.set("circuits/forge/Forced.circom", FORCED);
  const circomlib = join(ROOT, "node_modules/circomlib/circuits");
  for (const file of circomFiles(circomlib)) {
    if (relative(circomlib, file).includes("/")) continue;
    files.set(join("circomlib/circuits", relative(circomlib, file)), unconstrained(stripped(file)));
  }
  const hash = createHash("sha256");
  for (const [name, text] of files) hash.update(`${name}\0${text}\0`);
  const folder = join(CACHE, `forged-${hash.digest("hex").slice(0, 24)}`);
  if (!existsSync(folder)) {
    const partial = `${folder}.${process.pid}.${Math.random().toString(36).slice(2)}`;
    for (const [name, text] of files) {
      mkdirSync(dirname(join(partial, name)), { recursive: true });
      writeFileSync(join(partial, name), text);
    }
    moveInto(partial, folder);
  }
  return folder;
}

const FORCED = `pragma circom 2.2.2;

function forced(forge, id, honest) {
    for (var k = 0; k < ${FORCINGS}; k++) {
        if (forge[k][0] == id) {
            return forge[k][1];
        }
    }
    return honest;
}
`;

function forgedFile(source: string, hinted: ReadonlySet<string>): string {
  const [first] = segments(source);
  const head = first === undefined ? source : source.slice(0, source.indexOf(first.text));
  const included = head.replace(/pragma [^;]*;/, (pragma) => `${pragma}\n\ninclude "forge/Forced.circom";`);
  return [included, ...segments(source).map((segment) => forgedTemplate(segment, hinted))].join("");
}

function forgedTemplate({ name, text }: Segment, hinted: ReadonlySet<string>): string {
  if (!hinted.has(name)) return unconstrained(text);
  const sites = sitesOf(text);
  let forged = text;
  // From the last call to the first, so that the places stay right.
  for (const call of placesOf(text, hinted).toReversed()) {
    const offset = call.loop === undefined ? `${call.index}` : `${call.index} + ${call.loop}`;
    const path = `PATH * ${SIZES.calls} + ${offset}`;
    const { component, parametersEnd, end } = call;
    const rest = forged.slice(end + 1);
    const parameters = forged.slice(0, parametersEnd);
    const inputs = forged.slice(parametersEnd, end);
    const comma = parameters.endsWith("(") ? "" : ", ";
    forged =
      component === undefined
        ? `${parameters}${comma}${path}${inputs}, forge)${rest}`
        : `${parameters}${comma}${path}${inputs}; ${component}.forge <== forge;${rest}`;
  }
  forged = forged.replace(
    /template (\w+)\(([^)]*)\)/,
    (_, template, parameters) => `template ${template}(${appended(parameters, "PATH")})`,
  );
  const lastInput = [...forged.matchAll(/signal input [^;]+;/g)].at(-1);
  if (lastInput === undefined) throw new Error(`got no inputs in ${name}`);
  const at = lastInput.index + lastInput[0].length;
  forged = `${forged.slice(0, at)} signal input forge[${FORCINGS}][2];${forged.slice(at)}`;
  forged = forged.replace(HINT, (_, signal: string, index: string | undefined, honest: string) => {
    // A forced denominator of 0 must not stop the generator.
    const total = honest.replace(/(\w+) \\ ([a-zA-Z]\w*)/g, "$1 \\ ($2 + ($2 == 0))");
    const id = `(PATH * ${SIZES.sites} + ${sites.indexOf(signal)}) * ${SIZES.indices} + ${index?.slice(1, -1) ?? 0}`;
    return `${signal}${index ?? ""} <-- forced(forge, ${id}, ${total});`;
  });
  return unconstrained(forged);
}

/** Without its assertions of equality: the untouched circuit's constraints judge instead. */
function unconstrained(source: string): string {
  // By statement: a pattern over the whole text takes quadratic time on circomlib's tables of constants.
  return source
    .split(/(?<=[;{}])/)
    .filter((statement) => !statement.includes("==="))
    .join("");
}

const stripped = (file: string): string => withoutComments(readFileSync(file, "utf8"));

const withoutComments = (source: string): string => source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/[^\n]*/g, "");

/** One segment a template, from its keyword to the next one; functions before the first stay in the head. */
function segments(source: string): readonly Segment[] {
  const starts = [...source.matchAll(/\btemplate (\w+)\(/g)];
  return starts.map(({ index, 1: name = "" }, i) => ({ name, text: source.slice(index, starts[i + 1]?.index) }));
}

function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === "(") depth++;
    else if (text[at] === ")" && --depth === 0) return at;
  }
  throw new Error("got an open parenthesis, want it closed");
}

const appended = (list: string, last: string): string => (list.trim() === "" ? last : `${list}, ${last}`);

function writeAtomically(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, text);
  renameSync(partial, path);
}

function moveInto(partial: string, folder: string): void {
  try {
    renameSync(partial, folder);
  } catch (error) {
    // Another worker was faster and left the same files.
    if (!existsSync(folder)) throw error;
    rmSync(partial, { recursive: true });
  }
}

/** True when the untouched circuit's constraints refuse what a forger made. */
export function refused(target: Circuit.Circuit, laidOut: readonly bigint[]): boolean {
  return Constraints.refuses(target.system(), laidOut);
}
