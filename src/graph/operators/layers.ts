// Gemm and MatMul, batches broadcast. A constant side is weights; of two computed sides there are products.

import { at } from "../../lib/element.ts";
import { flag, float, only } from "../attributes.ts";
import { asNode, type Builder, idOf, rearranged, reshaped, type Value } from "../builder.ts";
import { type Shape, STRUCTURE, sizeOf } from "../graph.ts";
import { checkSize, checkTerms } from "../limits.ts";
import { badShape, type Context, type Operator } from "../operator.ts";
import { broadcast, spread } from "../positions.ts";
import { createRows } from "../rows.ts";
import { lengthOf } from "./axes.ts";
import { asParameters, combined, commonShape, expanded, groupsOf, product, summed } from "./combination.ts";
import { floating, given, like, numeric, sameTypes } from "./operands.ts";

/** One side of a product of matrices: element (row, column) of matrix `batch` is at `batch + row * down + column * across`. */
type Side = {
  readonly value: Value;
  readonly rows: number;
  readonly columns: number;
  readonly down: number;
  readonly across: number;
  /** Where each matrix of the result's batch starts. */
  readonly starts: Int32Array;
};

type Bias = (row: number, column: number) => { readonly bias: number; readonly biasKey: number };

const NO_BIAS: Bias = () => ({ bias: 0, biasKey: STRUCTURE });

export const gemm: Operator = (context) => {
  only(context, ["alpha", "beta", "transA", "transB"]);
  const { builder } = context;
  sameTypes(context);
  const alpha = float(context, "alpha", 1);
  const beta = float(context, "beta", 1);
  const left = matrix(context, floating(context, 0), flag(context, "transA", false));
  const right = matrix(context, floating(context, 1), flag(context, "transB", false));
  const shape = [left.rows, right.columns];
  const added = given(context, 2) ? floating(context, 2) : undefined;
  if (added === undefined) return like(context, multiplied(context, shape, left, right, alpha, NO_BIAS));
  if (broadcast([added.shape, shape])?.join() !== shape.join()) {
    throw badShape(context, `got C of shape [${added.shape}], want one that broadcasts to [${shape}]`);
  }
  const from = spread(added.shape, shape);
  if (added.kind === "constant" && (left.value.kind === "constant" || right.value.kind === "constant")) {
    const first = builder.keys(added.data.length);
    const bias: Bias = (row, column) => {
      const k = at(from, row * right.columns + column);
      return { bias: beta * at(added.data, k), biasKey: first + k };
    };
    return like(context, multiplied(context, shape, left, right, alpha, bias));
  }
  const products = multiplied(context, shape, left, right, alpha, NO_BIAS);
  return like(
    context,
    combined(builder, [products, expanded(builder, asParameters(builder, added), shape)], [1, beta]),
  );
};

export const matMul: Operator = (context) => {
  only(context, []);
  const [a, b] = [numeric(context, 0), numeric(context, 1)];
  sameTypes(context);
  if (a.shape.length === 0 || b.shape.length === 0) throw badShape(context, "got a scalar, want a vector or a matrix");
  const left = a.shape.length === 1 ? reshaped(a, [1, ...a.shape]) : a;
  const right = b.shape.length === 1 ? reshaped(b, [...b.shape, 1]) : b;
  const batches = [left.shape.slice(0, -2), right.shape.slice(0, -2)];
  const batch = commonShape(
    context,
    batches.map((shape) => ({ shape })),
  );
  const [rows, columns] = [lengthOf(left.shape, left.shape.length - 2), lengthOf(right.shape, right.shape.length - 1)];
  const full = [...batch, rows, columns];
  const result = multiplied(context, full, sideOf(left, batch), sideOf(right, batch), 1, NO_BIAS);
  const shape = [...batch, ...(a.shape.length === 1 ? [] : [rows]), ...(b.shape.length === 1 ? [] : [columns])];
  return like(context, reshaped(result, shape));
};

function matrix(context: Context, value: Value, transposed: boolean): Side {
  if (value.shape.length !== 2) throw badShape(context, `got a matrix of shape [${value.shape}], want 2 axes`);
  const side = sideOf(value, []);
  if (!transposed) return side;
  return { ...side, rows: side.columns, columns: side.rows, down: side.across, across: side.down };
}

function sideOf(value: Value, batch: Shape): Side {
  const { shape } = value;
  const [rows, columns] = [lengthOf(shape, shape.length - 2), lengthOf(shape, shape.length - 1)];
  const starts = spread(shape.slice(0, -2), batch).map((start) => start * rows * columns);
  return { value, rows, columns, down: columns, across: 1, starts };
}

function multiplied(context: Context, shape: Shape, left: Side, right: Side, alpha: number, bias: Bias): Value {
  const { builder } = context;
  const inner = left.columns;
  if (right.rows !== inner) throw badShape(context, `got ${inner} columns and ${right.rows} rows, want as many`);
  checkTerms(checkSize(shape) * inner);
  if (left.value.kind === "node" && right.value.kind === "node") {
    return products(builder, shape, left, right, alpha);
  }
  const data = left.value.kind === "constant" ? right : left;
  const weights = left.value.kind === "constant" ? left : right;
  const known = weights.value.kind === "constant" ? weights.value.data : new Float64Array(0);
  const first = builder.keys(known.length);
  const rows = createRows(shape, sizeOf(shape) * inner);
  const size = sizeOf(shape);
  for (let j = 0; j < size; j++) {
    const [row, column, batch] = place(left, right, j);
    for (let i = 0; i < inner; i++) {
      const [a, b] = [elementOf(left, batch, row, i), elementOf(right, batch, i, column)];
      const k = weights === left ? a : b;
      rows.term(weights === left ? b : a, alpha * at(known, k), first + k);
    }
    const { bias: added, biasKey } = bias(row, column);
    rows.end(added, biasKey);
  }
  return builder.add(shape, rows.finish([idOf(asNode(builder, data.value))]));
}

function products(builder: Builder, shape: Shape, left: Side, right: Side, alpha: number): Value {
  const [size, inner] = [sizeOf(shape), left.columns];
  const factors = (side: Side, element: (j: number, i: number) => number) =>
    rearranged(builder, side.value, [size, inner], (k) => element(Math.floor(k / inner), k % inner));
  const pairs = product(
    builder,
    factors(left, (j, i) => {
      const [row, , batch] = place(left, right, j);
      return elementOf(left, batch, row, i);
    }),
    factors(right, (j, i) => {
      const [, column, batch] = place(left, right, j);
      return elementOf(right, batch, i, column);
    }),
  );
  return summed(
    builder,
    pairs,
    shape,
    groupsOf(size, inner, (j, i) => j * inner + i),
    alpha,
  );
}

/** Row, column and matrix of element j of the result. */
function place(left: Side, right: Side, j: number): readonly [number, number, number] {
  const row = Math.floor(j / right.columns);
  return [row % left.rows, j % right.columns, Math.floor(row / left.rows)];
}

function elementOf({ starts, down, across }: Side, batch: number, row: number, column: number): number {
  return at(starts, batch) + row * down + column * across;
}
