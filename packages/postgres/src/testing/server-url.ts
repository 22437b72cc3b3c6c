import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** A database of the PostgreSQL that the test run starts. */
    postgresUrl: string;
  }
}

/** The server that the run's global set-up started. */
export function serverUrl(): string {
  return inject('postgresUrl');
}
