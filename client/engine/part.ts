import { HoldfastError } from "../errors.ts";

/** A module that is loaded when something of it is first needed, once for all clients. */
export class Part<Module> {
  readonly #import: () => Promise<Module>;
  #module: Module | undefined;
  #loading: Promise<Module> | undefined;

  constructor(load: () => Promise<Module>) {
    this.#import = load;
  }

  /** Undefined until it was loaded. */
  get now(): Module | undefined {
    return this.#module;
  }

  /** Rejects with `offline` when it can't be loaded; the next call tries again. */
  async load(): Promise<Module> {
    this.#loading ??= this.#import();
    try {
      this.#module = await this.#loading;
      return this.#module;
    } catch (cause) {
      this.#loading = undefined;
      throw new HoldfastError("offline", { cause });
    }
  }
}
