/** What an upgrade says about where it comes from. */
export interface OriginClaim {
  /** The Origin header. Browsers always send it; other programs may not. */
  readonly origin: string | undefined;
  /** Host and port that the request was sent to. */
  readonly host: string;
  readonly hasCookie: boolean;
  /** Full origins, e.g. `https://chat.example.com`. */
  readonly allowed: readonly string[];
}

/**
 * Whether a page of that origin may open a socket. Without an Origin header it is no browser, unless
 * there is a cookie: then something strips the header, and no is the safe answer.
 */
export function mayConnectFrom({ origin, host, hasCookie, allowed }: OriginClaim): boolean {
  if (origin === undefined) return !hasCookie;
  if (allowed.includes(origin)) return true;
  return origin === `https://${host}` || origin === `http://${host}`;
}

/** `ALLOWED_ORIGINS`: separated by commas or white space. */
export function parseOrigins(text: string | undefined): string[] {
  return (text ?? "").split(/[\s,]+/).filter((origin) => /^https?:\/\/[^/]+$/.test(origin));
}
