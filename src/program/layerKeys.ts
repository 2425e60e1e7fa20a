// What a job calls the layers of a graph: ranges of ReLUs, units of linear layers.

import type { Graph } from "../graph/graph.ts";

/**
 * By node: the name of the ONNX node that it comes from, with a number from the second node of that name and kind on. Which
 * outputs are asked for moves no layer's key that they leave alone. No key is `__proto__`, which no object of a job's can have
 * as a member.
 */
export function layerKeys({ nodes }: Graph): readonly string[] {
  const used = new Set<string>();
  return nodes.map(({ name, operation: { kind } }) => {
    let key = name;
    for (let count = 2; used.has(`${kind} ${key}`) || key === "__proto__"; count++) key = `${name}#${count}`;
    used.add(`${kind} ${key}`);
    return key;
  });
}
