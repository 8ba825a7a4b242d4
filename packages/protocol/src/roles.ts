/** What a caller may do, lowest first; a higher role holds every right of the lower ones. */
export const roles = ['viewer', 'operator', 'admin'] as const;

export type Role = (typeof roles)[number];

/** `none`: a method that needs no login. */
export type RequiredRole = Role | 'none';

/** The rights as `authenticate` names them. */
export const permissions: Record<Role, string[]> = {
  viewer: ['view'],
  operator: ['view', 'control'],
  admin: ['view', 'control', 'admin'],
};

export function hasRole(have: Role | undefined, required: RequiredRole): boolean {
  if (required === 'none') return true;
  return have !== undefined && roles.indexOf(have) >= roles.indexOf(required);
}
