import { describe, expect, test } from 'vitest';
import { readingsOf, textOf } from '../src/settings/config-value.ts';

describe('what is typed for a key of the configuration', () => {
  test.each([
    { what: 'a number, where there is one', text: ' 600 ', before: 1800, readings: [600] },
    { what: 'a number or a word, where it can be either', text: '2', before: 'auto', readings: [2, '2'] },
    {
      what: 'a number or a word, where nothing is set',
      text: '9003',
      before: null,
      readings: [9003, '9003'],
    },
    { what: 'a word', text: 'always', before: 'on_demand', readings: ['always'] },
    { what: 'a mistake, for the service to refuse', text: 'soon', before: 10, readings: ['soon'] },
    { what: 'a switch', text: 'false', before: true, readings: [false] },
    { what: 'a list by lines', text: ' a\n\nb \n', before: [], readings: [['a', 'b']] },
  ])('$what', ({ text, before, readings }) => {
    expect(readingsOf(text, before)).toEqual(readings);
  });

  test('a secret begins empty, a list has a line for each, nothing is no text', () => {
    expect([textOf('***'), textOf(['a', 'b']), textOf(null), textOf(0.2), textOf('x')]).toEqual([
      ...['', 'a\nb', '', '0.2', 'x'],
    ]);
  });
});
