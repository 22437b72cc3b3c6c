import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.js';
import { modelKey, modelSettings } from './model-settings.js';
import { parseConfig, type Environment } from './parse-config.js';

const read = (env: Environment) => parseConfig({ model: modelSettings(), key: modelKey() }, env);

describe('the settings of the model', () => {
  it.each([[{}], [{ OPENAI_API_KEY: '', OPENAI_BASE_URL: ' ' }], [{ OPENAI_MODEL: 'gpt' }]])(
    'say that there is none for %j',
    (env) => {
      expect(read(env)).toEqual({ model: null, key: null });
    },
  );

  it('need a key alone', () => {
    expect(read({ OPENAI_API_KEY: 'sk-1' })).toEqual({
      model: { model: 'gpt-4o-mini', timeoutMs: 55_000 },
      key: 'sk-1',
    });
  });

  it('need no key for a server of one’s own', () => {
    const env = {
      OPENAI_BASE_URL: 'http://localhost:11434/v1/',
      OPENAI_MODEL: 'llama3.2',
      OPENAI_TIMEOUT_MS: '120000',
    };
    expect(read(env)).toEqual({
      model: { baseUrl: 'http://localhost:11434/v1', model: 'llama3.2', timeoutMs: 120_000 },
      key: null,
    });
  });

  it('name every problem, and never the key', () => {
    const env = { OPENAI_API_KEY: 'sk-1', OPENAI_BASE_URL: 'localhost', OPENAI_TIMEOUT_MS: '1' };
    let problem: unknown;
    try {
      read(env);
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(ConfigError);
    expect(String(problem)).toMatch(/OPENAI_BASE_URL[\s\S]*OPENAI_TIMEOUT_MS/);
    expect(String(problem)).not.toContain('sk-1');
  });
});
