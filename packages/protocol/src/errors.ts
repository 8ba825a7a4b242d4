/**
 * Every error that the service answers with. The message begins with `prefix`, since older clients look for the words
 * "invalid", "not found" and "authentication". `data` names the fields beyond reason, details and suggestion, which
 * every error carries; `suggestion` is for one that has no better.
 */
export const errorCatalog = {
  parse_error: {
    code: -32700,
    prefix: 'parse error: invalid JSON',
    data: [],
    meaning: 'the text is not JSON',
    suggestion: 'send one JSON-RPC 2.0 request, or an array of them, as one message',
  },
  invalid_request: {
    code: -32600,
    prefix: 'invalid request',
    data: ['hint'],
    meaning: 'the envelope is not a JSON-RPC 2.0 request',
    suggestion: 'compare the request with the reference',
  },
  method_not_found: {
    code: -32601,
    prefix: 'method not found',
    data: ['hint'],
    meaning: 'there is no such method; the hint names the nearest one',
    suggestion: 'rpc.discover lists the methods',
  },
  invalid_params: {
    code: -32602,
    prefix: 'invalid params',
    data: ['param', 'rule', 'hint'],
    meaning: 'a param is missing or violates a rule',
    suggestion: 'rpc.discover tells what the method takes',
  },
  internal_error: {
    code: -32603,
    prefix: 'internal error',
    data: ['request_id'],
    meaning: 'a fault of the service; the log has it under the request id',
    suggestion: "the service's log tells more",
  },
  authentication_failed: {
    code: -32001,
    prefix: 'authentication failed',
    data: [],
    meaning: 'no login, or a token that is not valid any more or never was',
    suggestion: 'log in, and try again',
  },
  permission_denied: {
    code: -32002,
    prefix: 'permission denied',
    data: ['required_role', 'have_role'],
    meaning: 'the role is too low for the method',
    suggestion: 'ask an administrator for the right',
  },
  not_found: {
    code: -32010,
    prefix: 'not found',
    data: ['resource', 'id'],
    meaning: 'it does not exist, or the caller may not see it',
    suggestion: 'look for it in the list of what there is',
  },
  invalid_state: {
    code: -32020,
    prefix: 'invalid state',
    data: ['state', 'allowed_states', 'session_id'],
    meaning: 'it exists, but not in a state that allows this',
    suggestion: 'look at its state, and try again when it allows it',
  },
  unsupported: {
    code: -32030,
    prefix: 'unsupported',
    data: ['feature'],
    meaning: 'the feature is switched off or not possible on this machine',
    suggestion: 'get_server_info tells what this server can do',
  },
  rate_limited: {
    code: -32040,
    prefix: 'rate limited',
    data: ['retry_after_ms'],
    meaning: 'too many calls in the time',
    suggestion: 'try again later',
  },
  dependency_failed: {
    code: -32050,
    prefix: 'dependency failed',
    data: ['dependency', 'detail'],
    meaning: 'MediaMTX, ffmpeg or the camera did not do its part',
    suggestion: 'try again; if this lasts, get_status tells what is wrong',
  },
  insufficient_storage: {
    code: -32060,
    prefix: 'insufficient storage',
    data: ['available_space', 'total_space', 'threshold'],
    meaning: 'the disk is too full',
    suggestion: 'delete what is not needed any more',
  },
} as const;

export type ErrorName = keyof typeof errorCatalog;

export type ErrorCode = (typeof errorCatalog)[ErrorName]['code'];

/** What `error.data` holds in every reply; further fields by the error's name. */
export interface ErrorData {
  reason: string;
  details: string;
  suggestion: string;
  [field: string]: unknown;
}

export interface RpcError {
  code: number;
  message: string;
  data?: ErrorData;
}

export function errorNameOf(code: number): ErrorName | undefined {
  return (Object.keys(errorCatalog) as ErrorName[]).find((name) => errorCatalog[name].code === code);
}
