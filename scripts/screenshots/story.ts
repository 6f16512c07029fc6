/** What alice and bob have to say to each other in the pictures. */
import { directConversation, FOREVER, HoldfastClient, memoryStore } from "../../client/index.ts";
import { signIn } from "../../test/support/accounts.ts";

const DEVICES = { alice: "alice-laptop", bob: "bob-phone" } as const;
type Person = keyof typeof DEVICES;

const LINES: readonly (readonly [Person, string])[] = [
  ["alice", "Is the ferry at nine?"],
  ["bob", "At ten: https://example.com/ferry"],
  ["alice", "Then I can sleep a little longer."],
  ["bob", "Do. I bring the tickets and the `chart`."],
  ["alice", "My train has no network for half an hour, just so you know."],
  ["bob", "No matter, whatever I write will be there when you are back."],
];
const LAST = 3;

/** Id of the last message of a person in the story. */
export function messageOf(person: Person): string {
  return `${person}:${DEVICES[person]}:${LAST}`;
}

async function connect(url: string, user: Person): Promise<HoldfastClient> {
  const client = new HoldfastClient({
    url,
    user,
    device: DEVICES[user],
    token: () => signIn(url, user),
    store: memoryStore(),
  });
  await client.connect();
  return client;
}

/** So that the list has more than one conversation in it. */
async function tellOthers(alice: HoldfastClient, bob: HoldfastClient): Promise<void> {
  const group = bob.createGroup({ title: "Ferry trip", members: ["alice", "carol"] });
  await group.handle.accepted;
  await bob.send(group.conversation, "Who brings the thermos?").accepted;
  const carol = directConversation("alice", "carol");
  await alice.send(carol, "Bob has the tickets.").accepted;
  await alice.mute(carol, FOREVER);
  await alice.saveDraft(directConversation("alice", "dave"), "Do you want to");
}

/** Both have read everything afterwards, and stay connected until `end`. */
export async function tellStory(url: string): Promise<{ end(): Promise<void> }> {
  const people = { alice: await connect(url, "alice"), bob: await connect(url, "bob") };
  const conversation = directConversation("alice", "bob");
  for (const [person, line] of LINES) {
    await people[person].send(conversation, line).delivered;
  }
  await people.bob.react(conversation, 3, "👍").accepted;
  for (const person of Object.values(people)) await person.markRead(conversation, LINES.length);
  await tellOthers(people.alice, people.bob);
  await people.alice.pin(conversation);
  return {
    end: async () => {
      for (const person of Object.values(people)) await person.close();
    },
  };
}
