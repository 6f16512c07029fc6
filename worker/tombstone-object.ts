import { DurableObject } from "cloudflare:workers";

/**
 * Says for good which users have deleted their accounts. A user's object can't keep that itself
 * while it deletes everything: a crash in the middle would leave an object like new. So an object
 * that is like new asks here before it lets anything happen. One of many, each for its share of the
 * names.
 */
export class TombstoneObject extends DurableObject {
  async bury(user: string): Promise<void> {
    await this.ctx.storage.put(user, true);
  }

  async isBuried(user: string): Promise<boolean> {
    return (await this.ctx.storage.get(user)) === true;
  }
}
