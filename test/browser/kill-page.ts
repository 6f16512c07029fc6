/**
 * Runs in the page that is killed: the SDK over its own platform, with a hook at each step of a
 * message's way. The address says who sends how much to whom, and where the page is to die.
 */
import { HoldfastClient } from "../../client/index.ts";
import { browserPlatform } from "../../client/platform/browser.ts";
import { signIn } from "../support/accounts.ts";
import { mortalPlatform } from "../support/client/mortal.ts";

declare global {
  interface Window {
    /** Given by the test. */
    tell(kind: "queued" | "dying" | "state", text: string): void;
  }
}

const query = new URLSearchParams(location.search);
const asked = (name: string) => query.get(name) ?? "";

const platform = mortalPlatform(browserPlatform(), {
  point: asked("point"),
  skip: Number(asked("skip")),
  isOwnFirst: asked("isOwnFirst") === "true",
  die(step) {
    window.tell("dying", step);
    // One that is to crash does not take another step.
    while (asked("how") === "crash");
  },
});
const user = asked("user");
const url = location.origin;
const client = new HoldfastClient({ url, user, token: () => signIn(url, user), platform });

function tellState(): void {
  const { state, waiting, leader } = client.connection.get();
  window.tell("state", `${state.kind} ${waiting} ${leader ? "leads" : "follows"}`);
}

function send(index: number): void {
  const text = `${asked("life")}.${index}`;
  client.send(asked("talk"), text).queued.then(
    () => platform.isDead() || window.tell("queued", text),
    () => {},
  );
}

const count = Number(asked("count"));
const early = Math.ceil(count / 2);
for (let index = 0; index < early; index += 1) send(index);
client.connection.subscribe(tellState);
await client.connect();
tellState();
for (let index = early; index < count; index += 1) send(index);
