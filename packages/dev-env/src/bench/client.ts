import { StartError } from '../start/errors.js';

/** The least of a client that the benchmark needs, signed in with a user of its own. */
export interface BenchClient {
  readonly token: string;
  post<T>(origin: string, path: string, body: object): Promise<T>;
}

/** Signs a new user up. */
export async function signUp(simApp: string): Promise<BenchClient> {
  const person = {
    email: `bench-${Date.now()}@example.com`,
    password: 'a-long-password-1',
    name: 'Bench',
  };
  const { token } = await post<{ token: string }>(simApp, '/api/v1/auth/sign-up/email', person);
  const { accessToken } = await post<{ accessToken: string }>(
    simApp,
    '/api/v1/auth/token',
    {},
    token,
  );
  return {
    token: accessToken,
    post: (origin, path, body) => post(origin, path, body, accessToken),
  };
}

async function post<T>(origin: string, path: string, body: object, token?: string): Promise<T> {
  const response = await fetch(new URL(path, origin), {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok)
    throw new StartError(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text) as T;
}
