/** What all routes share: who asks, reading what was sent, and saying no. */
import type { Context, MiddlewareHandler } from "hono";
import * as v from "valibot";
import type { ProtocolError } from "../protocol/errors.ts";
import { authConfig, type Identity, verifyToken } from "./auth.ts";
import { statusOf } from "./core/http-status.ts";
import type { HoldfastEnv } from "./env.ts";

export interface Http {
  Bindings: HoldfastEnv;
  Variables: {
    /** Names this request in the answer and in the log. */
    id: string;
    identity: Identity;
  };
}

export type HttpContext = Context<Http>;

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ProtocolError };

/** A refusal as JSON: `{ error: { code, field?, rule?, retryAfterMs? }, id }`, and no more than that. */
export function refuse(c: HttpContext, error: ProtocolError): Response {
  if (error.retryAfterMs !== undefined) {
    c.header("Retry-After", String(Math.max(1, Math.ceil(error.retryAfterMs / 1_000))));
  }
  if (error.code === "unauthenticated") c.header("WWW-Authenticate", "Bearer");
  return c.json({ error, id: c.get("id") }, statusOf(error.code));
}

/** Goes on for whoever has a valid token. */
export const signedIn: MiddlewareHandler<Http> = async (c, next) => {
  const token = /^Bearer ([\w.~+/=-]+)$/i.exec(c.req.header("Authorization") ?? "")?.[1];
  if (token === undefined) return refuse(c, { code: "unauthenticated", rule: "bearer-token" });
  const verified = await verifyToken(token, await authConfig(c.env), Date.now());
  if (!verified.ok) return refuse(c, { code: "unauthenticated", rule: `token-${verified.why}` });
  const { user, role, expiresAt } = verified;
  c.set("identity", { user, role, expiresAt });
  return next();
};

/** Goes on for operators; use behind `signedIn`. */
export const operatorOnly: MiddlewareHandler<Http> = async (c, next) =>
  c.get("identity").role === "operator" ? next() : refuse(c, { code: "not-allowed" });

/** A JSON body that fits the schema. The content type keeps forms of other sites out. */
export async function readBody<S extends v.GenericSchema>(
  c: HttpContext,
  schema: S,
): Promise<Read<v.InferOutput<S>>> {
  const [type] = (c.req.header("Content-Type") ?? "").split(";");
  if (type?.trim().toLowerCase() !== "application/json") {
    return no({ code: "bad-field", field: "content-type", rule: "application/json" });
  }
  const body = parseJson(await c.req.text());
  return body.ok ? check(schema, body.value) : body;
}

export function readQuery<S extends v.GenericSchema>(
  c: HttpContext,
  schema: S,
): Read<v.InferOutput<S>> {
  return check(schema, c.req.query());
}

export function readParameter<S extends v.GenericSchema>(
  c: HttpContext,
  name: string,
  schema: S,
): Read<v.InferOutput<S>> {
  const result = check(schema, c.req.param(name));
  return result.ok ? result : no({ ...result.error, field: name });
}

/** Whole numbers in a query; absent stays absent. */
export function queryNumber(min: number, max: number) {
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,16}$/, "whole-number"),
    v.transform(Number),
    v.safeInteger(),
    v.minValue(min),
    v.maxValue(max),
  );
}

function check<S extends v.GenericSchema>(schema: S, value: unknown): Read<v.InferOutput<S>> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return { ok: true, value: result.output };
  const [issue] = result.issues;
  const field = v.getDotPath(issue) ?? "";
  const rule = issue.type === "regex" || issue.type === "check" ? issue.message : ruleOf(issue);
  return no({ code: "bad-field", field, rule });
}

function ruleOf(issue: v.BaseIssue<unknown>): string {
  return issue.expected === null ? issue.type : `${issue.type}:${issue.expected}`;
}

/** Keys that could reach a prototype are refused outright, at any depth. */
const FORBIDDEN_KEYS = new Set(["__proto__", "constructor", "prototype"]);

function parseJson(text: string): Read<unknown> {
  let forbidden: string | undefined;
  try {
    const value: unknown = JSON.parse(text, (key, inner: unknown) => {
      if (FORBIDDEN_KEYS.has(key)) forbidden = key;
      return inner;
    });
    if (forbidden === undefined) return { ok: true, value };
    return no({ code: "bad-field", field: forbidden, rule: "known-field" });
  } catch {
    return no({ code: "bad-frame", rule: "json" });
  }
}

function no(error: ProtocolError): { readonly ok: false; readonly error: ProtocolError } {
  return { ok: false, error };
}
