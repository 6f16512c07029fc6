/** What an app sees of other people, and what it may say about this user to them. */
import type { RequestState } from "../protocol/people.ts";
import type { Preferences, PreferencesPatch } from "../protocol/preferences.ts";
import type { Presence } from "../protocol/presence.ts";
import type { Profile, ProfileDraft } from "../protocol/profiles.ts";

export type { Preferences, PreferencesPatch, Presence, Profile, ProfileDraft, RequestState };

/** The own profile: what others see, and whether they find it by how the handle begins. */
export interface OwnProfile extends Profile {
  readonly listed: boolean;
}

/** Exactly one of them says who is looked for; a prefix has at least three characters. */
export type ProfileWish =
  | { readonly handle: string }
  | { readonly prefix: string }
  | { readonly users: readonly string[] };

/** How this user stands to the other side of a conversation. */
export interface ConversationPeople {
  /** What a stranger says here is a request, until it is answered; undefined: it never was one. */
  readonly request: RequestState | undefined;
  /** The other user's account is deleted: there is only what is here, and nothing can be sent. */
  readonly gone: boolean;
}

export interface PeopleEvents {
  /** How it is now with some of the watched users. */
  readonly presence: { readonly type: "presence"; readonly users: readonly Presence[] };
  /** A watched user types, or has stopped; without another one within 6 s it is over. */
  readonly typing: {
    readonly type: "typing";
    readonly conversation: string;
    readonly user: string;
    readonly on: boolean;
  };
}
