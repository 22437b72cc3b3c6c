import * as z from 'zod';

/** A finding about a workflow or its journey; the codes have pages of their own. */
export const issue = z
  .strictObject({
    code: z.string().meta({ description: 'Stable code', example: 'unreachable_block' }),
    severity: z.enum(['error', 'warning', 'info']),
    blockId: z.string().optional(),
    edgeId: z.string().optional(),
    path: z
      .string()
      .optional()
      .meta({ description: 'Place in the document', example: 'state.blocks.b1.name' }),
    message: z.string().meta({ description: 'What is wrong' }),
    hint: z.string().meta({ description: 'What to do about it' }),
  })
  .meta({ id: 'Issue', description: 'A finding about a workflow: never an exception' });
