import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Exit } from "./exit.ts";

/** A store has one process at a time. Returns what unlocks it. */
export function lockStore(directory: string, store: string): () => void {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${store}.lock`);
  const owner = ownerOf(path);
  if (owner !== undefined && isAlive(owner)) {
    throw new Exit(
      1,
      `Process ${owner} has this device open already; add --device NAME for a further one.`,
    );
  }
  writeFileSync(path, String(process.pid));
  return () => rmSync(path, { force: true });
}

function ownerOf(path: string): number | undefined {
  try {
    return Number(readFileSync(path, "utf8"));
  } catch {
    return undefined; // No such file: nobody has it.
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
