import { newValue, type Value } from "../hooks/value.ts";
import type { FrameKind } from "./frame-kind.ts";

export type LogEvent =
  | { readonly kind: "opened" }
  | { readonly kind: "closed"; readonly code: number }
  | { readonly kind: "sent" | "received" | "lost"; readonly frame: FrameKind };

export type LogLine = LogEvent & { readonly id: number; readonly at: number };

export interface LogState {
  /** Newest first, at most `LINES`. */
  readonly lines: readonly LogLine[];
  readonly connects: number;
  readonly framesLost: number;
}

const LINES = 60;
/** They say nothing about messages, and would hide what does. */
const HEARTBEAT: ReadonlySet<string> = new Set(["ping", "pong"]);

/** What the lab has seen go over the wire. */
export class LabLog {
  readonly state: Value<LogState> = newValue<LogState>({ lines: [], connects: 0, framesLost: 0 });
  private nextId = 1;

  opened(): void {
    const { connects } = this.state.get();
    this.add({ kind: "opened" }, { connects: connects + 1 });
  }

  closed(code: number): void {
    this.add({ kind: "closed", code });
  }

  frame(direction: "sent" | "received", frame: FrameKind, lost: boolean): void {
    if (HEARTBEAT.has(frame.t)) return;
    const { framesLost } = this.state.get();
    if (lost) this.add({ kind: "lost", frame }, { framesLost: framesLost + 1 });
    else this.add({ kind: direction, frame });
  }

  private add(event: LogEvent, counts: Partial<LogState> = {}): void {
    const state = this.state.get();
    const line: LogLine = { ...event, id: this.nextId++, at: Date.now() };
    this.state.set({ ...state, ...counts, lines: [line, ...state.lines].slice(0, LINES) });
  }
}
