import * as identity from '../identity.js';
import { defineRoutes, json } from './route.js';

const tag = 'identity';

/** Sign-up, sign-in and access tokens. */
export const IDENTITY_ROUTES = defineRoutes('sim-app', {
  signUp: {
    method: 'post',
    path: '/api/v1/auth/sign-up/email',
    tag,
    summary: 'Sign up',
    description: 'Makes an account and a workspace of its own, and signs in.',
    access: 'public',
    request: { body: { schema: identity.signUpBody } },
    responses: { 200: json(identity.signedUp, 'Signed up and in') },
    problems: ['email_taken', 'auth_refused', 'unavailable', 'auth_forbidden'],
  },
  signIn: {
    method: 'post',
    path: '/api/v1/auth/sign-in/email',
    tag,
    summary: 'Sign in',
    access: 'public',
    request: { body: { schema: identity.signInBody } },
    responses: { 200: json(identity.signedIn, 'Signed in') },
    problems: ['credentials_invalid', 'auth_refused', 'unavailable', 'auth_forbidden'],
  },
  signOut: {
    method: 'post',
    path: '/api/v1/auth/sign-out',
    tag,
    summary: 'End the sign-in session',
    access: 'public',
    request: {},
    responses: { 200: json(identity.signedOut, 'Signed out') },
    problems: ['auth_refused', 'unavailable', 'auth_forbidden'],
  },
  getSession: {
    method: 'get',
    path: '/api/v1/auth/get-session',
    tag,
    summary: 'Who is signed in',
    access: 'public',
    request: {},
    responses: { 200: json(identity.currentSession, 'The session, or null') },
    problems: ['auth_refused', 'unavailable', 'database_unavailable', 'database_not_migrated'],
  },
  createToken: {
    method: 'post',
    path: '/api/v1/auth/token',
    tag,
    summary: 'Get an access token',
    description:
      'For the session of a sign-in (its cookie, or its token as bearer) or an API key: a JWT that ' +
      'both services take, for one workspace.',
    access: 'session',
    request: { body: { schema: identity.tokenBody, required: false } },
    responses: { 200: json(identity.tokenAnswer, 'The token') },
    problems: ['workspace_not_found'],
  },
});
