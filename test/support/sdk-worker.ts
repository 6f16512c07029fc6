/** A Worker that is itself a client: it answers each request with what became of one message. */
import { HoldfastClient } from "../../client/index.ts";
import { workerPlatform } from "../../client/platform/worker.ts";
import { signIn } from "./accounts.ts";

export default {
  async fetch(request: Request): Promise<Response> {
    const { url, user, to, text } = (await request.json()) as Record<string, string>;
    if (!url || !user || !to || !text) return new Response(null, { status: 400 });
    const token = () => signIn(url, user);
    const client = new HoldfastClient({ url, user, token, platform: workerPlatform() });
    await client.connect();
    const { number } = await client.send(to, text).accepted;
    await client.close();
    return Response.json({ number });
  },
};
