/** Pictures of users and groups: who may show which, who may see them, and how they are served. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Content } from "../../protocol/entries.ts";
import { newGroup, placeOf, tell } from "./groups/support.ts";
import { deviceOf, sqlOf } from "./objects.ts";
import { api, freshPolicy, newUser, type RawDevice } from "./support.ts";
import { bodyOf, fileContent, noise, PNG } from "./uploads.ts";

beforeAll(() => freshPolicy());

/** As valid as the first, and another one: what follows the picture's end counts for nothing. */
const OTHER = Uint8Array.from([...PNG, 0]);

function putProfile(user: string, profile: object): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return api("/v1/profile", user, { method: "PUT", body: JSON.stringify(profile), headers });
}

function ofUser(asker: string, user: string, headers: Record<string, string> = {}) {
  return api(`/v1/profiles/${user}/picture`, asker, { headers });
}

function ofGroup(asker: string, conversation: string, init: RequestInit = {}) {
  return api(`/v1/groups/${conversation.slice("group:".length)}/picture`, asker, init);
}

async function statusOf(response: Promise<Response>): Promise<number> {
  const { status, body } = await response;
  await body?.cancel();
  return status;
}

async function uploaded(user: string, bytes = PNG): Promise<string> {
  return (await fileContent(user, bytes)).file;
}

function fileStatus(user: string, file: string) {
  return sqlOf(user, "SELECT status FROM files WHERE file = ?", file);
}

function expectHarmless({ headers }: Response): void {
  expect(headers.get("content-type")).toBe("image/png");
  expect(headers.get("content-disposition")).toBe("inline");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("content-security-policy")).toBe("default-src 'none'; sandbox");
  expect(headers.get("cache-control")).toBe("private, no-cache");
}

describe("a user's picture", () => {
  test("is shown to whoever is signed in, and not again to who has it", async () => {
    const [ann, bea] = [newUser("ann"), newUser("bea")];
    const picture = await uploaded(ann);
    expect((await putProfile(ann, { name: "Ann", picture })).status).toBe(200);
    const response = await ofUser(bea, ann);
    expectHarmless(response);
    expect(await bodyOf(response)).toEqual(PNG);
    const etag = response.headers.get("etag") ?? "";
    expect(await statusOf(ofUser(bea, ann, { "if-none-match": etag }))).toBe(304);
  });

  test("is another one from the change on, and none once it is left out", async () => {
    const ann = newUser("ann");
    await putProfile(ann, { picture: await uploaded(ann) });
    await putProfile(ann, { picture: await uploaded(ann, OTHER) });
    expect(await bodyOf(await ofUser(ann, ann))).toEqual(OTHER);
    await putProfile(ann, { name: "Ann" });
    expect(await statusOf(ofUser(ann, ann))).toBe(404);
  });

  test("R14 of nobody, and of who shows none, are not found alike", async () => {
    const asker = newUser("asker");
    const plain = newUser("plain");
    await putProfile(plain, { name: "Plain" });
    for (const user of [newUser("nobody"), plain]) {
      expect(await statusOf(ofUser(asker, user))).toBe(404);
    }
    expect(await statusOf(ofUser(asker, "a%20b"))).toBe(400);
  });

  test.each<[string, () => Promise<string>, string]>([
    ["a word", async () => "p1", "not-found"],
    ["another's upload", () => uploaded(newUser("other")), "not-found"],
  ])("R14 %s is refused, and changes nothing", async (_, picture, code) => {
    const ann = newUser("ann");
    await putProfile(ann, { name: "Ann" });
    const response = await putProfile(ann, { name: "New", picture: await picture() });
    expect(await response.json()).toMatchObject({ error: { code, field: "picture" } });
    expect(await (await api("/v1/profile", ann)).json()).toMatchObject({ name: "Ann" });
  });

  test("R14 what is no picture, or a large one, is refused", async () => {
    const ann = newUser("ann");
    const text = await uploaded(ann, noise(100, 1));
    const large = new Uint8Array(1_048_577);
    large.set(PNG);
    const answers = [text, await uploaded(ann, large)].map(async (picture) =>
      (await putProfile(ann, { picture })).json(),
    );
    expect(await Promise.all(answers)).toMatchObject([
      { error: { code: "not-found", field: "picture", rule: "uploaded-picture" } },
      { error: { code: "too-big", field: "picture", rule: "max-bytes:1048576" } },
    ]);
  });

  test("a handle that is taken keeps the picture of before", async () => {
    const [ann, bea] = [newUser("ann"), newUser("bea")];
    const handle = `h${crypto.randomUUID().slice(0, 8)}`;
    await putProfile(bea, { handle });
    await putProfile(ann, { picture: await uploaded(ann) });
    expect((await putProfile(ann, { handle, picture: await uploaded(ann, OTHER) })).status).toBe(
      409,
    );
    expect(await bodyOf(await ofUser(bea, ann))).toEqual(PNG);
  });
});

describe("a group's picture", () => {
  async function newPictured() {
    const { conversation, devices } = await newGroup(3);
    const [ann, bea, cat] = devices as [RawDevice, RawDevice, RawDevice];
    const picture = await uploaded(ann.user);
    await tell(ann, conversation, { kind: "group-change", picture });
    return { conversation, ann, bea, cat, picture };
  }

  test("is seen by members, whoever has put it up", async () => {
    const { conversation, ann, bea, picture } = await newPictured();
    for (const { user } of [ann, bea]) {
      const response = await ofGroup(user, conversation);
      expectHarmless(response);
      expect(await bodyOf(response)).toEqual(PNG);
    }
    expect((await placeOf(bea, conversation, (place) => "picture" in place)).picture).toBe(picture);
    // An admin's replaces it; what else is changed does not.
    await tell(ann, conversation, { kind: "member-role", user: bea.user, role: "admin" });
    const other = await uploaded(bea.user, OTHER);
    await tell(bea, conversation, { kind: "group-change", picture: other });
    await tell(ann, conversation, { kind: "group-change", title: "Other" });
    expect(await bodyOf(await ofGroup(ann.user, conversation))).toEqual(OTHER);
    await tell(ann, conversation, { kind: "group-change", picture: "" });
    expect(await statusOf(ofGroup(ann.user, conversation))).toBe(404);
  });

  test("R15 is not found by strangers, nor by former members from the commit on", async () => {
    const { conversation, ann, bea, cat } = await newPictured();
    expect(await statusOf(ofGroup(newUser("stranger"), conversation))).toBe(404);
    expect(await statusOf(ofGroup(cat.user, conversation))).toBe(200);
    await tell(ann, conversation, { kind: "members-remove", users: [cat.user] });
    await tell(bea, conversation, { kind: "leave" });
    for (const { user } of [bea, cat]) {
      expect(await statusOf(ofGroup(user, conversation))).toBe(404);
    }
    // Neither with what was kept: the group is asked each time.
    const headers = { "if-none-match": "*" };
    expect(await statusOf(ofGroup(cat.user, conversation, { headers }))).toBe(404);
  });

  test("R14 must be an upload of whoever puts it up, from the group's first entry on", async () => {
    const { conversation, devices } = await newGroup(2);
    const [ann, bea] = devices as [RawDevice, RawDevice];
    const body = { kind: "group-change", picture: await uploaded(bea.user) } as const;
    const refused = { code: "not-found", field: "body.picture", rule: "uploaded-picture" };
    expect((await tell(ann, conversation, body)).error).toMatchObject(refused);
    const made: Content = { kind: "group-create", title: "x", members: [], picture: "p1" };
    const fresh = `group:${"x".repeat(22)}`;
    expect((await tell(ann, fresh, made)).error).toMatchObject(refused);
  });

  test("is kept while it stands for the group, and looked at again afterwards", async () => {
    const { conversation, ann, picture } = await newPictured();
    await placeOf(ann, conversation, (place) => place.picture === picture);
    await sqlOf(ann.user, "UPDATE files SET status = 'kept'");
    await tell(ann, conversation, { kind: "group-change", picture: "" });
    await expect.poll(() => fileStatus(ann.user, picture)).toEqual([{ status: "stored" }]);
  });
});

test("a device without a token sees no picture", async () => {
  const { exports } = await import("cloudflare:workers");
  const { user } = await deviceOf(newUser("ann"));
  const paths = [`/v1/profiles/${user}/picture`, `/v1/groups/${"x".repeat(22)}/picture`];
  for (const path of paths) {
    const response = await exports.default.fetch(new Request(`https://chat.example${path}`));
    expect(response.status).toBe(401);
  }
});
