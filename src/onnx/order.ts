// Who makes which name: every name once, every input made by something, and the nodes after those that they need.

import { printable } from "../lib/printable.ts";
import type { OnnxNode } from "./model.ts";
import { malformed } from "./refusal.ts";

/**
 * The nodes in an order in which each comes after those that make its inputs: the file's own where it is one.
 * `given` are the names of inputs and initializers. Throws `model.file`.
 */
export function inOrder(
  nodes: readonly OnnxNode[],
  given: ReadonlySet<string>,
  outputs: readonly string[],
): OnnxNode[] {
  const makers = makersOf(nodes, given);
  const needs = nodes.map((node) => needsOf(node, makers, given));
  for (const name of outputs) {
    if (!makers.has(name) && !given.has(name)) throw unmade(name, "output", "the graph");
  }

  const ordered: OnnxNode[] = [];
  const state = new Uint8Array(nodes.length);
  for (let start = 0; start < nodes.length; start++) {
    // Depth first with a stack of our own: a chain may be as long as the file.
    const stack = [start];
    while (stack.length > 0) {
      const index = stack.at(-1) ?? start;
      const next = state[index] === DONE ? undefined : needs[index]?.pop();
      state[index] ||= OPEN;
      if (next === undefined) {
        stack.pop();
        const node = nodes[index];
        if (state[index] === OPEN && node !== undefined) ordered.push(node);
        state[index] = DONE;
      } else if (state[next] === OPEN) {
        throw cycle(nodes[next]);
      } else if (state[next] !== DONE) {
        stack.push(next);
      }
    }
  }
  return ordered;
}

const OPEN = 1;
const DONE = 2;

function makersOf(nodes: readonly OnnxNode[], given: ReadonlySet<string>): ReadonlyMap<string, number> {
  const makers = new Map<string, number>();
  for (const [index, node] of nodes.entries()) {
    for (const name of node.outputs) {
      if (name === "") continue;
      if (makers.has(name) || given.has(name)) {
        const where = `node ${printable(node.name)}`;
        throw malformed({ got: `${printable(name)} made twice`, where, want: "every name made once" });
      }
      makers.set(name, index);
    }
  }
  return makers;
}

/** The nodes that make its inputs, the first one last. */
function needsOf(node: OnnxNode, makers: ReadonlyMap<string, number>, given: ReadonlySet<string>): number[] {
  const needs: number[] = [];
  for (const name of node.inputs) {
    if (name === "" || given.has(name)) continue;
    const maker = makers.get(name);
    if (maker === undefined) throw unmade(name, "input", `node ${printable(node.name)}`);
    needs.push(maker);
  }
  return needs.reverse();
}

function unmade(name: string, role: "input" | "output", where: string): Error {
  return malformed({
    got: `${role} ${printable(name)}, which nothing makes`,
    where,
    want: "an input, an initializer or a node's output",
  });
}

function cycle(node: OnnxNode | undefined): Error {
  const where = `node ${printable(node?.name ?? "")}`;
  return malformed({ got: "a cycle: a node that needs its own output", where, want: "a graph without one" });
}
