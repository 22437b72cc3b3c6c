import express, { type Response } from 'express';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import { ContractError, createContractClient } from './contract-client.js';

/** A client of an app that answers everything in one way. */
function clientOf(answer: (res: Response) => void) {
  const app = express();
  app.use((_req, res) => {
    res.set('X-Request-Id', 'request-1');
    answer(res);
  });
  return createContractClient(supertest(app));
}

const problem = (code: string, status: number) => ({
  type: `/docs/errors/${code}`,
  title: 'Title',
  status,
  detail: 'Detail.',
  code,
  instance: '/x',
  requestId: 'request-1',
});

const sendProblem = (code: string, status: number, sent = status) =>
  clientOf((res) =>
    res
      .status(sent)
      .type('application/problem+json')
      .send(JSON.stringify(problem(code, status))),
  );

describe('the client that checks the contract', () => {
  it('lets answers through that are as the contract says', async () => {
    const call = clientOf((res) => void res.json({ items: [] }));
    expect((await call('listSecrets')).body).toEqual({ items: [] });
    const refused = sendProblem('token_missing', 401);
    expect((await refused('listSecrets')).status).toBe(401);
  });

  it.each<[string, (res: Response) => void]>([
    ['a surplus field', (res) => res.json({ items: [], value: 1 })],
    ['a value given out', (res) => res.json({ items: [{ name: 'A', value: 'secret' }] })],
    ['another status', (res) => res.status(202).json({ items: [] })],
    ['another type', (res) => res.type('html').send('<p>hello</p>')],
    [
      'no id of the request',
      (res) => {
        res.removeHeader('X-Request-Id');
        res.json({ items: [] });
      },
    ],
  ])('throws at %s', async (_what, answer) => {
    await expect(clientOf(answer)('listSecrets')).rejects.toThrow(ContractError);
  });

  it('throws at problems that the endpoint may not have, or that contradict themselves', async () => {
    await expect(sendProblem('email_taken', 409)('listSecrets')).rejects.toThrow(/may not answer/);
    await expect(sendProblem('unheard_of', 400)('listSecrets')).rejects.toThrow(ContractError);
    await expect(sendProblem('token_missing', 401, 403)('listSecrets')).rejects.toThrow(
      /does not go with/,
    );
    await expect(sendProblem('token_missing', 400)('listSecrets')).rejects.toThrow(ContractError);
  });

  it('throws at a body and at a header that is missing', async () => {
    const noBody = clientOf((res) => res.status(200).json({}));
    await expect(noBody('deleteSecret', { params: { name: 'A' } })).rejects.toThrow(ContractError);
    const noLocation = clientOf((res) => res.status(201).json({}));
    await expect(noLocation('importWorkflow', { body: {} })).rejects.toThrow(/header Location/);
  });
});
