import { createContext, useContext } from "react";
import type { Message } from "../../client/index.ts";
import type { Amendments } from "./amendments.ts";

/** What the composer is about to do. */
export type Intent =
  | { readonly kind: "write" }
  | { readonly kind: "reply"; readonly to: Message }
  | { readonly kind: "edit"; readonly message: Message };

export interface OpenMenu {
  readonly message: Message;
  /** Where it opens. */
  readonly at: DOMRect;
}

/** What the parts of one conversation share. */
export interface ThreadActions {
  readonly conversation: string;
  readonly intent: Intent;
  readonly menu: OpenMenu | undefined;
  readonly forwarding: Message | undefined;
  readonly amendments: Amendments;
  intend(intent: Intent): void;
  openMenu(menu: OpenMenu | undefined): void;
  forward(message: Message | undefined): void;
}

export const WRITE: Intent = { kind: "write" };

const ThreadContext = createContext<ThreadActions | undefined>(undefined);
export const ThreadProvider = ThreadContext.Provider;

export function useThread(): ThreadActions {
  const thread = useContext(ThreadContext);
  if (thread === undefined) throw new Error("useThread outside of ThreadProvider");
  return thread;
}
