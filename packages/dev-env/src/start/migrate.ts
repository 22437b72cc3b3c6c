import { migrateUp } from '@sim/postgres';
import { databaseSettings, databaseUrl, parseConfig, type Environment } from '@sim/service-kit';

/** Brings the database that an environment names up to date. */
export async function migrate(env: Environment): Promise<void> {
  const { url, database } = parseConfig({ url: databaseUrl(), database: databaseSettings() }, env);
  await migrateUp({ url, ssl: database.ssl, applicationName: 'sim-start' });
}
