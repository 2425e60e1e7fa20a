// Polynomials in indicators, written as sums of variables: indicators and products. A product is made once, however often
// it occurs, and none is made where monotone indicators give it for nothing.

import { at } from "../lib/element.ts";
import type { Indicator } from "./cells.ts";
import type { Lowering } from "./lowering.ts";
import type { Bounds, StepId } from "./program.ts";

/** constant + the sum of coefficient * variable. Variables below `indicators.length` are indicators, the others products. */
export type Polynomial = { readonly constant: number; readonly terms: ReadonlyMap<number, number> };

export type Algebra = {
  readonly constant: (value: number) => Polynomial;
  readonly indicator: (index: number) => Polynomial;
  /** Of each times its factor. */
  readonly sum: (terms: readonly (readonly [Polynomial, number])[]) => Polynomial;
  readonly scale: (a: Polynomial, factor: number) => Polynomial;
  readonly multiply: (a: Polynomial, b: Polynomial) => Polynomial;
};

export type Polynomials = Algebra & {
  /** The result of whichever form makes the fewest new products. */
  readonly cheapest: <T>(forms: readonly ((algebra: Algebra) => T)[]) => T;
  /** The steps for all products, then for these sums. */
  readonly materialise: (sums: readonly Polynomial[], known: Bounds) => StepId;
};

type Product = { readonly left: Polynomial; readonly right: Polynomial; readonly level: number; readonly key: string };

export function createPolynomials(lowering: Lowering, name: string, indicators: readonly Indicator[]): Polynomials {
  const products: Product[] = [];
  const known = new Map<string, number>();

  const constant = (value: number): Polynomial => ({ constant: value, terms: new Map() });
  const variable = (index: number): Polynomial => ({ constant: 0, terms: new Map([[index, 1]]) });
  const levelOf = ({ terms }: Polynomial): number =>
    [...terms.keys()].reduce((most, index) => Math.max(most, products[index - indicators.length]?.level ?? 0), 0);

  /** The one feature whose indicators alone occur; undefined for products or several. */
  function featureOf({ terms }: Polynomial): number | undefined {
    const features = new Set([...terms.keys()].map((index) => indicators[index]?.feature));
    return features.size === 1 ? [...features][0] : undefined;
  }

  function multiply(a: Polynomial, b: Polynomial): Polynomial {
    if (a.terms.size === 0) return scale(b, a.constant);
    if (b.terms.size === 0) return scale(a, b.constant);
    const feature = featureOf(a);
    if (feature !== undefined && feature === featureOf(b)) return withinFeature(a, b);
    const [left, right] = [keyOf(a), keyOf(b)];
    const key = left < right ? `${left}*${right}` : `${right}*${left}`;
    const index = known.get(key) ?? indicators.length + products.length;
    if (!known.has(key)) {
      products.push({ left: a, right: b, level: 1 + Math.max(levelOf(a), levelOf(b)), key });
      known.set(key, index);
    }
    return variable(index);
  }

  function cheapest<T>(forms: readonly ((algebra: Algebra) => T)[]): T {
    const before = products.length;
    const undo = (): void => {
      for (const { key } of products.splice(before)) known.delete(key);
    };
    const costs = forms.map((form) => {
      form(algebra);
      const cost = products.length - before;
      undo();
      return cost;
    });
    return at(forms, costs.indexOf(Math.min(...costs)))(algebra);
  }

  function materialise(sums: readonly Polynomial[], bounds: Bounds): StepId {
    const places: Place[] = [...indicators];
    const levels = Map.groupBy(products.keys(), (index) => at(products, index).level);
    for (const [, members] of [...levels].sort(([a], [b]) => a - b)) {
      const left = place(
        lowering,
        name,
        members.map((index) => at(products, index).left),
        places,
      );
      const right = place(
        lowering,
        name,
        members.map((index) => at(products, index).right),
        places,
      );
      const step = lowering.assembler.add(name, members.length, { kind: "product", left, right });
      for (const [element, index] of members.entries()) places[indicators.length + index] = { step, element };
    }
    return place(lowering, name, sums, places, bounds);
  }

  const algebra: Algebra = { constant, indicator: variable, sum, scale, multiply };
  return { ...algebra, cheapest, materialise };
}

function sum(list: readonly (readonly [Polynomial, number])[]): Polynomial {
  let constant = 0;
  const terms = new Map<number, number>();
  for (const [polynomial, factor] of list) {
    constant += polynomial.constant * factor;
    for (const [index, coefficient] of polynomial.terms) put(terms, index, coefficient * factor);
  }
  return { constant, terms };
}

/** No coefficient is 0. */
function put(terms: Map<number, number>, index: number, coefficient: number): void {
  const sum = (terms.get(index) ?? 0) + coefficient;
  if (sum === 0) terms.delete(index);
  else terms.set(index, sum);
}

function scale({ constant, terms }: Polynomial, factor: number): Polynomial {
  if (factor === 0) return { constant: 0, terms: new Map() };
  return { constant: constant * factor, terms: new Map([...terms].map(([index, one]) => [index, one * factor])) };
}

/** Of two indicators of one feature the higher is their product: reaching it is reaching both. */
function withinFeature(a: Polynomial, b: Polynomial): Polynomial {
  const terms = new Map<number, number>();
  for (const [i, one] of a.terms) put(terms, i, one * b.constant);
  for (const [j, other] of b.terms) put(terms, j, other * a.constant);
  for (const [i, one] of a.terms) {
    for (const [j, other] of b.terms) put(terms, Math.max(i, j), one * other);
  }
  return { constant: a.constant * b.constant, terms };
}

function keyOf({ constant, terms }: Polynomial): string {
  return `${constant},${[...terms].sort(([a], [b]) => a - b).join(";")}`;
}

type Place = { readonly step: StepId; readonly element: number };

/** An affine step with one row for each of these. */
function place(
  { assembler }: Lowering,
  name: string,
  rows: readonly Polynomial[],
  places: readonly Place[],
  known?: Bounds,
): StepId {
  const used = new Set(rows.flatMap(({ terms }) => [...terms.keys()].map((index) => at(places, index).step)));
  const sources = [...used].sort((a, b) => a - b);
  const first = new Map<StepId, number>();
  let total = 0;
  for (const step of sources) {
    first.set(step, total);
    total += at(assembler.steps, step).size;
  }
  const starts = new Int32Array(rows.length + 1);
  const [positions, weights]: [number[], number[]] = [[], []];
  for (const [j, { terms }] of rows.entries()) {
    for (const [index, coefficient] of terms) {
      const { step, element } = at(places, index);
      positions.push((first.get(step) ?? 0) + element);
      weights.push(coefficient);
    }
    starts[j + 1] = positions.length;
  }
  return assembler.add(
    name,
    rows.length,
    {
      kind: "affine",
      sources,
      starts,
      positions: Int32Array.from(positions),
      weights: Float64Array.from(weights),
      bias: Float64Array.from(rows, ({ constant }) => constant),
    },
    known,
  );
}
