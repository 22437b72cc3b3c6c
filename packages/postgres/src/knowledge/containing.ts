import { ilike, type Column, type SQL } from 'drizzle-orm';

/** Whether a text contains another, in capitals or not; undefined, which is no condition, for an empty one. */
export function containing(column: Column, search: string): SQL | undefined {
  if (search === '') return undefined;
  return ilike(column, `%${search.replace(/[\\%_]/g, '\\$&').replaceAll('\0', '\uFFFD')}%`);
}
