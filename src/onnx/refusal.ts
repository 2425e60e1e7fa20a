// Why an .onnx file is not read: what was found, where, and what was wanted instead.

import { AssayError } from "../lib/errors.ts";

/** `where` names the node, tensor or value, printable already. */
export type Finding = { readonly got: string; readonly where: string; readonly want: string };

export function malformed(finding: Finding, cause?: unknown): AssayError {
  return new AssayError("model.file", sentence(finding), { disposition: "reject", data: finding, cause });
}

export function tooLarge(finding: Finding): AssayError {
  return new AssayError("model.size", sentence(finding), { disposition: "reject", data: finding });
}

export function badValue(finding: Finding): AssayError {
  return new AssayError("model.value", sentence(finding), { disposition: "reject", data: finding });
}

function sentence({ got, where, want }: Finding): string {
  return `got ${got} (${where}), want ${want}`;
}
