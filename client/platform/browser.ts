import type { Platform } from "../ports.ts";
import { indexedDbStore } from "./indexeddb.ts";
import { pageAdapters } from "./page.ts";
import { webRandom } from "./web.ts";
import { hasWebLocks, webTabs } from "./web-locks.ts";

export { forgetUser } from "./forgetting.ts";
export { makeThumbnail } from "./thumbnail.ts";

/** The adapters of a page. */
export function defaultPlatform(): Platform {
  return browserPlatform();
}

export function browserPlatform(): Platform {
  return {
    ...pageAdapters(),
    ...(hasWebLocks() ? { tabs: webTabs } : {}),
    openStore: (name) => indexedDbStore(hasWebLocks() ? name : `${name}:${tabName()}`),
    files: async () => (await import("./indexeddb-files.ts")).indexedDbFiles(),
  };
}

/** Without locks two tabs can't share a store safely: each is a device of its own. */
function tabName(): string {
  const key = "holdfast:tab";
  const known = sessionStorage.getItem(key);
  if (known !== null) return known;
  const made = webRandom.id();
  sessionStorage.setItem(key, made);
  return made;
}
