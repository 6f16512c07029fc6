/** An answer of the server's HTTP routes; `code` as in protocol/errors.ts, or `unreachable`. */
export type Answer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly code: string };

export interface Question {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly token?: string;
  readonly body?: object;
}

const DEADLINE_MS = 10_000;

/** `read` judges the answer: undefined is an answer of the wrong shape. */
export async function ask<Value>(
  path: string,
  read: (body: unknown) => Value | undefined,
  { method = "GET", token, body }: Question = {},
): Promise<Answer<Value>> {
  try {
    const response = await fetch(path, {
      method,
      headers: {
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    const answer: unknown = await response.json();
    if (!response.ok) return { ok: false, code: codeOf(answer) };
    const value = read(answer);
    return value === undefined ? { ok: false, code: "internal" } : { ok: true, value };
  } catch {
    // Not reached, or not by a Holdfast server: for the person it is the same.
    return { ok: false, code: "unreachable" };
  }
}

function codeOf(answer: unknown): string {
  const code = at(at(answer, "error"), "code");
  return typeof code === "string" ? code : "internal";
}

/** A field of what may not even be an object. */
export function at(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

export function numberAt(value: unknown, name: string): number | undefined {
  const field = at(value, name);
  return typeof field === "number" ? field : undefined;
}

export function textAt(value: unknown, name: string): string | undefined {
  const field = at(value, name);
  return typeof field === "string" ? field : undefined;
}

export function listAt(value: unknown, name: string): readonly unknown[] {
  const field = at(value, name);
  return Array.isArray(field) ? field : [];
}
