import { describe, expect, it } from 'vitest';
import { signInProblem } from './sign-in-problems.js';

describe("the identity library's refusals", () => {
  it.each([
    ['INVALID_EMAIL_OR_PASSWORD', 401, 'credentials_invalid', 401],
    ['USER_NOT_FOUND', 404, 'credentials_invalid', 401],
    ['USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL', 422, 'email_taken', 409],
    ['MISSING_OR_NULL_ORIGIN', 403, 'auth_forbidden', 403],
    ['CROSS_SITE_NAVIGATION_LOGIN_BLOCKED', 403, 'auth_forbidden', 403],
    ['SOMETHING_FORBIDDEN', 403, 'auth_forbidden', 403],
    ['SOMETHING_ELSE', 400, 'auth_refused', 400],
    ['FAILED_TO_CREATE_USER', 422, 'unavailable', 503],
    ['INTERNAL', 500, 'unavailable', 503],
  ])('%s (%i) is %s (%i)', (code, status, ours, expected) => {
    const problem = signInProblem({ status, code, message: 'Theirs.' });
    expect([problem.code, problem.status]).toEqual([ours, expected]);
  });

  it('keep their message only where we have none of our own', () => {
    expect(signInProblem({ status: 400, code: 'X', message: 'Theirs.' }).detail).toBe('Theirs.');
    expect(signInProblem({ status: 400 }).detail).toBe('The request was refused.');
    expect(
      signInProblem({ status: 401, code: 'INVALID_EMAIL_OR_PASSWORD', message: 'Theirs.' }).detail,
    ).toBe('The e-mail or the password is wrong.');
  });

  it('that pass by themselves say when to come again, and nothing of their cause', () => {
    const problem = signInProblem({ status: 500, message: 'column "x" does not exist' });
    expect(problem.headers['Retry-After']).toBe('1');
    expect(problem.detail).not.toContain('column');
  });
});
