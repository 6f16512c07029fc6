/**
 * `holdfast/core`: the client without what groups, files, other people and one's own arrangement
 * take to be changed. `SHARED` and `browserPlatform` add several tabs and a store that lasts.
 */
export { BasicClient, type CoreOptions } from "./basic-client.ts";
export { SHARED } from "./engine/shared-kit.ts";
export { HoldfastError } from "./errors.ts";
export { memoryStore } from "./memory-store.ts";
export type * from "./model.ts";
export { browserPlatform } from "./platform/browser.ts";
export { pagePlatform } from "./platform/page.ts";
