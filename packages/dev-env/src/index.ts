export { freePort, portProblem } from './net/ports.js';
export { EmbeddedPostgresError, type EmbeddedPostgresProblem } from './postgres/errors.js';
export {
  startEmbeddedPostgres,
  stopLeftoverPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './postgres/embedded-postgres.js';
export { RedisStartError, startRedisServer, type RedisServer } from './redis/redis-server.js';
