/** What the server tells the sender of a message about its way. */

export interface MessageInfo {
  /** Null: promised, but not numbered yet, or failed. */
  readonly number: number | null;
  readonly acceptedAt: number;
  /** The other side's object has it. */
  readonly routed: boolean;
  readonly devices: readonly DeviceInfo[];
}

/** Its way to one device. */
export interface DeviceInfo {
  readonly user: string;
  readonly device: string;
  /** `acked`, `pending`, `given-up`, `placeholder`, or `unknown`: acked, time not kept. */
  readonly status: string;
  readonly pushes: readonly PushInfo[];
  readonly nextRetryAt: number | null;
}

/** The attempts of one connection. */
export interface PushInfo {
  /** `live`, `retry`, `catch-up` or `urgent`. */
  readonly route: string;
  readonly attempts: number;
  readonly firstPushAt: number;
  readonly ackedAt: number | null;
}
