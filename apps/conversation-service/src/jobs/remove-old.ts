import type { Retention } from '@sim/postgres';
import type { Logger } from '@sim/service-kit';
import type { ConversationConfig } from '../config.js';

const DAY_MS = 86_400_000;

/** Removes what is past its retention. */
export async function removeOld(
  ports: { readonly retention: Retention; readonly logger: Logger; readonly clock: () => Date },
  days: ConversationConfig['retention'],
): Promise<void> {
  const now = ports.clock();
  const before = (count: number | null) =>
    count === null ? null : new Date(now.getTime() - count * DAY_MS);
  const removed = await ports.retention.run(
    {
      turns: before(days.turns),
      events: before(days.events),
      sessions: before(days.sessions),
      deliveries: before(days.deliveries),
    },
    { now },
  );
  if (Object.values(removed).some((count: number) => count > 0)) {
    ports.logger.info({ removed }, 'what is past its retention was removed');
  }
}
