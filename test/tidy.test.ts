/** What the structure of the sources promises, checked on their text. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MAX_LINES = 300;

interface Import {
  readonly from: string;
  /** Gone when types are stripped. */
  readonly isType: boolean;
  /** What is taken by name; `*` for all of it. */
  readonly names: readonly string[];
}

interface Source {
  /** Relative to the project, e.g. `worker/core/feed.ts`. */
  readonly path: string;
  readonly text: string;
  /** Without comments and string literals. */
  readonly code: string;
  /** Paths of the project, or names of packages. */
  readonly imports: readonly Import[];
}

function sourcesIn(folder: string): Source[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx|mts|mjs)$/.test(entry.name))
    .filter((entry) => !entry.name.endsWith(".d.ts"))
    .map((entry) => read(relative(ROOT, join(entry.parentPath, entry.name))));
}

function read(path: string): Source {
  const text = readFileSync(join(ROOT, path), "utf8");
  return { path, text, code: codeOf(text), imports: importsOf(path, text) };
}

/** One pass, so that a comment's mark in a string, or a quote in a comment, misleads nobody. */
function codeOf(text: string): string {
  const tokens =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`/g;
  // What stands in the braces of a template is code: kept as it is.
  return text.replace(tokens, (token) =>
    token.startsWith("`") ? [...token.matchAll(/\$\{([^}]*)\}/g)].map(([, c]) => c).join(" ") : " ",
  );
}

function importsOf(path: string, text: string): Import[] {
  const statement =
    /^\s*(?:import|export)\s+(type\s+)?(?:([\w*{}\s,$]+?)\s+from\s+)?["']([^"']+)["']|import\(\s*["']([^"']+)["']/gm;
  return [...text.matchAll(statement)].map(([, type, clause = "*", from, dynamic]) => {
    const listed = /\{([^}]*)\}/.exec(clause)?.[1];
    const parts = (listed ?? clause).split(",").map((part) => part.trim());
    const taken = parts.filter((part) => part !== "");
    return {
      from: resolved(path, from ?? dynamic ?? ""),
      isType: type !== undefined || (listed !== undefined && taken.every(isTypeOnly)),
      names: listed === undefined ? ["*"] : taken.map(exportedName),
    };
  });
}

function isTypeOnly(part: string): boolean {
  return part.startsWith("type ");
}

function exportedName(part: string): string {
  return part.replace(/^type\s+/, "").replace(/\s+as\s.*$/, "");
}

function resolved(path: string, from: string): string {
  return from.startsWith(".") ? normalize(join(dirname(path), from)) : from;
}

const worker = sourcesIn("worker");
const client = sourcesIn("client");
const protocol = sourcesIn("protocol");
const web = sourcesIn("web");
const scripts = sourcesIn("scripts");
const tests = sourcesIn("test");
const shipped = [...worker, ...client, ...protocol];

const isIn = (folder: string) => (source: Source) => source.path.startsWith(`${folder}/`);
const workerCore = worker.filter(isIn("worker/core"));
const clientCore = client.filter(isIn("client/core"));

/** Each import of these sources that is not one of the allowed. */
function strays(sources: readonly Source[], allowed: (from: string, source: Source) => boolean) {
  return sources.flatMap((source) =>
    source.imports
      .filter(({ from }) => !allowed(from, source))
      .map(({ from }) => `${source.path} imports ${from}`),
  );
}

describe("rings: imports point inward only", () => {
  test("the sources are found and their imports read", () => {
    expect(workerCore.length).toBeGreaterThan(15);
    expect(clientCore.length).toBeGreaterThan(5);
    expect(shipped.flatMap(({ imports }) => imports).length).toBeGreaterThan(300);
  });

  test("protocol imports valibot and itself", () => {
    expect(strays(protocol, (from) => from === "valibot" || from.startsWith("protocol/"))).toEqual(
      [],
    );
  });

  test("the cores import protocol and themselves", () => {
    const inner = (core: string) => (from: string) =>
      from.startsWith("protocol/") || from.startsWith(`${core}/`);
    expect(strays(workerCore, inner("worker/core"))).toEqual([]);
    // What is kept and what is shown is the client's vocabulary: the types of both, nothing else.
    const words = new Set(["client/store.ts", "client/model.ts"]);
    const isWord = ({ from, isType }: Import) => isType && words.has(from);
    const judged = clientCore.map((source) => ({
      ...source,
      imports: source.imports.filter((one) => !isWord(one)),
    }));
    expect(strays(judged, inner("client/core"))).toEqual([]);
  });

  test("the engines of users and groups know no runtime", () => {
    const beside = [
      "group",
      "group-migrations",
      "group-requests",
      "group-store",
      "user",
      "timeline",
      "conversation-logs",
      "recent-rows",
      "people-store",
      "user-store",
      "search-store",
      "search-index",
      "search-page",
      "expiring",
      "file-store",
      "sql",
      "facts",
      "entry-columns",
      "migrations",
      "requests",
    ];
    const files = new Set(beside.map((name) => `worker/${name}.ts`));
    const isEngine = (source: Source) => /^worker\/(user|group)\//.test(source.path);
    const engine = worker.filter((source) => files.has(source.path) || isEngine(source));
    expect(engine.length).toBeGreaterThan(30);
    const inner = (from: string) =>
      files.has(from) ||
      /^(protocol|worker\/core|worker\/user|worker\/group)\//.test(from) ||
      from === "valibot";
    expect(strays(engine, inner)).toEqual([]);
  });

  test("worker and client never import each other, nor the page or the tests", () => {
    const outside = (own: string) => (from: string) =>
      !/^(worker|client|web|test|scripts)\//.test(from) || from.startsWith(`${own}/`);
    expect(strays(worker, outside("worker"))).toEqual([]);
    expect(strays(client, outside("client"))).toEqual([]);
  });

  test("the page uses the public SDK and the contract's names, nothing inside", () => {
    const isPublic = (from: string) =>
      !/^(worker|test)\//.test(from) &&
      (!from.startsWith("client/") || /^client\/(index|react\/|platform\/)/.test(from));
    expect(strays(web, isPublic)).toEqual([]);
  });

  test("only shells of objects know the runtime's module", () => {
    const shells = /^worker\/(index|peers|[a-z-]+-object|routes\/[a-z-]+)\.ts$/;
    const rest = worker.filter(({ path }) => !shells.test(path));
    expect(strays(rest, (from) => !from.startsWith("cloudflare:"))).toEqual([]);
  });

  test("the schema library does not get into the client's bundle", () => {
    const byPath = new Map([...protocol, ...client].map((source) => [source.path, source]));
    const reached = (path: string, seen: Set<string>): Set<string> => {
      if (seen.has(path)) return seen;
      seen.add(path);
      for (const { from, isType } of byPath.get(path)?.imports ?? []) {
        if (!isType) reached(from, seen);
      }
      return seen;
    };
    const all = client.reduce((seen, { path }) => reached(path, seen), new Set<string>());
    expect([...all]).not.toContain("valibot");
    expect([...all]).toContain("protocol/names.ts");
  });
});

describe("words", () => {
  test.each([
    ["time", /\bDate\b|\bperformance\b/],
    ["chance", /Math\.random|\bcrypto\b/],
    ["timers", /\bset(Timeout|Interval|Immediate)\b|\bqueueMicrotask\b/],
    ["the network", /\bfetch\b|\bWebSocket\b/],
    ["waiting", /\basync\b|\bawait\b|\bPromise\b/],
    ["globals of a runtime", /\b(window|document|indexedDB|process|navigator|globalThis)\b/],
  ])("the cores do not mention %s", (_, word) => {
    const found = [...workerCore, ...clientCore].filter(({ code }) => word.test(code));
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test("only the client's platforms touch what a browser or Node has", () => {
    const word = /\b(window|document|indexedDB|process|localStorage|navigator)\b(?!\s*[:?(=])/;
    const elsewhere = client.filter((source) => !isIn("client/platform")(source));
    const found = elsewhere.filter(({ code }) => word.test(code.replace(/\.\w+/g, "")));
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test("nothing is left for later, no test is skipped or alone", () => {
    // Put together, so that this line is not found itself.
    const later = new RegExp(
      `\\b(${["TO", "FIX"].map((a, i) => a + ["DO", "ME"][i]).join("|")})\\b`,
    );
    const skipped = /\b(test|it|describe)\.(skip|only|todo)\b/;
    const all = [...shipped, ...web, ...scripts, ...tests];
    const found = all.filter(({ text, code }) => later.test(text) || skipped.test(code));
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test("a source has at most 300 lines", () => {
    const lines = (source: Source) => source.text.trimEnd().split("\n").length;
    const long = shipped.filter((source) => lines(source) > MAX_LINES);
    expect(long.map((source) => `${source.path}: ${lines(source)}`)).toEqual([]);
  });
});

describe("rules and their tests", () => {
  const page = readFileSync(join(ROOT, "protocol/PROTOCOL.md"), "utf8");
  const defined = [...page.matchAll(/^\*\*(R\d+)\*\*/gm)].map(([, id]) => id);
  const titles = tests.flatMap(({ text }) =>
    [...text.matchAll(/(?:\btest|\))\(\s*["'`](R\d+) /g)].map(([, id]) => id),
  );

  test("each rule is defined once", () => {
    expect(defined.length).toBeGreaterThan(15);
    expect(new Set(defined).size).toBe(defined.length);
  });

  test("each rule is named by the title of a test", () => {
    expect(defined.filter((id) => !titles.includes(id))).toEqual([]);
  });

  test("each rule that a title names is defined", () => {
    expect([...new Set(titles)].filter((id) => !defined.includes(id))).toEqual([]);
  });
});

describe("nothing is dead", () => {
  /** Where a reader from outside starts. */
  const entries =
    /^(worker\/index|client\/(index|basic)|client\/(platform|react|terminal)\/[\w-]+)\.tsx?$/;
  const users = [...shipped, ...web, ...scripts];

  test("each file is imported by another", () => {
    const imported = new Set(
      [...users, ...tests.filter(isIn("test/support"))].flatMap(({ imports }) =>
        imports.map(({ from }) => from),
      ),
    );
    const dead = shipped.filter(({ path }) => !imported.has(path) && !entries.test(path));
    expect(dead.map(({ path }) => path)).toEqual([]);
  });

  test("each export is imported by another file, a test's included; a type may serve its own", () => {
    const everything = [...users, ...tests];
    const imported = new Set(
      everything.flatMap(({ imports }) =>
        imports.flatMap(({ from, names }) => names.map((name) => `${from} ${name}`)),
      ),
    );
    const dead = shipped
      .filter(({ path }) => !entries.test(path) && !imported.has(`${path} *`))
      .flatMap((source) => exportsOf(source).map((one) => ({ ...one, source })))
      .filter(({ source, name }) => !imported.has(`${source.path} ${name}`))
      .filter(({ source, name, kind }) => {
        const uses = source.code.match(new RegExp(`\\b${name}\\b`, "g"))?.length ?? 0;
        const isOwn = kind === "interface" || kind === "type" || isIn("protocol")(source);
        return !(isOwn && uses > 1);
      });
    expect(dead.map(({ source, name }) => `${source.path}: ${name}`)).toEqual([]);
  });

  function exportsOf({ code }: Source): { readonly kind: string; readonly name: string }[] {
    const exported =
      /^export (?:abstract )?(?:async )?(const|function|class|interface|type) (\w+)/gm;
    return [...code.matchAll(exported)].map(([, kind = "", name = ""]) => ({ kind, name }));
  }
});
