import type { AnyCommand } from "./command.ts";
import { create } from "./create.ts";
import { help } from "./help.ts";
import { remix } from "./remix.ts";
import { retry } from "./retry.ts";
import { status } from "./status.ts";

/** Every subcommand of `/video`, in the order people see them; the first is meant when none is named. */
export const commands: readonly AnyCommand[] = [create, remix, status, retry, help];
