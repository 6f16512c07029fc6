import { type Bucket, fullBucket, type Rate, take } from "./rate.ts";

export type ConnectVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly retryAfterMs: number };

/**
 * How often each device may open a socket. Knows a bounded number of devices and forgets the one
 * that it has not seen for longest; what is forgotten starts anew.
 */
export class ConnectRate {
  readonly #buckets = new Map<string, Bucket>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  admit(device: string, perMinute: number, now: number): ConnectVerdict {
    const rate: Rate = { burst: perMinute, perSecond: perMinute / 60 };
    const bucket = this.#buckets.get(device) ?? fullBucket(rate, now);
    const taken = take(bucket, rate, 1, now);
    // Also when refused, or a device that keeps trying would soon be forgotten and start anew.
    this.#remember(device, taken.ok ? taken.bucket : bucket);
    return taken.ok ? { ok: true } : taken;
  }

  #remember(device: string, bucket: Bucket): void {
    // A Map iterates in the order of insertion: the first key is the one not seen for longest.
    this.#buckets.delete(device);
    this.#buckets.set(device, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > this.#capacity && oldest !== undefined) this.#buckets.delete(oldest);
  }
}
