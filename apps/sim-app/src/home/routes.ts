import { isProblemCode, PROBLEM_CATALOGUE } from '@sim/contracts';
import { Router } from 'express';
import { homePage, HOME_STYLE } from './page.js';
import { problemPage } from './problem-page.js';
import type { Sample } from './samples.js';

/** The page at `/`, its style, the sample workflows as files, and a page for each problem code. */
export function homeRoutes(version: string, samples: readonly Sample[], docsBase: string): Router {
  const page = homePage(version, samples);
  const router = Router();
  router.get('/', (_req, res) => {
    res.set('Cache-Control', 'no-cache').type('html').send(page);
  });
  router.get('/assets/home.css', (_req, res) => {
    res.set('Cache-Control', 'public, max-age=3600').type('css').send(HOME_STYLE);
  });
  for (const { file, content } of samples) {
    router.get(`/samples/${file}`, (_req, res) => {
      res.set('Cache-Control', 'no-cache').type('application/json').send(content);
    });
  }
  for (const code of Object.keys(PROBLEM_CATALOGUE).filter(isProblemCode)) {
    router.get(`${docsBase}/${code}`, (_req, res) => {
      res.set('Cache-Control', 'public, max-age=3600').type('html').send(problemPage(code));
    });
  }
  return router;
}
