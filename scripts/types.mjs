// Checks the types of every project; each has the libraries of the place where its files run.
import { spawnSync } from "node:child_process";

const projects = ["", ".worker", ".web", ".service-worker"].map((name) => `tsconfig${name}.json`);

// The bindings' types are generated from wrangler.toml and committed: they must not lag behind it.
const typegen = ["run", "--silent", "cf-typegen", "--", "--check"];
if (spawnSync("npm", typegen, { stdio: ["ignore", "ignore", "inherit"] }).status !== 0) {
  console.error("worker/worker-configuration.d.ts is not current: run `npm run cf-typegen`.");
  process.exit(1);
}

const failed = projects.filter(
  (project) => spawnSync("tsc", ["-p", project], { stdio: "inherit" }).status !== 0,
);
if (failed.length > 0) {
  console.error(`Type errors in ${failed.join(", ")}.`);
  process.exit(1);
}
