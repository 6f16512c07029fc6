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

  /** Rejects with what kept it from loading; the next call tries again. */
  async load(): Promise<Module> {
    if (this.#module !== undefined) return this.#module;
    this.#loading ??= this.#import().finally(() => {
      this.#loading = undefined;
    });
    this.#module = await this.#loading;
    return this.#module;
  }
}
