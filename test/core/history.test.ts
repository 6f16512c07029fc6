import { expect, test } from "vitest";
import { History, type Stored } from "../support/history.ts";

const conversation = "direct:alice,bob";
const id = (counter: number, device = "alicephone") => `alice:${device}:${counter}`;
const message = (number: number, change: Partial<Stored> = {}): Stored => ({
  conversation,
  number,
  id: id(number),
  text: `text ${number}`,
  ...change,
});

/** Three messages, sent and accepted, with two devices that are to have them. */
function threeAccepted(): History {
  const history = new History();
  for (const device of ["a1", "b1"]) history.addDevice(device, [conversation]);
  for (const number of [1, 2, 3]) {
    history.sent(id(number), conversation, `text ${number}`);
    history.accepted(id(number), number);
  }
  return history;
}

function store(history: History, device: string, ...messages: readonly Stored[]): void {
  for (const one of messages) history.stored(device, one);
}

const all = [message(1), message(2), message(3)];
const clean = { lost: 0, duplicated: 0, reordered: 0, unexpected: 0 };

test("what arrives everywhere, once and in order, is clean", () => {
  const history = threeAccepted();
  store(history, "a1", ...all);
  expect(history.underWay()).toEqual([id(1), id(2), id(3)]);
  store(history, "b1", ...all);
  expect(history.underWay()).toEqual([]);
  expect(history.verdict()).toEqual({
    messages: 3,
    accepted: 3,
    ...clean,
    recovered: 0,
    findings: [],
  });
});

test("S1: an accepted message that a device lacks is lost", () => {
  const history = threeAccepted();
  store(history, "a1", ...all);
  store(history, "b1", message(1), message(2));
  expect(history.verdict()).toMatchObject({ ...clean, lost: 1 });
});

test("S1: a message that nobody has is lost on every device", () => {
  const history = threeAccepted();
  for (const device of ["a1", "b1"]) store(history, device, message(1), message(2));
  expect(history.verdict()).toMatchObject({ ...clean, lost: 2 });
});

test("an unanswered message is on all devices or on none", () => {
  const history = threeAccepted();
  history.sent(id(4), conversation, "text 4");
  for (const device of ["a1", "b1"]) store(history, device, ...all);
  expect(history.verdict()).toMatchObject(clean);
  expect(history.underWay()).toEqual([id(4)]);
  store(history, "a1", message(4));
  expect(history.verdict()).toMatchObject({ ...clean, lost: 1 });
  store(history, "b1", message(4));
  expect(history.verdict()).toMatchObject(clean);
});

test("S2: a message that comes twice is a duplicate, under another number too", () => {
  const history = threeAccepted();
  store(history, "a1", ...all, message(3));
  store(history, "b1", ...all, message(4, { id: id(3), text: "text 3" }));
  const verdict = history.verdict();
  expect(verdict).toMatchObject({ lost: 0, duplicated: 2 });
  expect(verdict.unexpected).toBeGreaterThan(0);
});

test("S4: a lower number after a higher one is out of order", () => {
  const history = threeAccepted();
  store(history, "a1", ...all);
  store(history, "b1", message(1), message(3), message(2));
  expect(history.verdict()).toMatchObject({ ...clean, reordered: 1 });
});

test("S4: the numbers must follow the order in which a device has sent", () => {
  const history = new History();
  history.addDevice("b1", [conversation]);
  for (const counter of [1, 2]) {
    history.sent(id(counter), conversation, `text ${counter}`);
    history.accepted(id(counter), 3 - counter);
  }
  store(history, "b1", message(1, { id: id(2), text: "text 2" }));
  store(history, "b1", message(2, { id: id(1), text: "text 1" }));
  expect(history.verdict()).toMatchObject({ ...clean, reordered: 1 });
});

test("S4: counters of different devices are not compared", () => {
  const history = new History();
  history.addDevice("b1", [conversation]);
  history.sent(id(9), conversation, "text 1");
  history.sent(id(1, "alicelaptop"), conversation, "text 2");
  store(history, "b1", message(1, { id: id(9) }), message(2, { id: id(1, "alicelaptop") }));
  expect(history.verdict()).toMatchObject(clean);
});

test.each([
  ["was never sent", message(4, { id: id(77) })],
  ["has another text", message(4, { id: id(4), text: "changed" })],
  ["is in another conversation", message(4, { conversation: "direct:alice,carol" })],
])("S3: a message that %s is unexpected", (_, phantom) => {
  const history = threeAccepted();
  history.sent(id(4), conversation, "text 4");
  store(history, "a1", ...all, phantom);
  expect(history.verdict().unexpected).toBeGreaterThan(0);
});

test("S3: what was refused and is shown is unexpected, unless accepted later", () => {
  const history = threeAccepted();
  history.sent(id(4), conversation, "text 4");
  history.refused(id(4), "not-allowed");
  for (const device of ["a1", "b1"]) store(history, device, ...all, message(4));
  expect(history.verdict()).toMatchObject({ ...clean, unexpected: 2 });
  history.accepted(id(4), 4);
  expect(history.verdict()).toMatchObject(clean);
});

test("S13: a number told otherwise, given twice or left out is unexpected", () => {
  const told = threeAccepted();
  told.accepted(id(3), 5);
  expect(told.verdict().unexpected).toBe(1);

  const twice = threeAccepted();
  store(twice, "a1", ...all);
  store(twice, "b1", message(1), message(2), message(2, { id: id(3), text: "text 3" }));
  expect(twice.verdict().unexpected).toBeGreaterThan(0);

  const hole = new History();
  hole.addDevice("a1", [conversation]);
  hole.sent(id(1), conversation, "text 1");
  store(hole, "a1", message(2, { id: id(1), text: "text 1" }));
  expect(hole.verdict()).toMatchObject({ ...clean, unexpected: 1 });
});

test("recovered counts what a fault found under way and what arrived all the same", () => {
  const history = threeAccepted();
  store(history, "a1", message(1));
  store(history, "b1", message(1));
  const heal = history.fault();
  store(history, "a1", message(2), message(3));
  store(history, "b1", message(2));
  expect(history.verdict()).toMatchObject({ lost: 1, recovered: 1 });
  store(history, "b1", message(3));
  expect(history.verdict()).toMatchObject({ ...clean, recovered: 2 });

  history.sent(id(4), conversation, "text 4");
  heal();
  history.sent(id(5), conversation, "text 5");
  for (const device of ["a1", "b1"]) {
    for (const number of [4, 5]) store(history, device, message(number));
  }
  expect(history.verdict()).toMatchObject({ ...clean, recovered: 3 });
  expect(history.faults).toBe(1);
});

test("a message that is kept and not handed to the app has not arrived", () => {
  const history = threeAccepted();
  store(history, "a1", ...all);
  for (const one of all) history.kept("b1", one);
  expect(history.verdict()).toMatchObject({ ...clean, lost: 3 });
  for (const number of [1, 3, 2, 2]) history.handed("b1", message(number));
  expect(history.verdict()).toMatchObject({ ...clean, duplicated: 1, reordered: 2 });
});
