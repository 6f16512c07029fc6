/** `npm run dry-run && node test/chaos/record.ts NAME`: keeps this build for test/chaos/versions.ts. */
import { writeFile } from "node:fs/promises";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";
import { keptAs } from "./earlier.ts";

const [name] = process.argv.slice(2);
if (name === undefined) throw new Error("node test/chaos/record.ts NAME");
const { outputFiles } = await build({
  entryPoints: ["dist/worker/index.js"],
  format: "esm",
  minify: true,
  write: false,
});
const [script] = outputFiles;
if (script === undefined) throw new Error("nothing was built");
const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
await writeFile(keptAs(name), brotliCompressSync(script.contents, { params: quality }));
