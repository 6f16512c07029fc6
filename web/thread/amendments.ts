import {
  type HoldfastClient,
  HoldfastError,
  type Message,
  type SendHandle,
} from "../../client/index.ts";
import { newValue, type Value } from "../hooks/value.ts";

/** A change of one's own message that is on its way. */
export type Amendment = (
  | { readonly kind: "edit"; readonly text: string }
  | { readonly kind: "recall" }
) & {
  /** The message as it was; once accepted, any newer version of it is the truth. */
  readonly of: Message;
  readonly progress: "waiting" | "accepted" | { readonly failed: string };
};

type Pending = ReadonlyMap<string, Amendment>;

/** Edits and recalls show at once, and as what they are: not done yet. */
export class Amendments {
  readonly pending: Value<Pending> = newValue<Pending>(new Map());
  private readonly client: HoldfastClient;

  constructor(client: HoldfastClient) {
    this.client = client;
  }

  edit(message: Message, text: string): void {
    const { conversation, number } = message;
    if (number === undefined) return;
    const amendment: Amendment = { kind: "edit", text, of: message, progress: "waiting" };
    this.follow(amendment, this.client.edit(conversation, number, text));
  }

  recall(message: Message): void {
    const { conversation, number } = message;
    if (number === undefined) return;
    const amendment: Amendment = { kind: "recall", of: message, progress: "waiting" };
    this.follow(amendment, this.client.recall(conversation, number));
  }

  forget(key: string): void {
    const next = new Map(this.pending.get());
    next.delete(key);
    this.pending.set(next);
  }

  private follow(amendment: Amendment, handle: SendHandle): void {
    this.put(amendment);
    handle.accepted.then(
      () => this.put({ ...amendment, progress: "accepted" }),
      (error: unknown) => this.fail(amendment, error),
    );
  }

  private fail(amendment: Amendment, error: unknown): void {
    const code = error instanceof HoldfastError ? error.code : "internal";
    if (code !== "closed") this.put({ ...amendment, progress: { failed: code } });
  }

  private put(amendment: Amendment): void {
    this.pending.set(new Map(this.pending.get()).set(amendment.of.key, amendment));
  }
}

/** What is still to be shown of an amendment, now that the message is `message`. */
export function currentAmendment(pending: Pending, message: Message): Amendment | undefined {
  const amendment = pending.get(message.key);
  if (amendment === undefined || message.state === "recalled") return undefined;
  return amendment.progress === "accepted" && amendment.of !== message ? undefined : amendment;
}
