/** What may happen to a frame, and who decides it. */
import { unit } from "../support/random.ts";

/** `up`: client to server. */
export type Direction = "up" | "down";

/** A frame that passes the proxy. Both counts begin at 1 and are per direction. */
export interface Passing {
  readonly direction: Direction;
  /** Number among all frames of this direction that the proxy has seen. */
  readonly n: number;
  /** Number on its own connection. */
  readonly onConnection: number;
  readonly connection: number;
  readonly text: string;
}

export type Fault =
  | { readonly kind: "pass" }
  | { readonly kind: "delay"; readonly delayMs: number }
  | { readonly kind: "drop" }
  /** Forwarded twice on the same socket. */
  | { readonly kind: "duplicate" }
  /** Forwarded, and sent once more on the proxy's next socket, after its first frame. */
  | { readonly kind: "replay" }
  /** Waits, with all that follows in this direction, until the connection is released. */
  | { readonly kind: "hold" }
  /** From here on nothing passes in the direction, or in both; the sockets stay open. */
  | { readonly kind: "black-hole"; readonly both: boolean }
  /** RST to both sides; the frame is lost. */
  | { readonly kind: "reset" }
  /** FIN to both sides without a close frame, once the frame is forwarded. */
  | { readonly kind: "fin" };

export type Rule = (frame: Passing) => Fault;

export const PASS: Fault = { kind: "pass" };

export const passAll: Rule = () => PASS;

/** A rule for one direction that leaves the other one alone. */
export function only(direction: Direction, rule: Rule): Rule {
  return (frame) => (frame.direction === direction ? rule(frame) : PASS);
}

/** Probabilities per frame; the first that strikes counts. */
export interface Rates {
  readonly reset?: number;
  readonly fin?: number;
  readonly drop?: number;
  readonly duplicate?: number;
  readonly replay?: number;
  readonly delay?: number;
  readonly maxDelayMs?: number;
}

const SEEDED_KINDS = ["reset", "fin", "drop", "duplicate", "replay"] as const;

/** Faults at the given rates; the n-th frame of a direction has the same fate in every run. */
export function seeded(seed: number, site: string, rates: Rates): Rule {
  return ({ direction, n }) => {
    const struck = SEEDED_KINDS.find(
      (kind) => unit(seed, `${site}.${direction}.${kind}`, n) < (rates[kind] ?? 0),
    );
    if (struck !== undefined) return { kind: struck };
    if (unit(seed, `${site}.${direction}.delay`, n) >= (rates.delay ?? 0)) return PASS;
    const share = unit(seed, `${site}.${direction}.delay-ms`, n);
    return { kind: "delay", delayMs: Math.ceil(share * (rates.maxDelayMs ?? 0)) };
  };
}
