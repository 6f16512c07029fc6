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

/** The page runs on Preact; `--mode react` builds the same sources with React. */
export default defineConfig(({ mode }) => ({
  root,
  resolve: mode === "react" ? {} : { alias: preact },
  oxc: { jsx: { runtime: "automatic", importSource: "react" } },
  build: {
    outDir: mode === "react" ? "../dist/web-react" : "../dist/web",
    emptyOutDir: true,
    manifest: true,
    target: "es2023",
    // The page's policy allows no data: addresses.
    assetsInlineLimit: 0,
    // Two pages: the console loads nothing of the chat.
    rolldownOptions: { input: ["index.html", "ops.html"].map((page) => `${root}/${page}`) },
    modulePreload: { polyfill: false },
  },
}));
