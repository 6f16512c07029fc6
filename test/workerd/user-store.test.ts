import { runInDurableObject } from "cloudflare:test";
import { ObjectSql } from "../../worker/object-sql.ts";
import { userStoreContract } from "../contract/user-store.ts";
import { objectOf } from "./objects.ts";
import { newUser } from "./support.ts";

userStoreContract("an object's storage", () => {
  const object = objectOf(newUser("store"));
  return {
    run: (body) => runInDurableObject(object, (_, { storage }) => body(new ObjectSql(storage))),
    alarm: () => runInDurableObject(object, (_, { storage }) => storage.getAlarm()),
    written: (body) =>
      runInDurableObject(object, (_, { storage }) => {
        const sql = new ObjectSql(storage);
        body(sql);
        return sql.rows.written;
      }),
  };
});
