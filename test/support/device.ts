/** A device of a user as the black-box tests drive it, whatever stands behind: SDK or bare frames. */
export interface Device {
  /** Unique among all devices of a test. */
  readonly name: string;
  start(): Promise<void>;
  /**
   * Resolves when the message has its id, from when on it must not be lost. Rejects once the device
   * was stopped: what still speaks then is of a test that is over, and ends by this.
   */
  send(conversation: string, text: string): Promise<void>;
  /** Ends a wait between two attempts to connect. */
  reconnect(): void;
  stop(): Promise<void>;
}
