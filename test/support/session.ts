/** A socket on bare frames that has said hello and was welcomed. */
import { PROTOCOL_VERSION, SUB_PROTOCOL, TICKET_PREFIX } from "../../protocol/version.ts";
import { signIn, socketUrlOf, ticketFor } from "./accounts.ts";
import { RawClient } from "./raw-client.ts";

export const HELLO = {
  t: "hello",
  version: PROTOCOL_VERSION,
  cursor: 0,
  capabilities: ["ack"],
  app: { name: "raw", version: "1.0", platform: "test" },
  heartbeatMs: 25_000,
  cause: "first",
} as const;

/** A fresh ticket, as the sub-protocols that a socket is opened with. */
export async function protocolsFor(url: string, user: string, device: string): Promise<string[]> {
  const ticket = await ticketFor(url, await signIn(url, user), device);
  return [SUB_PROTOCOL, TICKET_PREFIX + ticket];
}

export async function openSession(url: string, user: string, device: string): Promise<RawClient> {
  const protocols = await protocolsFor(url, user, device);
  const client = await RawClient.open(socketUrlOf(url), { protocols });
  client.send(HELLO);
  await client.next("welcome");
  return client;
}
