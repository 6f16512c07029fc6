/** Files in groups: who may have them is asked of the group, each time. */
import { beforeAll, expect, test } from "vitest";
import { deviceOf, sqlOf } from "../objects.ts";
import { freshPolicy, newUser, type RawDevice } from "../support.ts";
import { answerOf, bodyOf, fileContent, noise, PNG, post, read } from "../uploads.ts";
import { newGroup, placeOf, tell } from "./support.ts";

beforeAll(() => freshPolicy());

async function sendFile(device: RawDevice, conversation: string, seed: number) {
  const bytes = noise(100, seed);
  const content = await fileContent(device.user, bytes, "notes");
  const { number } = await tell(device, conversation, content);
  if (typeof number !== "number") throw new Error("not numbered");
  return { bytes, file: content.file, number };
}

async function statusOf(device: RawDevice, conversation: string, number: number, file: string) {
  const response = await read(device.user, conversation, number, file);
  await response.body?.cancel();
  return response.status;
}

test("a member reads what another one sent, thumbnail and copy included", async () => {
  const { conversation, devices } = await newGroup(3);
  const [ann, bea, cat] = devices as [RawDevice, RawDevice, RawDevice];
  const thumbnail = await fileContent(ann.user, PNG);
  const content = await fileContent(ann.user, noise(50, 1), "x");
  const body = { ...content, thumbnail: thumbnail.file };
  const { number = 0 } = await tell(ann, conversation, body);
  for (const reader of [ann, bea, cat]) {
    const whole = await read(reader.user, conversation, number ?? 0, content.file);
    expect(await bodyOf(whole)).toEqual(noise(50, 1));
    const small = await read(reader.user, conversation, number ?? 0, thumbnail.file);
    expect(small.headers.get("content-type")).toBe("image/png");
    await small.body?.cancel();
  }
  const wanted = { conversation, number: number ?? 0, file: content.file };
  const copy = await answerOf(await post(bea.user, "/copies", wanted));
  expect(copy).toMatchObject({ state: "stored", hash: content.hash });
});

test("R15 strangers, and members of before and after, get the answer of what never was", async () => {
  const { conversation, devices } = await newGroup(3);
  const [ann, bea, cat] = devices as [RawDevice, RawDevice, RawDevice];
  const stranger = await deviceOf(newUser("stranger"));
  const first = await sendFile(ann, conversation, 2);
  const get = (device: RawDevice, { number, file } = first) =>
    statusOf(device, conversation, number, file);
  expect(await get(stranger)).toBe(404);
  expect(await get(bea)).toBe(200);

  // Removed: from the group's commit on, whatever the member's own object knows.
  await tell(ann, conversation, { kind: "members-remove", users: [bea.user] });
  expect(await get(bea)).toBe(404);
  const wanted = { conversation, number: first.number, file: first.file };
  expect((await post(bea.user, "/copies", wanted)).status).toBe(404);
  await tell(cat, conversation, { kind: "leave" });
  expect(await get(cat)).toBe(404);

  // Whoever comes later sees from there on.
  await tell(ann, conversation, { kind: "members-add", users: [stranger.user] });
  await placeOf(stranger, conversation);
  expect(await get(stranger)).toBe(404);
  const second = await sendFile(ann, conversation, 3);
  expect(await get(stranger, second)).toBe(200);
  expect(await get(bea, second)).toBe(404);
});

test("R15 who has sent a file and was removed can't have it from the group either", async () => {
  const { conversation, devices } = await newGroup(2);
  const [ann, bea] = devices as [RawDevice, RawDevice];
  const { number, file } = await sendFile(bea, conversation, 4);
  await tell(ann, conversation, { kind: "members-remove", users: [bea.user] });
  expect(await statusOf(bea, conversation, number, file)).toBe(404);
  expect(await statusOf(ann, conversation, number, file)).toBe(200);
});

test("R11 what an admin takes back is served to nobody, and its owner's room is looked at again", async () => {
  const { conversation, devices } = await newGroup(2);
  const [ann, bea] = devices as [RawDevice, RawDevice];
  const { number, file } = await sendFile(bea, conversation, 5);
  await sqlOf(bea.user, "UPDATE files SET status = 'kept'");
  await tell(ann, conversation, { kind: "recall", target: number });
  for (const device of devices) {
    expect(await statusOf(device, conversation, number, file)).toBe(404);
  }
  const status = () => sqlOf(bea.user, "SELECT status FROM files");
  await expect.poll(status).toEqual([{ status: "stored" }]);
});

test("a file that its sender has not uploaded is refused in a group as well", async () => {
  const { conversation, devices } = await newGroup(2);
  const [ann, bea] = devices as [RawDevice, RawDevice];
  const content = await fileContent(ann.user, noise(10, 6));
  const { error } = await tell(bea, conversation, content);
  expect(error).toMatchObject({ code: "not-found", field: "body.file" });
});

test("a large group serves its files from its one log, and its author's rows show that they are in use", async () => {
  await freshPolicy({ groupCopyMembers: 4 });
  const { conversation, devices } = await newGroup(5);
  await Promise.all(
    devices.map((one) => placeOf(one, conversation, ({ mode }) => mode === "large")),
  );
  const [ann, bea, cat] = devices as [RawDevice, RawDevice, RawDevice];
  const { number, file, bytes } = await sendFile(ann, conversation, 7);
  const whole = await read(bea.user, conversation, number, file);
  expect(await bodyOf(whole)).toEqual(bytes);
  const rows = () =>
    sqlOf(
      ann.user,
      'SELECT number FROM timeline WHERE user = ? AND body LIKE \'{"kind":"file"%\'',
      ann.user,
    );
  await expect.poll(rows).toEqual([{ number }]);
  await tell(ann, conversation, { kind: "members-remove", users: [cat.user] });
  expect(await statusOf(cat, conversation, number, file)).toBe(404);
  await tell(ann, conversation, { kind: "recall", target: number });
  expect(await statusOf(bea, conversation, number, file)).toBe(404);
});
