import { unsupportedMediaType } from '@sim/service-kit';
import type { RequestHandler } from 'express';

/** JSON under its names, and what curl's --data-binary and plain uploads of a file say of it. */
const JSON_DOCUMENT =
  /^(application\/([\w.+-]+\+)?json|text\/(json|plain)|application\/(octet-stream|x-www-form-urlencoded))\s*(;|$)/i;

/**
 * Lets documents pass that are JSON by their type, or of a type that says nothing of the content
 * (as curl sends them without -H); others, such as ZIP and YAML, get 415.
 */
export function wantedType(): RequestHandler {
  return (req, _res, next) => {
    const given = req.get('content-type');
    if (given === undefined || JSON_DOCUMENT.test(given)) next();
    else {
      next(
        unsupportedMediaType(
          'unsupported_media_type',
          `The body came with Content-Type ${given.slice(0, 80)}; send the JSON document with Content-Type: application/json.`,
        ),
      );
    }
  };
}
