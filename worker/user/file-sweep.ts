import type { Body } from "../../protocol/entries.ts";
import { filesOf } from "../core/message-file.ts";
import type { FileRow } from "../file-store.ts";
import { picturesShown } from "./shown-pictures.ts";
import type { Turn } from "./turn.ts";

/**
 * What no message names and no picture shows is erased after a while: uploads that were never
 * finished or never sent, files whose messages were recalled. A row is gone only when its bytes are, so a lost effect is
 * made up for by the next sweep.
 */

/** Rows that one run looks at; the next one comes at once. */
const SWEEP_ROWS = 100;
/** Bytes that could not be erased are tried again. */
const ERASE_AGAIN_MS = 300_000;

/** Not later than this, in the turn that makes the need (rule R13). */
export function scheduleSweep(turn: Turn, at: number): void {
  const { sweepAt } = turn.memory;
  if (sweepAt === null || at < sweepAt) setSweep(turn, at);
}

function setSweep(turn: Turn, at: number | null): void {
  if (at === turn.memory.sweepAt) return;
  turn.store.setFact("sweepAt", at === null ? "" : String(at));
  turn.memory.sweepAt = at;
}

/** What `setFact` left. */
export function sweepFrom(fact: string | undefined): number | null {
  return fact === undefined || fact === "" ? null : Number(fact);
}

export function sweepFiles(turn: Turn): void {
  const { sweepAt } = turn.memory;
  if (sweepAt === null || sweepAt > turn.now) return;
  const { files } = turn.store;
  const oldest = files.unused(SWEEP_ROWS);
  const due = oldest.filter((row) => row.status === "dead" || isOver(turn, row));
  const named = filesNamed(turn, due);
  const erasures = due.map((row) => {
    const isKept = row.status === "stored" && named.has(row.file);
    if (row.status !== "dead") files.save({ ...row, status: isKept ? "kept" : "dead" });
    // Of what is kept, a crash may have left the parts.
    return { file: row.file, bytes: row.bytes, whole: !isKept };
  });
  if (erasures.length > 0) turn.effects.push({ kind: "erase", files: erasures });
  setSweep(turn, nextSweep(turn, oldest.length === SWEEP_ROWS, due, oldest));
}

/** What is dead among these has no bytes any more. */
export function forgetErased(turn: Turn, erased: readonly string[]): void {
  for (const file of erased) {
    if (turn.store.files.get(file)?.status === "dead") turn.store.files.delete(file);
  }
}

/** A message of one's own is no more: its files are looked at again, wherever they may be named. */
export function loosenFiles(turn: Turn, files: readonly string[]): void {
  for (const file of files) {
    const row = turn.store.files.get(file);
    if (row?.status !== "kept") continue;
    turn.store.files.save({ ...row, status: "stored", at: turn.now, since: 0 });
    scheduleSweep(turn, turn.now + turn.settings.unusedFileMs);
  }
}

function isOver(turn: Turn, { at }: FileRow): boolean {
  return turn.now - at >= turn.settings.unusedFileMs;
}

function nextSweep(
  turn: Turn,
  isMore: boolean,
  due: readonly FileRow[],
  oldest: readonly FileRow[],
): number | null {
  if (due.length > 0) return turn.now + (isMore ? 1 : ERASE_AGAIN_MS);
  const [first] = oldest;
  return first === undefined ? null : first.at + turn.settings.unusedFileMs;
}

/** By messages of this user, those on their way to their home included, and as pictures. */
function filesNamed(turn: Turn, rows: readonly FileRow[]): Set<string> {
  const stored = rows.filter(({ status }) => status === "stored");
  if (stored.length === 0) return new Set();
  const since = Math.min(...stored.map((row) => row.since));
  const bodies = turn.store.files.fileMessages(turn.memory.me, since);
  const contents = [
    ...bodies.map((text) => JSON.parse(text) as Body),
    ...turn.memory.pending.map(({ append }) => append.content),
  ];
  const inMessages = contents.flatMap((body) => (body.kind === "file" ? filesOf(body) : []));
  return new Set([...inMessages, ...picturesShown(turn)]);
}
