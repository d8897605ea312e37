import { admin } from "./admin.ts";
import { again } from "./again.ts";
import type { AnyCommand } from "./command.ts";
import { confirm } from "./confirm.ts";
import { create } from "./create.ts";
import { remove } from "./delete.ts";
import { edit, extend, remix } from "./derive.ts";
import { download, spritesheet, thumbnail } from "./download.ts";
import { forget } from "./forget.ts";
import { gallery } from "./gallery.ts";
import { help } from "./help.ts";
import { hide } from "./hide.ts";
import { info } from "./info.ts";
import { limits } from "./limits.ts";
import { list } from "./list.ts";
import { play } from "./play.ts";
import { retry } from "./retry.ts";
import { settings } from "./settings.ts";
import { star } from "./star.ts";
import { status } from "./status.ts";
import { usage } from "./usage.ts";

/**
 * Every subcommand of `/video`, in the order people see them, their buttons likewise; the first is meant when none is
 * named.
 */
export const commands: readonly AnyCommand[] = [
  create,
  retry,
  remix,
  extend,
  again,
  confirm,
  edit,
  status,
  list,
  info,
  gallery,
  play,
  star,
  thumbnail,
  spritesheet,
  download,
  remove,
  hide,
  settings,
  usage,
  limits,
  forget,
  admin,
  help,
];
