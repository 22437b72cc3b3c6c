import * as z from 'zod';

/** The most items that one page has. */
export const MAX_PAGE_SIZE = 200;
/** Items on a page where no limit is given. */
export const DEFAULT_PAGE_SIZE = 50;

/** `?limit=&cursor=`, for lists that come in pages. */
export const pageQuery = z.strictObject({
  limit: z.coerce
    .number({ error: 'Must be a whole number' })
    .int()
    .min(1)
    .max(MAX_PAGE_SIZE)
    .default(DEFAULT_PAGE_SIZE)
    .meta({ description: 'Items on a page', example: DEFAULT_PAGE_SIZE }),
  cursor: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .meta({ description: 'The `nextCursor` of the page before' }),
});

/** A page of a list: `{items, nextCursor}`. */
export const page = <S extends z.ZodType>(item: S) =>
  z.strictObject({
    items: z.array(item),
    nextCursor: z
      .string()
      .nullable()
      .meta({ description: 'Leads to the next page; null on the last' }),
  });
