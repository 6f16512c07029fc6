/** Why the program ends early; the message is for the person who started it. */
export class Exit extends Error {
  readonly code: number;

  /** 1: could not start · 2: wrong arguments · 3: a message was refused · 4: some still wait. */
  constructor(code: 1 | 2 | 3 | 4, message: string) {
    super(message);
    this.code = code;
  }
}
