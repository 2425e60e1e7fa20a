// One element of a list or typed array that must be there.

/** Throws RangeError outside: an index is never wrong by input, only by a bug. */
export function at<T>(list: { readonly length: number; readonly [index: number]: T }, index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`got position ${index}, want one of ${list.length}`);
  return found;
}
