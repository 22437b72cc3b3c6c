import type { HttpToolAdapter } from '@sim/engine';
import { failure } from '../failures.js';
import { missingParams, type PreparedCall, type ToolCall, type ToolLimits } from './call.js';
import { preparedRequest } from './http-exchange.js';
import { fillBody, fillTable, fillUrl, TemplateError, wholeCall } from './template.js';

const WITHOUT_BODY = new Set(['GET', 'HEAD']);

/**
 * A call by HTTP: the adapter's templates filled with the block's parameters. Without a body of its own it
 * sends `{blockType, operation, params}` as JSON.
 * @throws BlockFailure `invalid_params`, `tool_misconfigured`
 */
export function prepareHttp(call: ToolCall<HttpToolAdapter>, limits: ToolLimits): PreparedCall {
  const { adapter } = call;
  const values = { ...call, blockType: call.tool.blockType };
  const method = adapter.method.toUpperCase();
  const body = adapter.body === null ? wholeCall(values) : fillBody(adapter.body, values);
  const params = {
    method,
    url: urlOf(call),
    params: fillTable(adapter.query, values),
    headers: fillTable(adapter.headers, values),
    ...(!WITHOUT_BODY.has(method) && { body }),
  };
  return preparedRequest(call, params, limits);
}

function urlOf(call: ToolCall<HttpToolAdapter>): string {
  try {
    return fillUrl(call.adapter.url, { ...call, blockType: call.tool.blockType });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    if (error.missing.length > 0) throw missingParams(call, error.missing);
    const { message } = error;
    throw failure(call.context, { code: 'invalid_params', message, retryable: false }, error);
  }
}
