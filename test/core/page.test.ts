/** The parts of the chat page that need no browser. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Conversation, Message, MessageList } from "../../client/model.ts";
import { meantIn } from "../../web/composer/roster.ts";
import { listed } from "../../web/rail/filters.ts";
import { formatRoute, type Panel, parseRoute, type Route } from "../../web/route/route.ts";
import { credentialsOf } from "../../web/server/sign-in.ts";
import { formatsIn } from "../../web/text/formats.ts";
import { chooseLanguage, LANGUAGES, localeFor } from "../../web/text/languages.ts";
import { sayIn } from "../../web/text/say.ts";
import type { English } from "../../web/text/texts.ts";
import { type Item, itemsOf, quotedBy } from "../../web/thread/items.ts";
import { markOf } from "../../web/thread/marks.ts";
import { withNames } from "../../web/thread/mentions.ts";
import { piecesOf } from "../../web/thread/pieces.ts";

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,20}$/);
const panel: fc.Arbitrary<Panel> = fc.oneof(
  fc.constantFrom<Panel>(
    { kind: "devices" },
    { kind: "settings" },
    { kind: "shortcuts" },
    { kind: "newGroup" },
    { kind: "group" },
  ),
  name.map((user) => ({ kind: "info" as const, message: `${user}:k3Jd92mx:17` })),
);
const route: fc.Arbitrary<Route> = fc.record(
  {
    user: name,
    device: fc.stringMatching(/^[A-Za-z0-9]{1,8}$/),
    conversation: name.map((user) => `direct:${user},${user}z`),
    panel,
    list: fc.stringMatching(/^[A-Za-z0-9_-]{1,32}$/),
    lab: fc.constant(true),
  },
  { requiredKeys: ["user"] },
);

test("an address says the whole of a place, and nothing gets in by it", () => {
  fc.assert(
    fc.property(route, (place) => {
      const [, search = ""] = formatRoute(place).split("?");
      expect(parseRoute(`?${search}`)).toEqual(place);
    }),
  );
  expect(parseRoute("?as=<b>&c=direct:a,b")).toEqual({});
  expect(parseRoute("?as=alice&c=nonsense&device=../&panel=none")).toEqual({ user: "alice" });
});

test("pieces of a text are the text, links without the sentence's punctuation", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const pieces = piecesOf(text);
      const whole = pieces.map((piece) =>
        piece.kind === "code" ? `\`${piece.text}\`` : piece.text,
      );
      expect(whole.join("")).toBe(text);
    }),
  );
  expect(piecesOf("See https://a.example/x?y=1, or `npm start`.")).toEqual([
    { kind: "text", text: "See ", at: 0 },
    { kind: "link", text: "https://a.example/x?y=1", at: 4 },
    { kind: "text", text: ", or ", at: 27 },
    { kind: "code", text: "npm start", at: 32 },
    { kind: "text", text: ".", at: 43 },
  ]);
  expect(piecesOf("javascript:alert(1)")).toEqual([
    { kind: "text", text: "javascript:alert(1)", at: 0 },
  ]);
});

const DAY_MS = 86_400_000;
const NOON = new Date(2026, 5, 1, 12).getTime();

function message(number: number, from: string, at: number, replyTo?: number): Message {
  const content = { kind: "text" as const, text: `${number}` };
  return {
    key: `k${number}`,
    conversation: "direct:alice,bob",
    id: `${from}:k3Jd92mx:${number}`,
    number,
    from,
    own: from === "alice",
    at,
    content: replyTo === undefined ? content : { ...content, replyTo },
    priority: "normal",
    edited: false,
    expiresAt: undefined,
    reactions: {},
    state: "delivered",
    reach: undefined,
    failure: undefined,
  };
}

function listOf(...messages: readonly Message[]): MessageList {
  return { messages, more: false, loaded: true };
}

const kinds = (items: readonly Item[]) =>
  items.map((item) =>
    item.kind === "message" ? `${item.key}${item.first ? " first" : ""}` : item.kind,
  );

test("a mention is a member's name after an @ that belongs to no address", () => {
  const users = ["bob", "bob.b", "zoë", "c-3"];
  const meant = (text: string, mayAll = false) => meantIn(text, { users, isWhole: true }, mayAll);
  expect(meant("@bob, and @bob.b. 请@c-3看")).toEqual({ mentions: ["bob", "bob.b", "c-3"] });
  expect(meant("me@bob.b, @bobby, @ bob, @dave")).toEqual({});
  expect(meant("@everyone come")).toEqual({});
  expect(meant("@everyone come, @bob too", true)).toEqual({ mentions: ["bob"], everyone: true });
  // Of a group that is not known to its end, a name is taken at its word.
  expect(meantIn("@dave", { users, isWhole: false }, false)).toEqual({ mentions: ["dave"] });
});

test("a mention is cut out of its text and shown by the name, and nobody else is", () => {
  const meant = { mentions: ["bob", "bob.b"], everyone: true };
  const text = "@bob.b: see http://x.y/@bob, `@bob` @everyone @carol";
  expect(piecesOf(text, meant).map(({ kind, text }) => [kind, text])).toEqual([
    ["mention", "bob.b"],
    ["text", ": see "],
    ["link", "http://x.y/@bob"],
    ["text", ", "],
    ["code", "@bob"],
    ["text", " "],
    ["mention", "everyone"],
    ["text", " @carol"],
  ]);
  const say = ((key: string) => key) as Parameters<typeof withNames>[2];
  const called = (user: string) => user.toUpperCase();
  expect(withNames("@bob. @everyone @carol", meant, say, called)).toBe("@BOB. @everybody @carol");
  expect(withNames("@bob", {}, say, called)).toBe("@bob");
});

test("rows: a day before its first message, runs of one sender, the line above what is new", () => {
  const list = listOf(
    message(1, "alice", NOON),
    message(2, "alice", NOON + 1_000),
    message(3, "bob", NOON + 2_000),
    message(4, "bob", NOON + 10 * 60_000),
    message(5, "bob", NOON + DAY_MS),
  );
  expect(kinds(itemsOf(list, undefined))).toEqual([
    "start",
    "day",
    "k1 first",
    "k2",
    "k3 first",
    "k4 first",
    "day",
    "k5 first",
  ]);
  expect(kinds(itemsOf(list, 3))).toContain("new");
  expect(kinds(itemsOf(list, 3)).indexOf("new")).toBe(5);
});

test("what became of a group ends a run: who writes after it is named again", () => {
  const made = { ...message(1, "bob", NOON), content: { kind: "leave" } } as Message;
  const list = listOf(made, message(2, "bob", NOON), message(3, "bob", NOON));
  const shown = kinds(itemsOf(list, undefined));
  expect(shown).toEqual(["start", "day", "k1 first", "k2 first", "k3"]);
});

test("the line is above the first of the others' messages, and only where it truly is", () => {
  const list = listOf(message(4, "alice", NOON), message(5, "bob", NOON));
  expect(kinds(itemsOf(list, 3))).toEqual(["start", "day", "k4 first", "new", "k5 first"]);
  const cut = { ...listOf(message(51, "bob", NOON)), more: true };
  expect(kinds(itemsOf(cut, 3))).not.toContain("new");
});

test("keys of rows are unique even when a clock was set back", () => {
  const list = listOf(
    message(1, "bob", NOON),
    message(2, "bob", NOON + DAY_MS),
    message(3, "bob", NOON),
  );
  const keys = itemsOf(list, undefined).map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
});

test("a quote is found by its number, where it is loaded", () => {
  const list = listOf(
    message(3, "bob", NOON),
    message(7, "bob", NOON),
    message(9, "alice", NOON, 7),
  );
  const quoting = itemsOf(list, undefined).at(-1);
  expect(quoting && quotedBy(quoting, list)?.key).toBe("k7");
  const far = listOf(message(9, "alice", NOON, 7));
  const lonely = itemsOf(far, undefined).at(-1);
  expect(lonely && quotedBy(lonely, far)).toBeUndefined();
});

test("marks: two ticks from delivered on only; a recall on its way says so", () => {
  const icons = (["queued", "delayed", "accepted", "routed", "delivered", "read"] as const).map(
    (state) => markOf(state, undefined).icon,
  );
  expect(icons).toEqual(["clock", "clock", "check", "check", "checks", "checks"]);
  expect(markOf("delayed", undefined).word).toBe("stateDelayed");
  const of = message(1, "alice", NOON);
  expect(markOf("delivered", { kind: "recall", of, progress: "waiting" }).word).toBe(
    "stateRecalling",
  );
  const refused = { kind: "recall", of, progress: { failed: "too-late" } } as const;
  expect(markOf("delivered", refused).word).toBe("stateDelivered");
});

test("a language is chosen by script and not by name alone; nonsense is passed over", () => {
  const choose = (...wishes: string[]) => chooseLanguage(wishes).id;
  expect(choose("zh-HK")).toBe("zh-TW");
  expect(choose("zh-Hans-HK")).toBe("zh-CN");
  expect(choose("zh")).toBe("zh-CN");
  expect(choose("en-US@posix", "ja-JP")).toBe("ja");
  expect(choose("tlh", "ar-EG")).toBe("ar");
  expect(choose()).toBe("en");
  expect(localeFor(chooseLanguage(["en"]), ["de", "en-GB", "en-US"])).toBe("en-GB");
});

/** All that is said in a language, wherever it is loaded. */
async function allTexts(language: (typeof LANGUAGES)[number] | undefined) {
  if (language === undefined) throw new Error("a language is missing");
  return { ...(await language.load()), ...(await language.loadMore()) };
}

test.each(LANGUAGES)(
  "$id keeps every value of the English texts, in every plural form it needs",
  async (language) => {
    const { id } = language;
    const model = await allTexts(LANGUAGES[0]);
    const texts = await allTexts(language);
    const forms = new Intl.PluralRules(id).resolvedOptions().pluralCategories;
    const valuesOf = (text: string) => new Set(text.match(/\{\w+\}/g) ?? []);
    for (const [key, text] of Object.entries(texts)) {
      const original = Object(model)[key] as typeof text;
      if (typeof text === "string") {
        expect(valuesOf(text), key).toEqual(valuesOf(String(original)));
      } else {
        expect(Object.keys(text), key).toContain("other");
        expect(forms, key).toEqual(expect.arrayContaining(Object.keys(text)));
        expect(valuesOf(text.other), key).toContain("{n}");
      }
    }
  },
);

test("plural forms, digits and isolated names", async () => {
  const arabic = LANGUAGES.find(({ id }) => id === "ar");
  const [english] = LANGUAGES;
  if (arabic === undefined || english === undefined) throw new Error("a language is missing");
  const say = sayIn<English>(english, await allTexts(english));
  expect(say("catchingUp", { n: 1 })).toBe("Catching up on 1 message");
  expect(say("catchingUp", { n: 1_042 })).toBe("Catching up on 1,042 messages");
  expect(say("writeTo", { name: "bob" })).toBe("Write to bob");
  const sayArabic = sayIn<English>(arabic, await allTexts(arabic));
  expect(sayArabic("catchingUp", { n: 2 })).toBe("جارٍ استدراك رسالتين");
  expect(sayArabic("writeTo", { name: "bob" })).toContain("\u2068bob\u2069");
});

test("a token is read for the name in it, and nothing else is a token", () => {
  const claims = btoa(JSON.stringify({ sub: "alice", exp: 2_000 })).replace(/=+$/, "");
  expect(credentialsOf(`e30.${claims}.x`)).toEqual({
    user: "alice",
    token: `e30.${claims}.x`,
    expiresAt: 2_000_000,
    development: false,
  });
  for (const nonsense of ["", "a.b.c", "e30.e30.x", "not a token"]) {
    expect(credentialsOf(nonsense)).toBeUndefined();
  }
});

test("archived conversations stand in their own list; a folder that is gone lists all", () => {
  const plain = { archived: false, folders: [], unread: 0, markedUnread: false };
  const bob = { ...plain, id: "direct:alice,bob", unread: 2 } as unknown as Conversation;
  const team = { ...plain, id: "group:2f4kQ1", folders: ["work"] } as unknown as Conversation;
  const old = { ...plain, id: "direct:alice,old", archived: true } as unknown as Conversation;
  const folders = [{ id: "work", name: "Work" }];
  const all = [bob, team, old];
  expect(listed(all, undefined, folders)).toEqual([bob, team]);
  expect(listed(all, "archived", folders)).toEqual([old]);
  expect(listed(all, "unread", folders)).toEqual([bob]);
  expect(listed(all, "groups", folders)).toEqual([team]);
  expect(listed(all, "direct", folders)).toEqual([bob]);
  expect(listed(all, "work", folders)).toEqual([team]);
  expect(listed(all, "gone", folders)).toEqual([bob, team]);
});

test("a length of time is told in the largest unit of which it is at least one", () => {
  const { duration } = formatsIn("en-GB", () => "");
  const told = [0, 999, 1_500, 90_000, 7_200_000, 200_000_000].map(duration);
  expect(told).toEqual(["0 ms", "999 ms", "1.5 secs", "1.5 mins", "2 hrs", "2.3 days"]);
});
