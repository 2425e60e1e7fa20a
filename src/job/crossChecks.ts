// What a job's settings must be to each other. Runs on any value, so that these problems show beside schema mistakes.

import * as z from "zod";
import { cronOf } from "./period.ts";

export type Issue = { readonly path: string; readonly message: string };

/** Every broken relation, with the path of the setting to change. */
export function crossCheck(value: unknown): Issue[] {
  const draft = Draft.parse(value);
  return CHECKS.flatMap((check) => check(draft));
}

const text = z.string().optional().catch(undefined);
const integer = z.int().optional().catch(undefined);
const texts = z.array(text).catch([]);

// Reads whatever is readable: a setting of the wrong type is undefined here and is the schema's business.
const Draft = z
  .object({
    periodSeconds: integer,
    sourceDeadlineMs: integer,
    circuit: text,
    quorum: integer,
    minSigners: integer,
    due: z.object({ heartbeatSeconds: integer }).catch({}),
    feeds: z.array(z.object({ pair: text }).catch({})).catch([]),
    reporters: z
      .array(
        z
          .object({
            name: text,
            venue: text,
            sources: z.array(z.object({ pair: text, kind: text, dividend: text, divisor: text }).catch({})).catch([]),
          })
          .catch({ sources: [] }),
      )
      .optional()
      .catch(undefined),
    governance: z
      .object({
        proposers: texts,
        executors: texts,
        feed: z.object({ confirmDelaySeconds: integer, overrideDelaySeconds: integer }).catch({}),
      })
      .catch({ proposers: [], executors: [], feed: {} }),
  })
  .catch({ due: {}, feeds: [], governance: { proposers: [], executors: [], feed: {} } });
type Draft = z.infer<typeof Draft>;
type Check = (draft: Draft) => Issue[];

const feedsAreDistinct: Check = ({ feeds }) =>
  duplicates(
    feeds.map((feed) => feed.pair),
    (i) => `feeds[${i}].pair`,
  );

const reportersAreDistinct: Check = ({ reporters = [] }) =>
  duplicates(
    reporters.map((reporter) => reporter.name),
    (i) => `reporters[${i}].name`,
  );

const venuesAreDistinct: Check = ({ reporters = [] }) =>
  duplicates(
    reporters.map((reporter) => reporter.venue),
    (i) => `reporters[${i}].venue`,
  );

const sourcesAreDistinct: Check = ({ reporters = [] }) =>
  reporters.flatMap(({ sources }, r) =>
    duplicates(
      sources.map((source) => source.pair),
      (i) => `reporters[${r}].sources[${i}].pair`,
    ),
  );

const feedsHaveSources: Check = ({ feeds, reporters }) => {
  if (reporters === undefined) {
    return [];
  }
  const given = new Set(reporters.flatMap(({ sources }) => sources.map((source) => source.pair)));
  return feeds.flatMap(({ pair }, i) =>
    pair === undefined || given.has(pair)
      ? []
      : [{ path: `feeds[${i}].pair`, message: `got ${JSON.stringify(pair)}, want a pair that a source gives` }],
  );
};

const operandsAreFetched: Check = ({ reporters = [] }) =>
  reporters.flatMap(({ sources }, r) => {
    const fetched = new Set(sources.filter(({ kind }) => kind === "http-json").map(({ pair }) => pair));
    return sources.flatMap((source, i) =>
      source.kind !== "quotient"
        ? []
        : (["dividend", "divisor"] as const).flatMap((side) => {
            const operand = source[side];
            return operand === undefined || fetched.has(operand)
              ? []
              : [
                  {
                    path: `reporters[${r}].sources[${i}].${side}`,
                    message: `got ${JSON.stringify(operand)}, want the pair of an http-json source of this reporter`,
                  },
                ];
          }),
    );
  });

const quorumCanBeMet: Check = ({ quorum, reporters }) => atMost("quorum", quorum, "reporters", reporters?.length);

const signersCanBeMet: Check = ({ minSigners, reporters }) =>
  atMost("minSigners", minSigners, "reporters", reporters?.length);

// Without it a round could be proven in which every feed lacks its quorum (docs/protocol.md, section 3).
const signersCoverQuorum: Check = ({ minSigners, quorum }) =>
  minSigners === undefined || quorum === undefined || minSigners >= quorum
    ? []
    : [{ path: "minSigners", message: `got ${minSigners}, want at least the quorum of ${quorum}` }];

const deadlineIsWithinPeriod: Check = ({ sourceDeadlineMs: deadline, periodSeconds: period }) =>
  deadline === undefined || period === undefined || deadline < period * 1000
    ? []
    : [{ path: "sourceDeadlineMs", message: `got ${deadline}, want less than the period of ${period} s` }];

const heartbeatCoversPeriod: Check = ({ due: { heartbeatSeconds: heartbeat }, periodSeconds: period }) =>
  heartbeat === undefined || period === undefined || heartbeat >= period
    ? []
    : [{ path: "due.heartbeatSeconds", message: `got ${heartbeat}, want at least periodSeconds, ${period}` }];

const periodHasACron: Check = ({ periodSeconds: period }) =>
  period === undefined || period < 1 || cronOf(period) !== undefined
    ? []
    : [{ path: "periodSeconds", message: `got ${period}, want a divisor of a minute, an hour or a day` }];

const circuitHasRoom: Check = ({ circuit, feeds, reporters }) => {
  const size = /^round-(\d+)x(\d+)(?:-|$)/.exec(circuit ?? "");
  return size === null
    ? []
    : [
        ...atMost("reporters", reporters?.length, `slots of ${circuit}`, Number(size[1])),
        ...atMost("feeds", feeds.length, `feeds of ${circuit}`, Number(size[2])),
      ];
};

const accountsAreDistinct: Check = ({ governance }) =>
  (["proposers", "executors"] as const).flatMap((role) =>
    duplicates(
      governance[role].map((account) => account?.toLowerCase()),
      (i) => `governance.${role}[${i}]`,
    ),
  );

// The feed's constructor would refuse it, after the set has been paid for.
const overrideIsAfterConfirm: Check = ({ governance }) => {
  const { confirmDelaySeconds: confirm, overrideDelaySeconds: override } = governance.feed;
  return confirm === undefined || override === undefined || override > confirm
    ? []
    : [
        {
          path: "governance.feed.overrideDelaySeconds",
          message: `got ${override}, want more than confirmDelaySeconds, ${confirm}`,
        },
      ];
};

const CHECKS: readonly Check[] = [
  feedsAreDistinct,
  reportersAreDistinct,
  venuesAreDistinct,
  sourcesAreDistinct,
  feedsHaveSources,
  operandsAreFetched,
  quorumCanBeMet,
  signersCanBeMet,
  signersCoverQuorum,
  periodHasACron,
  deadlineIsWithinPeriod,
  heartbeatCoversPeriod,
  circuitHasRoom,
  accountsAreDistinct,
  overrideIsAfterConfirm,
];

function duplicates(values: readonly (string | undefined)[], path: (index: number) => string): Issue[] {
  return values.flatMap((value, i) =>
    value === undefined || values.indexOf(value) === i
      ? []
      : [
          {
            path: path(i),
            message: `got ${JSON.stringify(value)} again, want it once (first at ${path(values.indexOf(value))})`,
          },
        ],
  );
}

function atMost(path: string, got: number | undefined, bound: string, limit: number | undefined): Issue[] {
  return got === undefined || limit === undefined || got <= limit
    ? []
    : [{ path, message: `got ${got}, want at most the ${limit} ${bound}` }];
}
