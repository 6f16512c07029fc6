/** The Worker's routes. It keeps no message state: it judges who asks and passes on. */
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { except } from "hono/combine";
import { cors } from "hono/cors";
import { secureHeaders } from "hono/secure-headers";
import { parseOrigins } from "./core/origin.ts";
import { type Http, type HttpContext, operatorOnly, refuse, signedIn } from "./http.ts";
import { logFailure } from "./log.ts";
import { account } from "./routes/account.ts";
import { development } from "./routes/development.ts";
import { files } from "./routes/files.ts";
import { groups } from "./routes/groups.ts";
import { limits } from "./routes/limits.ts";
import { page } from "./routes/page.ts";
import { policy } from "./routes/policy.ts";
import { profile, profiles } from "./routes/profiles.ts";
import { search } from "./routes/search.ts";
import { openSocket } from "./routes/socket.ts";
import { metrics, stats } from "./routes/stats.ts";
import { tickets } from "./routes/tickets.ts";
import { conversations, devices, messages, preferences } from "./routes/user.ts";
import { users } from "./routes/users.ts";

const BODY_BYTES = 65_536;

export const app = new Hono<Http>();

app.use(async (c, next) => {
  c.set("id", crypto.randomUUID());
  await next();
});

app.onError((error, c) => {
  logFailure("request-failed", error, c.get("id"));
  return refuse(c, { code: "internal" });
});

// Before the headers of the others: a response that carries a socket must not be touched.
app.get("/v1/socket", openSocket);

// Outside of the headers of the others, so that these are the last word: what somebody uploaded is
// nothing but itself, wherever it is opened.
for (const path of ["/v1/files/*", "/v1/groups/:group/picture", "/v1/profiles/:user/picture"]) {
  app.use(path, async (c, next) => {
    await next();
    c.header("Content-Security-Policy", "default-src 'none'; sandbox");
  });
}

app.use(
  secureHeaders({
    referrerPolicy: "no-referrer",
    // The start page shows two users side by side, each in a frame of its own.
    xFrameOptions: "SAMEORIGIN",
    // Not for sub-domains: they belong to whoever deploys.
    strictTransportSecurity: "max-age=15552000",
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      // What `openFile` gave the page's own code; as bytes of a type that carries no script.
      imgSrc: ["'self'", "blob:"],
      mediaSrc: ["'self'", "blob:"],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'self'"],
      requireTrustedTypesFor: ["'script'"],
      // The page's only one: it names the service worker.
      trustedTypes: ["holdfast"],
    },
  }),
);

app.use(
  "/v1/*",
  async (c, next) => {
    await next();
    if (!c.res.headers.has("Cache-Control")) c.header("Cache-Control", "no-store");
  },
  // No credentials: a token is sent by the page's own code, never by the browser.
  cors({
    origin: (origin, c: HttpContext) =>
      parseOrigins(c.env.ALLOWED_ORIGINS).includes(origin) ? origin : null,
    allowMethods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    allowHeaders: ["Authorization", "Content-Type", "If-None-Match", "If-Range", "Range"],
    exposeHeaders: ["Content-Disposition", "Content-Range", "ETag", "Retry-After"],
    maxAge: 600,
  }),
  // A part of a file is counted where it is read.
  except(
    "/v1/files/:file/parts/:part",
    bodyLimit({
      maxSize: BODY_BYTES,
      onError: (c) => refuse(c, { code: "too-big", rule: `max-bytes:${BODY_BYTES}` }),
    }),
  ),
);

app.get("/v1/limits", limits);
app.route("/v1/dev", development);
app.route("/v1/tickets", tickets);
app.route("/v1/policy", policy);
app.route("/v1/files", files);
app.route("/v1/devices", devices);
app.route("/v1/conversations", conversations);
app.route("/v1/messages", messages);
app.route("/v1/groups", groups);
app.route("/v1/preferences", preferences);
app.get("/v1/search", signedIn, search);
app.route("/v1/account", account);
app.route("/v1/profile", profile);
app.route("/v1/profiles", profiles);
app.route("/v1/stats", stats);
app.route("/v1/users", users);
app.get("/metrics", signedIn, operatorOnly, metrics);
app.all("/v1", unknownPath);
app.all("/v1/*", unknownPath);
// What itty-durable would answer to, if anything ever passed it on.
app.all("/do/*", unknownPath);
app.get("*", page);
app.notFound(unknownPath);

function unknownPath(c: HttpContext): Response {
  return refuse(c, { code: "not-found" });
}
