// What a deployment tells: each contract on stdout once it is there, each step on the way to it on stderr.

import type { Making } from "../../chain/deployments.ts";
import type { Stage } from "../../chain/making.ts";
import { countText } from "../text.ts";

export type Account = {
  readonly stage: (name: string, stage: Stage, making: Making) => void;
  readonly end: (path: string) => void;
};

type Write = (text: string) => void;

export function createAccount({ out, err }: { readonly out: Write; readonly err: Write }): Account {
  const sent = new Set<string>();
  return {
    stage: (name, stage, { address, nonce, transactions }) => {
      if (stage === "planned") err(`assay: ${name}: planned at ${address}, nonce ${nonce}\n`);
      if (stage === "sent") {
        sent.add(name);
        err(`assay: ${name}: sent, transaction ${transactions.at(-1)}\n`);
      }
      if (stage === "made")
        out(`${name.padEnd(WIDTH)} ${address} ${sent.has(name) ? "made" : "made by an earlier run"}\n`);
      if (stage === "found") out(`${name.padEnd(WIDTH)} ${address} there already\n`);
      if (stage === "shared") out(`${name.padEnd(WIDTH)} ${address} another set's, shared\n`);
    },
    end: (path) => {
      out(sent.size === 0 ? "nothing sent: all of it was there\n" : `${countText(sent.size, "transaction")} sent\n`);
      out(`recorded in ${path}\n`);
    },
  };
}

const WIDTH = 16;
