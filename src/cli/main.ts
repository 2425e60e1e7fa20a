// The command line: parses arguments, runs one command, turns its outcome into an exit code.

import { createRequire } from "node:module";
import { join } from "node:path";
import { Command, CommanderError, Option } from "commander";
import { systemClock } from "../lib/clock.ts";
import { AssayError, EXIT, exitCodeOf } from "../lib/errors.ts";
import { createLog, type Level } from "../lib/log.ts";
import { harmless } from "../lib/printable.ts";
import { MODEL_NAMES } from "../model/models.ts";
import { collect, names, natural, positive } from "./arguments.ts";
import { backtest } from "./backtest/command.ts";
import { addChainCommands } from "./chainCommands.ts";
import { demo } from "./demo/command.ts";
import { addModelCommands } from "./model/commands.ts";
import { createClosers, Interrupted, interruptible, ReaderGone } from "./shutdown.ts";

const root = join(import.meta.dirname, "../..");
const { version } = createRequire(import.meta.url)("../../package.json") as { version: string }; // npm guarantees it
const LEVELS: readonly Level[] = ["error", "warn", "info", "debug", "silent"];

const controller = interruptible(systemClock);
const closers = createClosers();

function program(): Command {
  const assay = new Command("assay")
    .description("Price feeds that a smart contract can check.")
    .version(version, "--version", "the version of this package")
    .exitOverride();
  assay
    .command("demo")
    .description("proven rounds on a chain of its own, over recorded minutes or (--live) real exchanges")
    .option("--live", "ask the exchanges' public APIs, in real time, until stopped", false)
    .option("--rounds <n>", "end after n accepted rounds", positive)
    .option("--json", "one JSON object a round on stdout, nothing else there", false)
    .option("--job <file>", "another job than the one in jobs/")
    .addOption(
      new Option(
        "--log-level <level>",
        "least level of the log on stderr (default: warn with --live, else error)",
      ).choices(LEVELS),
    )
    .action(({ logLevel, ...options }) =>
      demo(options, { ...environment(), log: createLog(logLevel ?? (options.live ? "warn" : "error")) }),
    );

  assay
    .command("backtest")
    .description("runs a model over a recorded market, one row an epoch, one venue a reporter")
    .requiredOption("--market <file>", "CSV: ts,venue1,venue2,... (empty = no price)")
    .requiredOption("--pair <pair>", "what the columns price, e.g. BTC/USD")
    .option("--venues <names>", "columns to use, separated by commas", names)
    .option("--decimals <n>", "decimals of the feed's answers", natural, 8)
    .option("--quorum <q>", "prices that an answer needs (default: more than half of the venues)", positive)
    .addOption(new Option("--model <name>", "one of the circuits' models").choices(MODEL_NAMES).default("HampelChart"))
    .option("--param <k=v>", "a model parameter; may be repeated", collect, [])
    .option("--json", "one JSON object a row on stdout", false)
    .option("--prove", "prove and verify every row", false)
    .action((options) => backtest(options, environment()));
  const chainEnvironment = { ...environment(), takeVariable };
  addChainCommands(assay, chainEnvironment);
  addModelCommands(assay, chainEnvironment);
  return assay;
}

function environment() {
  return {
    root,
    clock: systemClock,
    signal: controller.signal,
    closers,
    out: (text: string) => void process.stdout.write(harmless(text)),
    err: (text: string) => void process.stderr.write(harmless(text)),
  };
}

function takeVariable(name: string): string | undefined {
  const value = process.env[name];
  delete process.env[name];
  return value;
}

/** What the process ends with; says on stderr why, where that is not 0. */
function exitCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (controller.signal.reason instanceof ReaderGone) return EXIT.done;
  if (controller.signal.aborted && controller.signal.reason instanceof Interrupted) {
    return 128 + controller.signal.reason.signalNumber;
  }
  if (error instanceof AssayError) {
    const [sentence, ...hints] = error.message.split("\n");
    process.stderr.write(harmless(`${[`assay: ${sentence} [${error.code}]`, ...hints].join("\n")}\n`));
    return exitCodeOf(error);
  }
  process.stderr.write(harmless(`assay: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`));
  return EXIT.bug;
}

// A reader that goes away (`| head`) has had enough: the command ends as if it were done.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  controller.abort(new ReaderGone());
});

try {
  await program().parseAsync();
} catch (error) {
  process.exitCode = exitCode(error);
} finally {
  await closers.closeAll();
}
