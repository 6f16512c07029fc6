/** What a client between `connect` and `close` is made of. */
import type { Config } from "../options.ts";
import type { Platform } from "../ports.ts";
import type { ClientStore } from "../store.ts";
import type { Book } from "./book.ts";
import type { ConnectionView } from "./connection-view.ts";
import type { Emitter } from "./emitter.ts";
import type { MessageHandler } from "./handing.ts";
import type { Handles } from "./handles.ts";
import type { Kit } from "./kit.ts";
import type { Tokens } from "./tokens.ts";

export interface LifeSetup {
  readonly config: Config;
  readonly platform: Platform;
  readonly name: string;
  readonly store: ClientStore;
  readonly team: Kit["team"];
  readonly book: Book;
  readonly handles: Handles;
  readonly emitter: Emitter;
  readonly view: ConnectionView;
  readonly tokens: Tokens;
  readonly handler: () => MessageHandler | undefined;
}
