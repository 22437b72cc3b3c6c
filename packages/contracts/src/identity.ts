import * as z from 'zod';
import { userId, workspaceId } from './ids.js';
import { shortText, timestamp } from './json.js';

/** As long as the hash function of passwords is given at most. */
const MAX_PASSWORD_LENGTH = 128;
const MIN_PASSWORD_LENGTH = 8;

const email = z
  .email({ error: 'Must be an e-mail address' })
  .max(254)
  .meta({ example: 'ada@example.com' });
const password = z
  .string()
  .min(MIN_PASSWORD_LENGTH, { error: `Must have at least ${MIN_PASSWORD_LENGTH} characters` })
  .max(MAX_PASSWORD_LENGTH, { error: `Must have at most ${MAX_PASSWORD_LENGTH} characters` })
  .meta({ format: 'password', example: 'correct horse battery' });

export const signUpBody = z
  .strictObject({ email, password, name: shortText(200), rememberMe: z.boolean().optional() })
  .meta({
    id: 'SignUp',
    example: { email: 'ada@example.com', password: 'correct horse battery', name: 'Ada' },
  });

export const signInBody = z
  .strictObject({
    email,
    password: z.string().min(1).max(MAX_PASSWORD_LENGTH),
    rememberMe: z.boolean().optional(),
  })
  .meta({
    id: 'SignIn',
    example: { email: 'ada@example.com', password: 'correct horse battery' },
  });

const user = z
  .looseObject({
    id: userId,
    email: z.string(),
    name: z.string(),
    emailVerified: z.boolean(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'User' });

export const signedUp = z
  .strictObject({
    token: z.string().meta({
      description: 'The session; send it as Authorization: Bearer to POST /api/v1/auth/token',
    }),
    user,
  })
  .meta({ id: 'SignedUp' });

export const signedIn = z
  .strictObject({ redirect: z.boolean(), token: z.string(), url: z.string().optional(), user })
  .meta({ id: 'SignedIn' });

export const signedOut = z.strictObject({ success: z.boolean() }).meta({ id: 'SignedOut' });

export const currentSession = z
  .strictObject({
    session: z.looseObject({ userId, expiresAt: timestamp }),
    user,
  })
  .nullable()
  .meta({ id: 'CurrentSession', description: 'Null where nobody is signed in' });

export const tokenBody = z.strictObject({
  workspaceId: workspaceId
    .optional()
    .meta({ description: 'Which workspace the token is for; the first one where not given' }),
});

export const tokenAnswer = z
  .strictObject({
    accessToken: z.string().meta({ description: 'A JWT, HS256' }),
    expiresIn: z.int().positive().meta({ description: 'Seconds', example: 900 }),
    tokenType: z.literal('Bearer'),
    workspaceId,
  })
  .meta({ id: 'AccessToken' });
