// Which of the project's templates a rendered file needs.

/** Notes that a template of circuits/inference is needed, and gives its name. */
export type Use = (template: string) => string;

export type Includes = {
  readonly use: Use;
  /** Of all that was used so far, sorted. */
  readonly lines: () => readonly string[];
};

/** `others`: what is needed besides, by path. */
export function createIncludes(...others: readonly string[]): Includes {
  const paths = new Set(others);
  return {
    use: (template) => {
      paths.add(`inference/${template}.circom`);
      return template;
    },
    lines: () => [...paths].sort().map((path) => `include "${path}";`),
  };
}
