import { DurableObject } from "cloudflare:workers";

/**
 * Says for good that the user of this name has deleted their account. A user's object can't keep
 * that itself while it deletes everything: a crash in the middle would leave an object like new. So
 * an object that is like new asks here before it lets anything happen.
 */
export class TombstoneObject extends DurableObject {
  async bury(): Promise<void> {
    await this.ctx.storage.put("buried", true);
  }

  async isBuried(): Promise<boolean> {
    return (await this.ctx.storage.get("buried")) === true;
  }
}
