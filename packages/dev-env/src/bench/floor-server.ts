import express from 'express';
import pg from 'pg';

/*
 * The reference of the benchmark: Express and one PostgreSQL transaction that does what storing a turn
 * takes at the least, and nothing else. Run as a process of its own, like the service beside it.
 */

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 });
await pool.query(`
  CREATE TABLE IF NOT EXISTS floor_sessions (id int PRIMARY KEY, version int NOT NULL, state jsonb NOT NULL);
  CREATE TABLE IF NOT EXISTS floor_turns (session_id int NOT NULL, content text NOT NULL);
  CREATE TABLE IF NOT EXISTS floor_events (session_id int NOT NULL, data jsonb NOT NULL);
  INSERT INTO floor_sessions SELECT id, 0, '{}' FROM generate_series(0, 9999) AS id ON CONFLICT DO NOTHING;
`);

const app = express();
app.use(express.json());
app.post('/sessions/:id/turns', async (req, res) => {
  const { text } = req.body as { text: string };
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rows } = await client.query<{ version: number }>(
      `UPDATE floor_sessions SET version = version + 1, state = $2 WHERE id = $1 RETURNING version`,
      [req.params.id, JSON.stringify({ text })],
    );
    await client.query('INSERT INTO floor_turns VALUES ($1, $2)', [req.params.id, text]);
    await client.query('INSERT INTO floor_events VALUES ($1, $2)', [
      req.params.id,
      JSON.stringify({ type: 'said', text }),
    ]);
    await client.query('COMMIT');
    res.json({ version: rows[0]?.version });
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address && typeof address === 'object') process.send?.({ port: address.port });
});
