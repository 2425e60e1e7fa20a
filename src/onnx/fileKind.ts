// What a file that is no .onnx is instead, by its first bytes: for the message.

import { Buffer } from "node:buffer";

const BEGINNINGS: readonly (readonly [string, string])[] = [
  ["\x89PNG", "a PNG image"],
  ["\xff\xd8\xff", "a JPEG image"],
  ["GIF8", "a GIF image"],
  ["%PDF", "a PDF file"],
  ["PK\x03\x04", "a zip archive (PyTorch's .pt, Keras' .keras and NumPy's .npz are such)"],
  ["\x1f\x8b", "a gzip archive"],
  ["\x89HDF", "an HDF5 file (Keras' .h5 is such)"],
  ["\x93NUMPY", "a NumPy array"],
  ["GGUF", "a GGUF file"],
  ["\x80\x02", "a Python pickle"],
  ["\x80\x03", "a Python pickle"],
  ["\x80\x04", "a Python pickle"],
  ["\x80\x05", "a Python pickle"],
  ["version https://git-lfs", "a pointer of Git LFS, not the file itself"],
];

/** Bytes that are looked at. */
const HEAD = 256;

/** Undefined for what may be an .onnx file, if a damaged one. */
export function fileKind(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, HEAD)).toString("latin1");
  const known = BEGINNINGS.find(([beginning]) => head.startsWith(beginning));
  if (known !== undefined) return known[1];
  // An .onnx file begins with its IR version, whose field is a control character.
  if (head === "" || !/^[\t\n\r\x20-\x7e\x80-\xff]*$/.test(head)) return undefined;
  const [first = ""] = head.trim();
  if (first === "{" || first === "[") return "JSON";
  return first === "<" ? "HTML or XML" : "text";
}
