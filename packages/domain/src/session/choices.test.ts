import { describe, expect, it } from 'vitest';
import { journey, router, start, tool } from '../testing/journeys.js';
import { Rehearsal, type Player } from '../testing/rehearsal.js';

describe('a router', () => {
  const routing = (player: Player, ways: string[] = []) => {
    const session = new Rehearsal(
      journey(
        [
          start(),
          { ...router('triage', 'sales', 'help'), hasErrorPath: ways.length > 0 } as ReturnType<
            typeof router
          >,
          tool('sell'),
          tool('aid'),
          tool('else'),
        ],
        ['start -> triage', 'triage -branch:sales-> sell', 'triage -branch:help-> aid', ...ways],
      ),
      { triage: player },
    );
    return { session, said: session.act('start') };
  };
  const without: Player = () => ({ error: 'No model.', code: 'executor_missing' });
  const unsure: Player = () => ({ error: 'No route.', code: 'no_route_matched' });

  it('goes where the model says', () => {
    const { session } = routing(() => ({ output: {}, branchId: 'help' }));
    expect(session.ran).toEqual(['triage', 'aid']);
  });

  it('asks the person where there is no model, by number, name or id', () => {
    const { session, said } = routing(without);
    expect(said).toContain('triage: which way shall we go?');
    expect(said).toContain('1. To sales  2. To help');
    expect(session.act('answer', { value: 'nowhere' })).toContain(
      'Please choose one of these, by its number or its words',
    );
    session.act('answer', { value: 'To help' });
    expect(session.ran).toEqual(['triage', 'aid']);
    expect(session.decider.state.scopes['root']?.outputs.st_triage).toMatchObject({
      selectedRoute: 'help',
    });
  });

  it('asks where no route fits, unless a way is drawn for that', () => {
    expect(routing(unsure).said).toContain('which way shall we go?');
    expect(routing(unsure, ['triage -error-> else']).session.ran).toEqual(['triage', 'else']);
  });

  it('lets the person say that none fits, where a way is drawn for that', () => {
    const { session, said } = routing(without, ['triage -error-> else']);
    expect(said).toContain('3. none of these');
    session.act('answer', { value: '' });
    expect(session.ran).toEqual(['triage', 'else']);
  });
});
