// A job as data: every setting with its meaning, unit, default and bounds. docs/configuration.md is rendered from here.

import * as z from "zod";
import { Governance, Registration } from "./governance.ts";

/** `<asset>/<asset>`, what one feed or source prices. */
const pair = () => z.string().regex(/^[A-Z0-9]{2,12}\/[A-Z0-9]{2,12}$/);
export const Pair = pair();
const name = () => z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
const ppm = (description: string, fallback: number, least = 0) =>
  z.int().min(least).max(1_000_000).default(fallback).meta({ description, unit: "ppm" });

const jsonPath = z
  .array(z.union([z.string().max(128), z.int().min(0).max(10_000)], { error: "Invalid input: expected key or index" }))
  .max(16);

const pairSetting = pair().meta({ description: "The pair that this source prices." });

export const HttpJson = z.strictObject({
  pair: pairSetting,
  kind: z.literal("http-json").meta({ description: "One price read from the JSON body of one GET request." }),
  url: z
    .string()
    .max(2048)
    .refine(isFetchable, { error: "got another URL, want https (http on loopback only), no credentials, no fragment" })
    .meta({
      description:
        "Where the price is. https, or http on loopback only; no credentials, no fragment. Redirects are refused.",
    }),
  path: jsonPath.meta({ description: "Keys and indexes that lead to the price in the body." }),
  expect: z.enum(["string", "number"]).meta({
    description: "The JSON type in which the venue gives the price; the other one is refused.",
  }),
  require: z
    .array(
      z.strictObject({
        path: jsonPath.meta({ description: "Keys and indexes that lead to a field of the body." }),
        equals: z.string().max(128).meta({ description: "The JSON string that must stand there." }),
      }),
    )
    .max(4)
    .default([])
    .meta({ description: "Fields that must have a stated value, such as the symbol or a result code." }),
  time: z
    .strictObject({
      path: jsonPath.meta({ description: "Keys and indexes that lead to the time of the price." }),
      unit: z.enum(["s", "ms", "s-string", "ms-string", "iso8601"]).meta({
        description:
          "How the venue writes it: a JSON number or a string of seconds or milliseconds, or ISO 8601 with zone.",
      }),
      maxAgeSeconds: z.int().min(1).max(86_400).default(120).meta({
        description: "An older price is refused.",
        unit: "seconds",
      }),
      maxAheadSeconds: z.int().min(0).max(300).default(5).meta({
        description: "A price further in the future is refused.",
        unit: "seconds",
      }),
    })
    .optional()
    .meta({ description: "Where the body says when the price was made. Without it the age is not checked." }),
  timeoutMs: z.int().min(100).max(30_000).default(3_000).meta({
    description: "Limit of one attempt, from the connection to the last byte.",
    unit: "milliseconds",
  }),
  maxBodyBytes: z.int().min(64).max(1_048_576).default(65_536).meta({
    description: "Limit of the decompressed body; the connection is cut at the first byte beyond it.",
    unit: "bytes",
  }),
  retries: z.int().min(0).max(5).default(1).meta({
    description: "Further attempts after a timeout, a network failure or a 5xx status.",
    unit: "attempts",
  }),
});

export const Replay = z.strictObject({
  pair: pairSetting,
  kind: z.literal("replay").meta({ description: "One cell of a recorded CSV file, by the minute of the epoch." }),
  file: z
    .string()
    .max(256)
    .refine(isInside, { error: "got a path that leads out, want one below the job's directory" })
    .meta({
      description: "CSV with a `ts` column (unix seconds of the minute), relative to the job and below its directory.",
    }),
  column: z.string().min(1).max(128).meta({ description: "The price's column; an empty cell means no price." }),
  over: z.string().min(1).max(128).optional().meta({
    description: "Divides by this column of the same row, for an implied pair.",
  }),
});

export const Quotient = z.strictObject({
  pair: pairSetting,
  kind: z.literal("quotient").meta({
    description:
      "An implied pair: one http-json source of the same reporter over another. Each is fetched once an epoch.",
  }),
  dividend: pair().meta({ description: "Pair of the http-json source above the line, e.g. BTC/USD for USDT/USD." }),
  divisor: pair().meta({ description: "Pair of the http-json source below the line, e.g. BTC/USDT for USDT/USD." }),
});

export const Source = z.discriminatedUnion("kind", [HttpJson, Replay, Quotient]);

const venue = () => name().meta({ description: "The market asked. No two reporters of a job may ask the same one." });

/** A file below `jobs/venues/`: all that one venue can be asked, shared by the jobs that name it. */
export const Venue = z.strictObject({
  venue: venue(),
  description: z.string().max(1000).meta({ description: "What the figures are and what the venue does not say." }),
  sources: z.array(Source).min(1).max(64).meta({ description: "One source a pair." }),
});

const Reporter = z.strictObject({
  name: name().meta({ description: "The reporter's name in logs and metrics; its place in the list is its slot." }),
  venue: venue(),
  sources: z.array(Source).min(1).max(64).meta({
    description:
      "One source a pair, or the path of a venue file below the job's directory, of which the pairs that the feeds need are taken. A pair without a source is reported as 0.",
  }),
  registration: Registration.optional().meta({
    description:
      "The reporter's key and its proof of possession, from `assay key register`. Needed by `assay deploy`; a demo makes its own keys.",
  }),
});

const Model = z.strictObject({
  kQ8: z.int().min(256).max(65_535).default(1328).meta({
    description: "Tolerance around the median, in median deviations.",
    unit: "1/256",
  }),
  floorPpm: ppm("Tolerance around the median, at least this part of it.", 2_500),
  kappaQ8: z.int().min(0).max(65_535).default(2048).meta({
    description: "A step beyond this many scales is held.",
    unit: "1/256",
  }),
  jumpFloorPpm: ppm("A step up to this part of the level is never held.", 20_000),
  hardPpm: ppm("A step beyond this part of the larger price is refused.", 500_000),
  initialScalePpm: ppm("The chart's first scale, as a part of the first answer.", 1_000),
});

/** The committed model: what a job runs that does not say otherwise. */
export const COMMITTED_MODEL = Model.parse({});

const Due = z.strictObject({
  deviationPpm: ppm("A round is due when a feed has moved by this part since the last one.", 5_000, 1),
  heartbeatSeconds: z.int().min(1).max(604_800).default(3_600).meta({
    description: "A round is due when the last one is this old.",
    unit: "seconds",
  }),
});

/** A whole job with its venue files already in place. */
export const Spec = z.strictObject({
  name: name().meta({ description: "The feed set's name; part of its id." }),
  description: z.string().max(2000).default("").meta({ description: "For the reader." }),
  environment: z.enum(["production", "staging", "development"]).meta({
    description: "Part of the feed set's id, so that no observation counts in another environment.",
  }),
  salt: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/)
    .meta({ description: "32 bytes that tell apart two sets that are otherwise alike." }),
  periodSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .default(60)
    .meta({ description: "Length of an epoch: a divisor of a minute, an hour or a day.", unit: "seconds" }),
  maxAgeEpochs: z.int().min(1).max(4).default(2).meta({
    description: "How old an epoch the contract accepts; 1 for sets that offer pull.",
    unit: "epochs",
  }),
  sourceDeadlineMs: z.int().min(500).max(60_000).default(5_000).meta({
    description: "A reporter leaves out a source that has not answered by then; within the period.",
    unit: "milliseconds",
  }),
  circuit: z
    .string()
    .regex(/^round-[1-9][0-9]?x[1-9][0-9]?(-[a-z]+)?$/)
    .meta({
      description:
        "The round's circuit, by reporters x feeds, and by its model if that is not the first one. See circuits/circuits.json.",
    }),
  quorum: z.int().min(1).max(16).meta({ description: "Prices that a feed needs for an answer.", unit: "reporters" }),
  minSigners: z
    .int()
    .min(1)
    .max(16)
    .meta({ description: "Signers that a round needs; at least the quorum.", unit: "reporters" }),
  feeds: z
    .array(
      z.strictObject({
        pair: pair().meta({ description: "What the feed prices." }),
        decimals: z
          .int()
          .min(0)
          .max(18)
          .default(8)
          .meta({ description: "Decimals of the feed's answers.", unit: "digits" }),
      }),
    )
    .min(1)
    .max(32)
    .meta({ description: "The feeds, in the order of the signed vector." }),
  model: Model.prefault({}).meta({ description: "Parameters of the model (docs/protocol.md, section 5)." }),
  due: Due.prefault({}).meta({ description: "When the attestor proves a round." }),
  reporters: z.array(Reporter).min(1).max(16).meta({ description: "The reporters, in the order of their slots." }),
  governance: Governance.optional().meta({
    description: "Who governs the contracts. Needed by `assay deploy`; a demo governs itself.",
  }),
});

export type HttpJson = z.infer<typeof HttpJson>;
export type Replay = z.infer<typeof Replay>;
export type Quotient = z.infer<typeof Quotient>;
export type Source = z.infer<typeof Source>;
export type Spec = z.infer<typeof Spec>;

/** True for a path that stays below the directory it is relative to. */
export function isInside(path: string): boolean {
  return /^[A-Za-z0-9._/-]+$/.test(path) && !path.startsWith("/") && !path.split("/").includes("..");
}

function isFetchable(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "" || url.hash !== "") {
    return false;
  }
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
}

/** After WHATWG parsing an IPv4 host is four plain decimals, whatever it was written as. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
