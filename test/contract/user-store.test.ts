import { NodeSql } from "../support/node-sql.ts";
import { userStoreContract } from "./user-store.ts";

userStoreContract("node:sqlite", () => {
  const sql = new NodeSql();
  return {
    run: async (body) => body(sql),
    alarm: async () => sql.alarmAt,
    written: async (body) => {
      const before = sql.rowsWritten;
      body(sql);
      return sql.rowsWritten - before;
    },
  };
});
