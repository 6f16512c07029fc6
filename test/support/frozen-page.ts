/**
 * A page that stands still as a frozen tab does, which keeps its locks and its socket and knows
 * nothing of the time in between. Chromium itself freezes no page that a test drives.
 */
import type { CDPSession } from "playwright-core";

/**
 * Stops behind the last transaction: no browser freezes a page amid one, for that would hold up all
 * other tabs.
 */
const STAND_STILL = `(async () => {
  for (const { name } of await indexedDB.databases()) {
    await new Promise((resolve) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => {
        const database = opening.result;
        const last = database.transaction(database.objectStoreNames, "readwrite");
        last.oncomplete = () => {
          database.close();
          resolve();
        };
      };
    });
  }
  debugger;
})()`;

/** Not a step more, from when this resolves. */
export async function freezePage(session: CDPSession): Promise<void> {
  await session.send("Debugger.enable");
  const paused = new Promise((resolve) => session.once("Debugger.paused", resolve));
  await session.send("Runtime.evaluate", { expression: STAND_STILL });
  await paused;
}

export async function thawPage(session: CDPSession): Promise<void> {
  await session.send("Debugger.disable");
}
