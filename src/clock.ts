/** What time it is, and how long ago something was. */
export interface Clock {
  /** Unix milliseconds, as the machine's clock says. */
  now(): number;
  /**
   * How long ago a time was that `now` gave (ms), by a clock that nobody sets: what the machine's clock was put forward or
   * back by since, or slept through, does not count. Of times before the process began, the machine's clock tells; those
   * that are yet to come by it were before the process all the same.
   */
  since(at: number): number;
}

/** A difference that is no drift any more (ms). */
const JUMP_MS = 5_000;

/** The machine's clock while nobody set it: what it said at first and last, and how far it is from the steady one. */
interface Stretch {
  from: number;
  to: number;
  offset: number;
}

/**
 * Holds the machine's clock (`wall`) against one that runs evenly (`steady`), both in ms, whenever it is asked; `onJump`
 * hears by how much it was set.
 */
export function createClock({
  wall,
  steady,
  onJump,
}: {
  wall: () => number;
  steady: () => number;
  onJump: (byMs: number) => void;
}): Clock {
  let current: Stretch = begin(wall());
  const began = current;
  const earlier: Stretch[] = [];

  function begin(at: number): Stretch {
    return { from: at, to: at, offset: at - steady() };
  }

  function now(): number {
    const at = wall();
    const byMs = at - steady() - current.offset;
    if (Math.abs(byMs) < JUMP_MS) {
      current.to = Math.max(current.to, at);
      // Drift is followed, or it would add up to a jump.
      current.offset += byMs;
      return at;
    }
    current.to = Math.max(current.to, at - byMs);
    earlier.unshift(current);
    current = begin(at);
    onJump(byMs);
    return at;
  }

  /** What the steady clock said then. */
  function steadyAt(at: number): number {
    const stretch = [current, ...earlier].find(({ from, to }) => at >= from && at <= to);
    if (stretch) return at - stretch.offset;
    const start = began.from - began.offset;
    return at < began.from ? Math.min(start, at - began.offset) : start;
  }

  return {
    now,
    since(at) {
      now();
      return steady() - steadyAt(at);
    },
  };
}
