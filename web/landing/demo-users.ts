export const DEMO_USERS = ["alice", "bob"] as const;
