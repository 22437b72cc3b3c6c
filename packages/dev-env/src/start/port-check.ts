import { portProblem } from '../net/ports.js';
import { StartError } from './errors.js';
import type { StartSettings } from './settings.js';

/** A port that is to be listened on, and how a person changes it. */
export interface WantedPort {
  readonly port: number;
  readonly variable: string;
  readonly use: string;
}

/** The ports that a start with these settings listens on. */
export function wantedPorts({ ports, metricsEnabled }: StartSettings): WantedPort[] {
  const wanted = [
    { port: ports.simApp, variable: 'PORT', use: 'the app' },
    {
      port: ports.conversationService,
      variable: 'CONVERSATION_SERVICE_PORT',
      use: 'the conversation service',
    },
  ];
  const metrics = [
    { port: ports.simAppMetrics, variable: 'METRICS_PORT', use: "the app's metrics" },
    {
      port: ports.conversationServiceMetrics,
      variable: 'METRICS_PORT',
      use: "the conversation service's metrics, one above METRICS_PORT",
    },
  ];
  return metricsEnabled ? [...wanted, ...metrics] : wanted;
}

/**
 * Makes sure before anything is started that every port is free.
 *
 * @throws StartError naming every port that is not, its variable and a way out
 */
export async function checkPorts(wanted: readonly WantedPort[]): Promise<void> {
  const problems = await Promise.all(wanted.map(problemOf));
  const found = problems.filter((problem) => problem !== null);
  if (found.length > 0) throw new StartError(found.join('\n'));
}

async function problemOf({ port, variable, use }: WantedPort): Promise<string | null> {
  if (port === 0) return null;
  const problem = await portProblem(port);
  if (problem === null) return null;
  const why =
    problem === 'EACCES' ? 'may not be used by this user' : 'is in use by another program';
  const other = port >= 60_000 || port < 1024 ? 8300 : port + 10;
  return `Port ${port} (${use}) ${why}. Choose another: ${variable}=${other} npm start`;
}
