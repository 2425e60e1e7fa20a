// Every position of noughts and crosses that play can reach, with its best moves.

const LINES = [0x007, 0x038, 0x1c0, 0x049, 0x092, 0x124, 0x111, 0x054];
const SQUARES = 9;

/** Squares of whoever is to move, and of the other: a bit for each. */
export type Position = { readonly mine: number; readonly theirs: number };

export type Known = { readonly position: Position; readonly best: readonly number[] };

export function hasLine(squares: number): boolean {
  return LINES.some((line) => (squares & line) === line);
}

export function freeSquares({ mine, theirs }: Position): readonly number[] {
  return Array.from({ length: SQUARES }, (_, square) => square).filter((square) => !hasSquare(mine | theirs, square));
}

/** What the circuit reads: the mover's squares, then the other's. */
export function elementsOf({ mine, theirs }: Position): readonly number[] {
  return [mine, theirs].flatMap((side) =>
    Array.from({ length: SQUARES }, (_, square) => Number(hasSquare(side, square))),
  );
}

/** The word that these elements are packed into. */
export function boardOf({ mine, theirs }: Position): bigint {
  return BigInt(mine | (theirs << SQUARES));
}

export function after({ mine, theirs }: Position, square: number): Position {
  return { mine: theirs, theirs: mine | (1 << square) };
}

/** With a move to make, and what minimax says of it. */
export function reachable(): ReadonlyMap<bigint, Known> {
  const values = new Map<bigint, number>();
  /** 1, 0 or -1 for whoever is to move, with perfect play on both sides. */
  function value(position: Position): number {
    if (hasLine(position.theirs)) return -1;
    const known = values.get(boardOf(position));
    if (known !== undefined) return known;
    const moves = freeSquares(position).map((square) => -value(after(position, square)));
    const found = moves.length === 0 ? 0 : Math.max(...moves);
    values.set(boardOf(position), found);
    return found;
  }
  const found = new Map<bigint, Known>();
  const waiting: Position[] = [{ mine: 0, theirs: 0 }];
  for (let position = waiting.pop(); position !== undefined; position = waiting.pop()) {
    const here = position;
    const moves = freeSquares(here);
    if (found.has(boardOf(here)) || hasLine(here.theirs) || moves.length === 0) continue;
    const most = value(here);
    const best = moves.filter((square) => -value(after(here, square)) === most);
    found.set(boardOf(here), { position: here, best });
    waiting.push(...moves.map((square) => after(here, square)));
  }
  return found;
}

function hasSquare(squares: number, square: number): boolean {
  return ((squares >> square) & 1) === 1;
}
