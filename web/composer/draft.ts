import type { HoldfastClient } from "../../client/index.ts";
import { keep, kept } from "../hooks/kept.ts";
import { newValue, type Value } from "../hooks/value.ts";

/** Somebody who types is not told to the server key by key. */
const PAUSE_MS = 400;

/** What the keys of drafts begin with, before the user. */
export const DRAFTS = "holdfast.draft.";

/** Where a draft is until the SDK has it; one browser may be several devices. */
export function draftKey({ user, device }: HoldfastClient, conversation: string): string {
  return `${DRAFTS}${user} ${device} ${conversation}`;
}

/**
 * What is typed in one conversation and not sent: here at once, in this browser's storage with each
 * key, and with a pause in the SDK's store, from where it gets to all devices. What another device
 * says is taken as long as nothing was typed here that it can't know.
 */
export class Draft {
  readonly text: Value<string>;
  private readonly client: HoldfastClient;
  private readonly conversation: string;
  private readonly key: string;
  /** What the SDK's store has, as far as is known here. */
  private agreed: string;
  private isSaving = false;
  private saving: Promise<void> = Promise.resolve();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: HoldfastClient, conversation: string, stored: string) {
    this.client = client;
    this.conversation = conversation;
    this.key = draftKey(client, conversation);
    this.agreed = stored;
    // A page that ended within the pause has left it there.
    this.text = newValue(kept(this.key) ?? stored);
    if (this.text.get() !== stored) this.later();
  }

  type(text: string): void {
    this.text.set(text);
    keep(this.key, text);
    this.later();
  }

  /** It goes out as a message, which ends it everywhere, and so does what is being kept just now. */
  sent(): void {
    clearTimeout(this.timer);
    if (this.isSaving) void this.saving.then(() => this.save(""));
    this.agreed = "";
    this.text.set("");
    keep(this.key, "");
  }

  /** The SDK has this now: written here before, or on another device. */
  hear(stored: string): void {
    const isUntouched = this.text.get() === this.agreed;
    this.agreed = stored;
    if (isUntouched) this.text.set(stored);
  }

  /** What was typed last is kept before one looks elsewhere. */
  flush(): void {
    clearTimeout(this.timer);
    const text = this.text.get();
    if (text === this.agreed) return;
    this.agreed = text;
    this.saving = this.save(text);
  }

  private async save(text: string): Promise<void> {
    this.isSaving = true;
    try {
      await this.client.saveDraft(this.conversation, text);
      if (this.text.get() === text) keep(this.key, "");
    } catch {
      // Too long for a draft, or no store: it stays in this browser.
    } finally {
      this.isSaving = false;
    }
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), PAUSE_MS);
  }
}
