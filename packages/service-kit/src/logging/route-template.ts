import type { Request } from 'express';

/** The label of a request that no route took. */
export const UNMATCHED = 'unmatched';

const templates = new WeakMap<Request, string>();

/**
 * Notes the template of the route that takes a request, such as `/api/v1/sessions/:id`, for
 * {@link routeTemplate}. Express keeps no such thing: `req.route` has the innermost part alone and
 * `req.baseUrl` is reset when an error leaves a router, so the assignment of `req.route` is watched.
 */
export function watchRoute(req: Request): void {
  if (templates.has(req)) return;
  templates.set(req, UNMATCHED);
  let route: unknown;
  Object.defineProperty(req, 'route', {
    configurable: true,
    enumerable: true,
    get: () => route,
    set: (value: unknown) => {
      route = value;
      templates.set(req, templateOf(req.baseUrl, value));
    },
  });
}

/** The template of the route that took a watched request, else {@link UNMATCHED}. Never a raw path. */
export function routeTemplate(req: Request): string {
  return templates.get(req) ?? UNMATCHED;
}

function templateOf(baseUrl: string, route: unknown): string {
  const path = (route as { path?: unknown } | undefined)?.path;
  if (typeof path !== 'string') return UNMATCHED;
  const mount = baseUrl.split('/').map(segmentTemplate).join('/');
  return mount + (path === '/' && mount !== '' ? '' : path);
}

/** A router mounted under a parameter has its value in `baseUrl`: what looks like an id is masked. */
function segmentTemplate(segment: string): string {
  return /^[a-z][a-z-]*$|^v\d{1,2}$|^$/i.test(segment) ? segment : ':param';
}
