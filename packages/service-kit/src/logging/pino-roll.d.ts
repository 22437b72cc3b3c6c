declare module 'pino-roll' {
  /** The part of pino-roll 4 that is used here; the library ships no types. */
  interface Options {
    readonly file: string;
    readonly size?: string;
    readonly frequency?: string;
    readonly symlink?: boolean;
    readonly limit?: { readonly count: number; readonly removeOtherLogFiles?: boolean };
  }

  interface RollingFile {
    write(line: string): boolean;
    flushSync(): void;
    end(): void;
    on(event: 'error', listener: (error: Error) => void): this;
    once(event: 'close', listener: () => void): this;
  }

  export default function build(options: Options): Promise<RollingFile>;
}
