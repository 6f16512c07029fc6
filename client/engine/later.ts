import { HoldfastError } from "../errors.ts";
import type { Part } from "./part.ts";

interface Ending {
  stop(): void;
}

/** What a leader has once it needs it: made of a part of the SDK that is loaded then. */
export class Later<Module, Thing extends Ending> {
  readonly #part: Part<Module>;
  readonly #make: (module: Module) => Thing;
  readonly #onBroken: (error: unknown) => void;
  #thing: Thing | undefined;
  #stopped = false;

  /** `onBroken`: it could not be loaded for something that nobody awaits. */
  constructor(
    part: Part<Module>,
    make: (module: Module) => Thing,
    onBroken: (error: unknown) => void,
  ) {
    this.#part = part;
    this.#make = make;
    this.#onBroken = onBroken;
  }

  /** Undefined: it was not needed yet. */
  get now(): Thing | undefined {
    return this.#thing;
  }

  /** Rejects with `closed` after `stop`. */
  async get(): Promise<Thing> {
    return this.#of(this.#part.now ?? (await this.#part.load()));
  }

  /** At once where it is loaded; calls come in their order. Nothing after `stop`. */
  do(act: (thing: Thing) => void): void {
    if (this.#stopped) return;
    if (this.#part.now !== undefined) return act(this.#of(this.#part.now));
    this.get()
      .then(act)
      .catch((error) => this.#stopped || this.#onBroken(error));
  }

  stop(): void {
    this.#stopped = true;
    this.#thing?.stop();
  }

  #of(module: Module): Thing {
    if (this.#stopped) throw new HoldfastError("closed");
    this.#thing ??= this.#make(module);
    return this.#thing;
  }
}
