// Recorded from a running service. A test provokes each of them anew and compares.

/**
 * @typedef {object} ErrorExample
 * @property {string} when what the service was in, in words
 * @property {string} sent the text that was sent
 * @property {{ code: number, message: string, data: Record<string, unknown> }} error
 */

/** @type {Record<string, ErrorExample>} */
export const errorExamples = {
  parse_error: {
    when: 'A text that ends too early',
    sent: '{"jsonrpc":"2.0","id":1,"method":',
    error: {
      code: -32700,
      message: 'parse error: invalid JSON: Unexpected end of JSON input',
      data: {
        reason: 'parse_error',
        details: 'Unexpected end of JSON input',
        suggestion: 'send one JSON-RPC 2.0 request, or an array of them, as one message',
      },
    },
  },
  invalid_request: {
    when: 'Without the version',
    sent: '{"id":1,"method":"ping"}',
    error: {
      code: -32600,
      message: 'invalid request: jsonrpc must be "2.0"',
      data: {
        reason: 'invalid_request',
        details: 'jsonrpc must be "2.0"',
        suggestion: 'add "jsonrpc":"2.0" to the request',
        hint: 'add "jsonrpc":"2.0" to the request',
      },
    },
  },
  method_not_found: {
    when: 'A slip of the pen',
    sent: '{"jsonrpc":"2.0","id":1,"method":"get_camera_lists"}',
    error: {
      code: -32601,
      message: 'method not found: get_camera_lists',
      data: {
        reason: 'method_not_found',
        details: 'get_camera_lists',
        suggestion: 'did you mean get_camera_list?',
        hint: 'did you mean get_camera_list?',
      },
    },
  },
  invalid_params: {
    when: 'More than a page may hold',
    sent: '{"jsonrpc":"2.0","id":1,"method":"list_recordings","params":{"limit":5000}}',
    error: {
      code: -32602,
      message: 'invalid params: limit must be at most 1000',
      data: {
        reason: 'max',
        details: 'limit must be at most 1000',
        suggestion: 'How many at most',
        param: 'limit',
        rule: 'max',
        hint: 'How many at most',
      },
    },
  },
  internal_error: {
    when: 'The database was damaged from outside',
    sent: '{"jsonrpc":"2.0","id":1,"method":"list_snapshots"}',
    error: {
      code: -32603,
      message: 'internal error: list_snapshots failed inside the service',
      data: {
        reason: 'internal_error',
        details: 'list_snapshots failed inside the service',
        suggestion: "the service's log tells more under the request id 1f0c…-1",
        request_id: '1f0c…-1',
      },
    },
  },
  authentication_failed: {
    when: 'Nobody has logged in',
    sent: '{"jsonrpc":"2.0","id":1,"method":"get_camera_list"}',
    error: {
      code: -32001,
      message: 'authentication failed: this method needs a login',
      data: {
        reason: 'login_required',
        details: 'this method needs a login',
        suggestion: 'call authenticate first, or send the token with the connection',
      },
    },
  },
  permission_denied: {
    when: 'A viewer wants more than to look',
    sent: '{"jsonrpc":"2.0","id":1,"method":"take_snapshot","params":{"device":"camera0"}}',
    error: {
      code: -32002,
      message: 'permission denied: the method needs the role operator, you have viewer',
      data: {
        reason: 'role_too_low',
        details: 'the method needs the role operator, you have viewer',
        suggestion: 'log in with the role operator',
        required_role: 'operator',
        have_role: 'viewer',
      },
    },
  },
  not_found: {
    when: 'There is no such camera, or the caller may not know of it',
    sent: '{"jsonrpc":"2.0","id":1,"method":"get_camera_status","params":{"device":"camera99"}}',
    error: {
      code: -32010,
      message: 'not found: camera camera99',
      data: {
        reason: 'camera_not_found',
        details: 'camera camera99',
        suggestion: 'get_camera_list tells which cameras there are.',
        resource: 'camera',
        id: 'camera99',
      },
    },
  },
  invalid_state: {
    when: 'Nothing is being recorded',
    sent: '{"jsonrpc":"2.0","id":1,"method":"stop_recording","params":{"device":"camera0"}}',
    error: {
      code: -32020,
      message: 'invalid state: camera0 is not recording',
      data: {
        reason: 'not_recording',
        details: 'camera0 is not recording',
        suggestion: 'start_recording begins one.',
        state: 'not_recording',
        allowed_states: ['recording'],
      },
    },
  },
  unsupported: {
    when: 'By `POST /rpc`, on which nothing can be told later',
    sent: '{"jsonrpc":"2.0","id":1,"method":"subscribe_events","params":{"topics":["*"]}}',
    error: {
      code: -32030,
      message: 'unsupported: a POST has no connection on which notifications could come',
      data: {
        reason: 'no_connection',
        details: 'a POST has no connection on which notifications could come',
        suggestion: 'subscribe over the WebSocket',
        feature: 'notifications over POST',
      },
    },
  },
  rate_limited: {
    when: 'The sixth wrong password in a minute',
    sent: '{"jsonrpc":"2.0","id":1,"method":"login","params":{"user":"anna","password":"a wrong one"}}',
    error: {
      code: -32040,
      message: 'rate limited: too many wrong passwords',
      data: {
        reason: 'too_many_failed_logins',
        details: 'too many wrong passwords',
        suggestion: 'try again in 10 s',
        retry_after_ms: 9_999,
      },
    },
  },
  dependency_failed: {
    when: 'MediaMTX hangs',
    sent: '{"jsonrpc":"2.0","id":1,"method":"get_streams"}',
    error: {
      code: -32050,
      message: 'dependency failed: MediaMTX does not answer: no answer within 3000 ms',
      data: {
        reason: 'mediamtx_unreachable',
        details: 'MediaMTX does not answer: no answer within 3000 ms',
        suggestion: 'The service reconnects by itself. If this lasts, look at its log and at get_status.',
        dependency: 'mediamtx',
        detail: 'no answer within 3000 ms',
      },
    },
  },
  insufficient_storage: {
    when: '`storage.min_free` is more than the disk has left',
    sent: '{"jsonrpc":"2.0","id":1,"method":"start_recording","params":{"device":"camera0"}}',
    error: {
      code: -32060,
      message: 'insufficient storage: only 150 MB are free, and 200 MB must stay free',
      data: {
        reason: 'low_space',
        details: 'only 150 MB are free, and 200 MB must stay free',
        suggestion: 'Delete recordings or snapshots, or lower storage.min_free.',
        available_space: 150_000_000,
        total_space: 62_725_623_808,
        threshold: 200_000_000,
      },
    },
  },
};
