import * as z from 'zod';
import { workflowId } from './ids.js';
import { issue } from './issue.js';
import { shortText, timestamp } from './json.js';
import { page } from './page.js';

/** The largest document that is taken in: 10 MB. */
export const MAX_WORKFLOW_BYTES = 10 * 1024 * 1024;

export const workflow = z
  .strictObject({
    id: workflowId,
    name: z.string(),
    description: z.string().nullable(),
    version: z.int().min(1).meta({ description: 'The present version; also the ETag' }),
    createdBy: z.string().nullable().meta({ description: 'Null once that person is erased' }),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Workflow' });

export const workflowPage = page(workflow).meta({ id: 'WorkflowPage' });

export const workflowWithIssues = z
  .strictObject({ workflow, issues: z.array(issue) })
  .meta({ id: 'WorkflowWithIssues', description: 'Issues of the document and of its mapping' });

export const importedWorkflows = z
  .strictObject({
    ...workflowWithIssues.shape,
    others: z.array(workflowWithIssues).optional().meta({
      description:
        'Of an archive of several workflows: all but the first, in the order of the archive',
    }),
  })
  .meta({
    id: 'ImportedWorkflows',
    description:
      'What was imported. Files of an archive that could not be, are issues of the first workflow, ' +
      'each with the path of its file',
  });

export const workflowAnswer = z.strictObject({ workflow }).meta({ id: 'WorkflowAnswer' });

export const workflowParams = z.strictObject({ workflowId });

export const importQuery = z.strictObject({
  name: shortText(200)
    .optional()
    .meta({ description: "The workflow's name, instead of the document's own" }),
});

export const workflowVersion = z
  .strictObject({
    version: z.int().min(1),
    name: z.string(),
    description: z.string().nullable(),
    contentType: z.string().meta({ example: 'application/json' }),
    contentHash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .meta({ description: 'SHA-256 of the document as it came in' }),
    createdBy: z.string().nullable(),
    createdAt: timestamp,
  })
  .meta({ id: 'WorkflowVersion' });
export const workflowVersionPage = page(workflowVersion).meta({ id: 'WorkflowVersionPage' });

const LARGEST_VERSION = 2_147_483_647;

export const exportQuery = z.strictObject({
  version: z.coerce
    .number({ error: 'Must be a whole number' })
    .int()
    .min(1)
    .max(LARGEST_VERSION)
    .optional()
    .meta({ description: 'An earlier version; the present one where not given' }),
});
