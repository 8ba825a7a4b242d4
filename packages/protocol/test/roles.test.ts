import { expect, test } from 'vitest';
import { hasRole, permissions, roles } from '../src/index.ts';

test('a role holds the rights of the lower ones and of no higher one', () => {
  expect(roles).toEqual(['viewer', 'operator', 'admin']);
  for (const [haveRank, have] of roles.entries()) {
    for (const [requiredRank, required] of roles.entries()) {
      expect(hasRole(have, required), `${have} for ${required}`).toBe(haveRank >= requiredRank);
    }
  }
});

test('without login only what asks for no role', () => {
  expect(hasRole(undefined, 'none')).toBe(true);
  expect(roles.filter((role) => hasRole(undefined, role))).toEqual([]);
});

test('each role adds one permission', () => {
  expect(permissions).toEqual({
    viewer: ['view'],
    operator: ['view', 'control'],
    admin: ['view', 'control', 'admin'],
  });
});
