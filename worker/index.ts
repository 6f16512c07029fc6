/** What is deployed: the Worker, and the classes of its objects. */
import { app } from "./app.ts";

export { GroupObject } from "./group-object.ts";
export { PolicyObject } from "./policy-object.ts";
export { StatsObject } from "./stats-object.ts";
export { TombstoneObject } from "./tombstone-object.ts";
export { UserObject } from "./user-object.ts";

export default app;
