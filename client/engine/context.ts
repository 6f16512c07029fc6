import type { ClientEvent } from "../model.ts";
import type { Config } from "../options.ts";
import type { Platform } from "../ports.ts";
import type { ClientStore, StoreImage } from "../store.ts";
import type { Book } from "./book.ts";
import type { Change } from "./change.ts";
import type { Connector } from "./connector.ts";
import type { Tokens } from "./tokens.ts";
import type { Writer } from "./writer.ts";

/** What the parts of a leading client work with. */
export interface LeaderContext {
  readonly config: Config;
  readonly platform: Platform;
  readonly store: ClientStore;
  readonly book: Book;
  readonly tokens: Tokens;
  readonly writer: Writer;
  readonly connector: Connector;
  /** To this tab's book and handles, and to all other tabs. */
  tell(change: Change): void;
  /** The store was read, between two commits. */
  read(image: StoreImage): void;
  emit(event: ClientEvent): void;
}
