// The windows that a convolution or a pool slides over the axes after batch and channel.

import { at } from "../../lib/element.ts";
import { printable } from "../../lib/printable.ts";
import { flag, ints, string } from "../attributes.ts";
import { type Shape, sizeOf } from "../graph.ts";
import { checkSize, checkTerms } from "../limits.ts";
import { badShape, type Context, refused } from "../operator.ts";

/** Of window p the taps[e] and sources[e] for e in [starts[p], starts[p + 1]): places in the kernel and in one channel. */
export type Windows = {
  readonly shape: Shape;
  readonly starts: Int32Array;
  readonly taps: Int32Array;
  readonly sources: Int32Array;
  /** Places of each window that lie in the input or in its padding, but not beyond that. */
  readonly padded: Int32Array;
};

/** One axis: for each window the positions of its taps; -1 in the padding, -2 beyond it. */
type Axis = { readonly length: number; readonly taps: readonly Int32Array[] };

export const WINDOW_ATTRIBUTES = ["auto_pad", "dilations", "kernel_shape", "pads", "strides"];

const [PADDING, BEYOND] = [-1, -2];

/** `spatial` are the axes' lengths, `kernel` the window's. */
export function windows(context: Context, spatial: Shape, kernel: Shape): Windows {
  const rank = spatial.length;
  const strides = positive(context, "strides", rank);
  const dilations = positive(context, "dilations", rank);
  const pads = padding(context, rank);
  const auto = string(context, "auto_pad", "NOTSET");
  if (!["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"].includes(auto))
    throw refused(context, `auto_pad ${printable(auto)}`);
  if (auto !== "NOTSET" && pads.some((pad) => pad !== 0)) throw refused(context, `pads beside auto_pad ${auto}`);
  // onnxruntime has none of it either: nothing to compare with.
  if (auto.startsWith("SAME") && dilations.some((dilation) => dilation > 1)) {
    throw refused(context, `dilations beside auto_pad ${auto}`);
  }
  const ceil = flag(context, "ceil_mode", false);
  const axes = spatial.map((length, i): Axis => {
    const [stride, width] = [at(strides, i), (at(kernel, i) - 1) * at(dilations, i) + 1];
    const same = auto.startsWith("SAME");
    const missing = (Math.ceil(length / stride) - 1) * stride + width - length;
    // onnxruntime takes it off at the beginning too, and not all of its pools do so alike.
    if (same && missing < -1) throw refused(context, `auto_pad ${auto} where ${-missing} elements are in no window`);
    const wanted = same ? Math.max(0, missing) : 0;
    const less = Math.floor(wanted / 2);
    const before = same ? (auto === "SAME_LOWER" ? wanted - less : less) : at(pads, i);
    const after = same ? wanted - before : at(pads, rank + i);
    return axisOf(context, {
      length,
      stride,
      before,
      after,
      ceil,
      width,
      dilation: at(dilations, i),
      kernel: at(kernel, i),
    });
  });
  return joined(axes, spatial, kernel);
}

/** The kernel_shape attribute of a pool. */
export function kernelShape(context: Context, rank: number): Shape {
  if (ints(context, "kernel_shape") === undefined) throw refused(context, "no kernel_shape");
  return positive(context, "kernel_shape", rank);
}

/** Axes after batch and channel; throws where there are none. */
export function spatialAxes(context: Context, shape: Shape): Shape {
  if (shape.length < 3)
    throw badShape(context, `got an input of shape [${shape}], want batch, channels and 1 axis or more`);
  return shape.slice(2);
}

type Sliding = {
  readonly length: number;
  readonly stride: number;
  readonly before: number;
  readonly after: number;
  readonly ceil: boolean;
  readonly width: number;
  readonly dilation: number;
  readonly kernel: number;
};

function axisOf(context: Context, { length, stride, before, after, ceil, width, dilation, kernel }: Sliding): Axis {
  const room = length + before + after - width;
  if (room < 0) throw badShape(context, `got a window of ${width} on ${length + before + after}, want one that fits`);
  let count = (ceil ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1;
  // The last window starts in the input or in the padding before it.
  if (ceil && (count - 1) * stride >= length + before) count--;
  checkTerms(checkSize([count]) * kernel);
  const taps = Array.from({ length: count }, (_, o) =>
    Int32Array.from({ length: kernel }, (_, k) => {
      const position = o * stride + k * dilation - before;
      if (position >= length + after) return BEYOND;
      return position < 0 || position >= length ? PADDING : position;
    }),
  );
  return { length, taps };
}

function joined(axes: readonly Axis[], spatial: Shape, kernel: Shape): Windows {
  const shape = axes.map(({ taps }) => taps.length);
  const [count, places] = [checkSize(shape), sizeOf(kernel)];
  checkTerms(count * places);
  const starts = new Int32Array(count + 1);
  const padded = new Int32Array(count);
  const [taps, sources] = [new Int32Array(count * places), new Int32Array(count * places)];
  let used = 0;
  for (let p = 0; p < count; p++) {
    for (let tap = 0; tap < places; tap++) {
      const position = positionOf(axes, shape, spatial, kernel, p, tap);
      if (position !== BEYOND) padded[p] = at(padded, p) + 1;
      if (position < 0) continue;
      taps[used] = tap;
      sources[used++] = position;
    }
    starts[p + 1] = used;
  }
  return { shape, starts, taps: taps.slice(0, used), sources: sources.slice(0, used), padded };
}

/** Where one tap of one window lies: PADDING or BEYOND if it does along any axis. */
function positionOf(
  axes: readonly Axis[],
  shape: Shape,
  spatial: Shape,
  kernel: Shape,
  window: number,
  tap: number,
): number {
  let position = 0;
  let stride = 1;
  let [p, t] = [window, tap];
  let outside = 0;
  for (let i = axes.length - 1; i >= 0; i--) {
    const [windowsHere, tapsHere] = [at(shape, i), at(kernel, i)];
    const found = at(axes[i]?.taps[p % windowsHere] ?? [], t % tapsHere);
    p = Math.floor(p / windowsHere);
    t = Math.floor(t / tapsHere);
    if (found < 0) outside = Math.min(outside, found);
    else position += found * stride;
    stride *= at(spatial, i);
  }
  return outside < 0 ? outside : position;
}

function positive(context: Context, name: string, rank: number): readonly number[] {
  const values = ints(context, name);
  if (values === undefined) return new Array<number>(rank).fill(1);
  if (values.length !== rank) throw badShape(context, `got ${values.length} ${name}, want ${rank}`);
  if (!values.every((value) => Number.isSafeInteger(value) && value >= 1))
    throw badShape(context, `got ${name} of [${values}], want 1 or more`);
  return Array.from(values);
}

function padding(context: Context, rank: number): readonly number[] {
  const values = ints(context, "pads");
  if (values === undefined) return new Array<number>(2 * rank).fill(0);
  if (values.length !== 2 * rank) throw badShape(context, `got ${values.length} pads, want ${2 * rank}`);
  if (!values.every((value) => value >= 0 && value <= 1 << 20))
    throw badShape(context, `got pads of [${values}], want 0 to 2^20`);
  return Array.from(values);
}
