/** The built page on a server of its own, where one deploy follows the other. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

const BUILD = "dist/web";
const TYPES: Readonly<Record<string, string>> = {
  html: "text/html",
  js: "text/javascript",
  css: "text/css",
  svg: "image/svg+xml",
  png: "image/png",
  webmanifest: "application/manifest+json",
};

export class Deploys {
  readonly url: string;
  readonly #server: Server;
  readonly #changed = new Map<string, string>();

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://localhost:${(server.address() as AddressInfo).port}`;
    server.on("request", ({ url = "/" }, response) => {
      const { pathname } = new URL(url, this.url);
      const file = pathname === "/" ? "/index.html" : pathname;
      const body = this.#read(file);
      const type = TYPES[file.split(".").at(-1) ?? ""];
      if (body === undefined || type === undefined) response.writeHead(404).end();
      else response.writeHead(200, { "Content-Type": type, "Cache-Control": "no-cache" }).end(body);
    });
  }

  static async begin(): Promise<Deploys> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "localhost", done));
    return new Deploys(server);
  }

  /** A build whose page has this title. */
  deploy(title: string): void {
    const html = readFileSync(`${BUILD}/index.html`, "utf8");
    const page = html.replace(/<title>.*?<\/title>/, `<title>${title}</title>`);
    this.#changed.set("/index.html", page);
    this.announce(title, page);
  }

  /** The worker of a build alone: its page has not come through yet. */
  announce(version: string, page: string): void {
    const digest = createHash("sha256").update(page).digest("base64");
    const worker = readFileSync(`${BUILD}/service-worker.js`, "utf8")
      .replace(/version:"[^"]*"/, `version:"${version}"`)
      .replace(/page:"[^"]*"/, `page:"sha256-${digest}"`);
    this.#changed.set("/service-worker.js", worker);
  }

  end(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((done) => this.#server.close(() => done()));
  }

  #read(file: string): string | Buffer | undefined {
    try {
      return this.#changed.get(file) ?? readFileSync(`${BUILD}${file}`);
    } catch {
      return undefined; // What no file has is answered with 404.
    }
  }
}
