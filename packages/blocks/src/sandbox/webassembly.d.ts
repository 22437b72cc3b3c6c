/** The part of WebAssembly that the sandbox uses; its usual types come with those of browsers. */
declare namespace WebAssembly {
  class Memory {
    /** Both in pages of 64 KiB. */
    constructor(descriptor: { initial: number; maximum: number });
    readonly buffer: ArrayBuffer;
  }
}
