import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Router } from 'express';

/** The files of swagger-ui-dist that the page needs; no other is served. */
const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'] as const;
const ASSETS_DIR = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const DOCUMENT_PATH = '/api/openapi.json';
const PAGE_PATH = '/api/docs';
const CACHE = 'public, max-age=3600';

/** Swagger UI sets styles by attribute; its scripts come from files alone. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
  "img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'self'";

/** Serves an OpenAPI document at `/api/openapi.json` and a page to read and try it at `/api/docs`. */
export function apiDocs(document: object): Router {
  const json = JSON.stringify(document);
  const router = Router();
  router.get(DOCUMENT_PATH, (_req, res) => {
    res.type('application/json').set('Cache-Control', 'no-cache').send(json);
  });
  router.get(PAGE_PATH, (req, res) => {
    res
      .set('Content-Security-Policy', PAGE_POLICY)
      .type('html')
      .send(page(titleOf(document), req.baseUrl));
  });
  router.get(`${PAGE_PATH}/init.js`, (req, res) => {
    res.type('text/javascript').set('Cache-Control', CACHE).send(initScript(req.baseUrl));
  });
  for (const name of ASSETS) {
    router.get(`${PAGE_PATH}/${name}`, (_req, res) => {
      // The package may lie below a folder with a dot, as in a pnpm store.
      res.set('Cache-Control', CACHE).sendFile(join(ASSETS_DIR, name), { dotfiles: 'allow' });
    });
  }
  return router;
}

function titleOf(document: object): string {
  const { info } = document as { info?: { title?: unknown } };
  return typeof info?.title === 'string' ? info.title : 'API';
}

function page(title: string, base: string): string {
  const from = `${base}${PAGE_PATH}`;
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${escapeHtml(title)}</title>
    <link rel="icon" type="image/png" href="${from}/favicon-32x32.png" />
    <link rel="stylesheet" href="${from}/swagger-ui.css" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <noscript>This page needs JavaScript; the document itself is at ${base}${DOCUMENT_PATH}.</noscript>
    <script src="${from}/swagger-ui-bundle.js"></script>
    <script src="${from}/init.js"></script>
  </body>
</html>
`;
}

function initScript(base: string): string {
  const options = { url: `${base}${DOCUMENT_PATH}`, dom_id: '#swagger-ui', deepLinking: true };
  return `SwaggerUIBundle(${JSON.stringify(options)});\n`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
