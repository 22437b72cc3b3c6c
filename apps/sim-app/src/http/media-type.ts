import { unsupportedMediaType } from '@sim/service-kit';
import type { RequestHandler } from 'express';

/** JSON, YAML and ZIP under their names, and what curl's --data-binary and plain uploads say of a file. */
const DOCUMENT =
  /^(application\/([\w.+-]+\+)?json|text\/(json|plain)|(application|text)\/(x-|vnd\.)?yaml|application\/(x-)?zip(-compressed)?|application\/(octet-stream|x-www-form-urlencoded))\s*(;|$)/i;

const YAML = /^(application|text)\/(x-|vnd\.)?yaml\b/i;
const ZIP = /^application\/(x-)?zip(-compressed)?\b/i;
const JSON_TYPE = /^(application\/([\w.+-]+\+)?|text\/)json\b/i;

/** What a document is by its type; null where the type leaves it open. */
export function documentKind(contentType: string | undefined): 'json' | 'yaml' | 'zip' | null {
  if (contentType === undefined) return null;
  if (YAML.test(contentType)) return 'yaml';
  if (ZIP.test(contentType)) return 'zip';
  return JSON_TYPE.test(contentType) ? 'json' : null;
}

/**
 * Lets documents pass that are JSON, YAML or ZIP by their type, or of a type that says nothing of the
 * content (as curl sends them without -H); others get 415.
 */
export function wantedType(): RequestHandler {
  return (req, _res, next) => {
    const given = req.get('content-type');
    if (given === undefined || DOCUMENT.test(given)) next();
    else {
      next(
        unsupportedMediaType(
          'unsupported_media_type',
          `The body came with Content-Type ${given.slice(0, 80)}; send the document with Content-Type: application/json, application/yaml or application/zip.`,
        ),
      );
    }
  };
}
