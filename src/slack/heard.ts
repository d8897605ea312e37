import type { Logger } from "pino";
import type { ChatHandler, Destination, Invocation } from "../chat/adapter.ts";
import type { Notice } from "../chat/card.ts";
import type { Catalog } from "../videos/catalog.ts";
import type { Answerable } from "./answerable.ts";
import type { Channels } from "./channels.ts";
import { noticeMessage } from "./messages.ts";
import type { Caller, People } from "./people.ts";
import type { Place } from "./places.ts";
import { createReply } from "./reply.ts";
import type { Screen } from "./screen.ts";
import type { Workspace, Workspaces } from "./workspaces.ts";

/** What people do with the bot, before Slack is asked who did it. */
export interface Heard extends Pick<Answerable, "surface" | "respond" | "acknowledge" | "acknowledgeWith"> {
  id: string;
  team: string;
  user: Caller;
  place: Place;
  /** What was asked for, or in words why it cannot be. */
  invocation(workspace: Workspace): Invocation | { kind: "refused"; words: string };
}

/** What listeners hand on to. */
export interface Ears {
  /** Answers a request. */
  take(heard: Heard): Promise<void>;
  /** Does something that `stop` waits for. */
  track(work: Promise<void>): Promise<void>;
  /** Whether nothing more is taken. */
  stopping(): boolean;
  /** Resolves when what was taken is answered. */
  stop(): Promise<void>;
}

interface Dependencies {
  handler: ChatHandler;
  workspaces: Workspaces;
  people: People;
  channels: Channels;
  catalog: Catalog;
  screen: Screen;
  logger: Logger;
}

/** Makes a `ChatRequest` of what is heard. */
export function createEars(dependencies: Dependencies): Ears {
  const underWay = new Set<Promise<void>>();
  let stopping = false;

  async function track(work: Promise<void>): Promise<void> {
    underWay.add(work);
    await work.finally(() => underWay.delete(work));
  }

  return {
    take: (heard) => track(answer(heard, dependencies)),
    track,
    stopping: () => stopping,
    async stop() {
      stopping = true;
      await Promise.allSettled(underWay);
    },
  };
}

async function answer(heard: Heard, dependencies: Dependencies): Promise<void> {
  const { handler, workspaces, people } = dependencies;
  const { id, user, place, team } = heard;
  const workspace = await workspaces.find(team);
  if (!workspace) return turnAway(heard, dependencies);
  const actor = await people.actor(workspace, user, { patient: heard.surface.kind === "words" });
  const destination: Destination = { platform: "slack", workspace: team, ...place };
  const reply = createReply({ ...heard, workspace, destination, userId: user.id }, dependencies);
  const invocation = heard.invocation(workspace);
  if (invocation.kind === "refused") {
    await reply.private({ tone: "error", lines: [[invocation.words]] });
  } else {
    await handler.handle({ id, actor, destination, invocation, reply });
  }
  await heard.acknowledge();
}

/** There is no token to answer with, only what Slack gave with the request: the app may have been taken out just now. */
async function turnAway(heard: Heard, { logger }: Dependencies): Promise<void> {
  logger.info({ team: heard.team }, "somebody asked from a workspace where the app is not installed");
  const words = "I am not installed in this workspace. Somebody who may add apps to it can change that.";
  const notice: Notice = { tone: "error", lines: [[words]] };
  if (await heard.acknowledgeWith(notice)) return;
  await heard.acknowledge();
  await heard.respond?.({ ...noticeMessage(notice), response_type: "ephemeral", replace_original: false });
}
