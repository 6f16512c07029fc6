import { directConversation, isUserId, parseConversation, peerOf } from "../../protocol/names.ts";
import type { Made } from "../basic-client.ts";
import { HoldfastError } from "../errors.ts";
import type { MessageInfo } from "../info-model.ts";
import type { Observable, SendHandle, SendOptions, Unsubscribe } from "../model.ts";
import type {
  OwnProfile,
  Preferences,
  PreferencesPatch,
  Presence,
  Profile,
  ProfileDraft,
  ProfileWish,
} from "../model-people.ts";
import { Filing } from "./filing.ts";
import { Looking } from "./looking.ts";

/**
 * Other people: whom this user keeps out and lets in, who is there, and what they are called. Needs
 * the server: what resolves rejects with its error, `offline` or `timeout`.
 */
export abstract class People extends Filing {
  /** Whom this user keeps out, by name. */
  readonly blocked: Observable<readonly string[]> = this.book.blocked;
  readonly #looking = new Looking(this.options.platform, this.emitter, (call) => this.hint(call));

  protected override say(conversation: string, made: Made, options: SendOptions): SendHandle {
    this.#looking.sent(conversation);
    return super.say(conversation, made, options);
  }

  override async close(): Promise<void> {
    this.#looking.stop();
    await super.close();
  }

  /**
   * Keeps `user` out of the direct conversation with them, or lets them in again. They are not told:
   * what they send is routed as ever, and is not seen here, not even after they were let in again.
   * Shown at once, without a connection too, and told until it is so; at most 500 users. Rejects with
   * `bad-field` for who can't be kept out.
   */
  async block(user: string, on = true): Promise<void> {
    const me = this.user;
    if (me === undefined) throw new HoldfastError("offline");
    if (!isUserId(user) || user === me) {
      throw new HoldfastError("bad-field", { field: "user", rule: "other" });
    }
    await this.wish(directConversation(me, me), { blocking: { user, on } });
  }

  /**
   * Takes a stranger's words or invitation, or declines; see `request` of a conversation. Neither is
   * told; a group that is declined stays, out of the way, until this user leaves it. Shown at once,
   * as `block`. Rejects with `not-found` where there is no request, and with `not-allowed` for one
   * that is to be declined and was accepted.
   */
  async answerRequest(conversation: string, accept: boolean): Promise<void> {
    const { request } = this.book.rows.get(conversation)?.people ?? {};
    if (request === undefined) throw new HoldfastError("not-found");
    if (request === "accepted" && !accept) throw new HoldfastError("not-allowed");
    await this.wish(conversation, { answer: accept });
  }

  /**
   * This user types in a conversation: say it at each key. `send` ends it by itself. Nobody is told in
   * a group of more than 50 members, nor of who may not write there.
   */
  typing(conversation: string, on = true): void {
    this.#looking.type(conversation, on);
  }

  /** Who types in the conversation now; looked at by `watchTyping`, or of a watched user. */
  typists(conversation: string): Observable<readonly string[]> {
    return this.#looking.typists(conversation);
  }

  /**
   * Looks at who types in a conversation until the result is called: at the other side of a direct
   * one, as `watchPresence` does, or at a group, at most 8 in all tabs together.
   */
  watchTyping(conversation: string): Unsubscribe {
    const isOfGroup = parseConversation(conversation)?.kind === "group";
    const seen = isOfGroup ? conversation : peerOf(conversation, this.user ?? "");
    return this.#looking.watch(seen === undefined ? [] : [seen]);
  }

  /** Looks at these users, at most 32 in all tabs together, until the result is called. */
  watchPresence(users: readonly string[]): Unsubscribe {
    return this.#looking.watch(users);
  }

  /** Undefined until something is known, and while nobody watches them. */
  presence(user: string): Observable<Presence | undefined> {
    return this.#looking.presence(user);
  }

  /**
   * By which way and when one's own message got to each device of the other side, from the server's
   * ledger. Rejects with `not-found` for those of others, and for what the server does not have yet.
   */
  async messageInfo(id: string): Promise<MessageInfo> {
    const { askMessageInfo } = await import("./message-info.ts");
    return askMessageInfo(this.questions, id);
  }

  async preferences(): Promise<Preferences> {
    return taken<Preferences>(await this.questions.get("/v1/preferences"), "writers");
  }

  /** What is left out stays as it is; returns all of them. */
  async setPreferences(patch: PreferencesPatch): Promise<Preferences> {
    return taken<Preferences>(await this.questions.put("/v1/preferences", patch), "writers");
  }

  async profile(): Promise<OwnProfile> {
    return taken<OwnProfile>(await this.questions.get("/v1/profile"), "user");
  }

  /** All of it: what is left out is nothing from now on. Rejects with `conflict` for a taken handle. */
  async setProfile(profile: ProfileDraft): Promise<OwnProfile> {
    return taken<OwnProfile>(await this.questions.put("/v1/profile", profile), "user");
  }

  /** Users by their whole handle, by how it begins where they want that, or by their names (≤ 50). */
  async lookup(wish: ProfileWish): Promise<readonly Profile[]> {
    const query = "users" in wish ? { users: wish.users.join(",") } : { ...wish };
    const answer = await this.questions.get("/v1/profiles", query);
    return taken<{ profiles: readonly Profile[] }>(answer, "profiles").profiles;
  }

  /**
   * Deletes this user's account, for good. From then on nobody gets in, the other sides keep what
   * they have, and this client's connection closes as `revoked`.
   */
  async deleteAccount(): Promise<void> {
    await this.questions.delete("/v1/account");
  }
}

/** The server is taken at its word where its answer is of the right kind at all. */
function taken<Answer>(body: unknown, field: keyof Answer & string): Answer {
  if (typeof body === "object" && body !== null && field in body) return body as Answer;
  throw new HoldfastError("internal");
}
