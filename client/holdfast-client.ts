import { defaultPlatform } from "#platform";
import { CoreClient } from "./client.ts";
import type { ClientOptions } from "./options.ts";

/** The client with the adapters of the runtime that it finds itself in. */
export class HoldfastClient extends CoreClient {
  constructor(options: ClientOptions) {
    super({ ...options, platform: options.platform ?? defaultPlatform() });
  }
}
