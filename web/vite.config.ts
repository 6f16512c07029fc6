import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const root = dirname(fileURLToPath(import.meta.url));

const preact = {
  react: "preact/compat",
  "react-dom": "preact/compat",
  "react-dom/client": "preact/compat/client",
  "react/jsx-runtime": "preact/jsx-runtime",
};

// A test that builds the page has another one, and would get the libraries' debug versions.
if (process.argv.includes("build")) process.env["NODE_ENV"] = "production";

// Two pages: the console loads nothing of the chat.
const pages = ["index.html", "ops.html"];

/** What each mode builds, beside the page itself. */
const MODES: Readonly<Record<string, { readonly outDir: string; readonly pages: string[] }>> = {
  react: { outDir: "../dist/web-react", pages },
  bench: { outDir: "../dist/web-bench", pages: ["bench.html"] },
};
/** What the SDK loads when it is needed, and what only that takes: how their files begin. */
const LATER = {
  core: ["expiry", "extras", "found", "people", "personal", "reach", "upload"],
  engine: [
    ...["expiring", "file-", "following", "group-queries", "jumping", "log-"],
    ...[
      "message-info",
      "people-desk",
      "pictures",
      "rereading",
      "search",
      "upload-file",
      "uploading",
      "wishing",
    ],
  ],
  platform: ["forgetting", "indexeddb-files", "thumb", "web-files"],
};
const paths = Object.entries(LATER).map(
  ([folder, names]) => `${folder}[\\\\/](${names.join("|")})`,
);
const IS_LATER = new RegExp(`client[\\\\/](${paths.join("|")})`);
/** The rest in one file, for parts compress worse. */
const SDK =
  /[\\/](client[\\/](?!react)|idb[\\/]|protocol[\\/](arrange|close-codes|expiring|follow|history|marks|ping|version)\.)/;
const isSdk = (id: string) => SDK.test(id) && !IS_LATER.test(id);
/** Chat and console both begin with these. */
const PROTOCOL = /[\\/]protocol[\\/](names|limits|errors|kinds|timing)\./;
const BASE = /[\\/]node_modules[\\/]preact[\\/]|preload-helper/;
const PAGE = { outDir: "../dist/web", pages };

/** The page runs on Preact; `--mode react` builds the same sources with React. */
export default defineConfig(({ mode }) => ({
  root,
  resolve: mode === "react" ? {} : { alias: preact },
  oxc: { jsx: { runtime: "automatic", importSource: "react" } },
  build: {
    outDir: (MODES[mode] ?? PAGE).outDir,
    emptyOutDir: true,
    manifest: true,
    target: "es2023",
    // The page's policy allows no data: addresses.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: (MODES[mode] ?? PAGE).pages.map((page) => `${root}/${page}`),
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            { name: "protocol", test: PROTOCOL },
            { name: "base", test: BASE },
            { name: "sdk", test: isSdk },
          ],
        },
      },
    },
    modulePreload: { polyfill: false },
  },
}));
