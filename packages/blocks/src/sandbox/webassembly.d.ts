/** The part of WebAssembly that the sandbox uses; its usual types come with those of browsers. */
declare namespace WebAssembly {
  class Memory {
    /** Both in pages of 64 KiB. */
    constructor(descriptor: { initial: number; maximum: number });
    readonly buffer: ArrayBuffer;
  }

  /** What is thrown where a module goes wrong in itself. */
  class RuntimeError extends Error {}
}
