import { PermissionFlagsBits } from "discord.js";
import { refusal } from "./errors.ts";
import type { Channel, Member, Role } from "./types.ts";

/** Name of a permission, such as `SendMessages`. */
export type PermissionName = keyof typeof PermissionFlagsBits;

/** Every permission there is. */
export const ALL_PERMISSIONS = Object.values(PermissionFlagsBits).reduce((all, bit) => all | bit, 0n);

/** The bits of some permissions. */
export function permissionBits(names: readonly PermissionName[]): bigint {
  return names.reduce((bits, name) => bits | PermissionFlagsBits[name], 0n);
}

/**
 * What a member may do in a channel: roles, then the overwrites of everyone, of roles, of the member; nothing without
 * View Channel. Source: Discord's documentation of permission overwrites.
 */
export function permissionsIn(channel: Channel, member: Member, roles: readonly Role[]): bigint {
  const own = roles.filter(({ id, name }) => name === "@everyone" || member.roles.includes(id));
  let bits = own.reduce((sum, role) => sum | role.permissions, 0n);
  const everyone = roles.find(({ name }) => name === "@everyone");
  const steps = [
    channel.overwrites.filter(({ id }) => id === everyone?.id),
    channel.overwrites.filter(({ id }) => member.roles.includes(id)),
    channel.overwrites.filter(({ id }) => id === member.user.id),
  ];
  for (const overwrites of steps) {
    bits &= ~overwrites.reduce((sum, { deny }) => sum | deny, 0n);
    bits |= overwrites.reduce((sum, { allow }) => sum | allow, 0n);
  }
  return bits & PermissionFlagsBits.ViewChannel ? bits : 0n;
}

/** Whether all of the permissions are among the bits. */
export function hasPermissions(bits: bigint, names: readonly PermissionName[]): boolean {
  const needed = permissionBits(names);
  return (bits & needed) === needed;
}

/** Throws 50001 without View Channel, 50013 without another of the permissions. */
export function requirePermissions(bits: bigint, names: readonly PermissionName[]): void {
  if (!hasPermissions(bits, ["ViewChannel"])) throw refusal("missingAccess");
  if (!hasPermissions(bits, names)) throw refusal("missingPermissions");
}
