import type { ChatAdapter } from "./chat/adapter.ts";
import type { Offer } from "./chat/offer.ts";
import type { Coordination } from "./cluster/coordination.ts";
import type { Config } from "./config.ts";
import type { Logger } from "./logger.ts";
import type { MediaStore } from "./media/media-store.ts";
import type { Duties } from "./roles.ts";
import type { Store } from "./store/store.ts";
import type { Catalog } from "./videos/catalog.ts";

interface Dependencies {
  config: Config;
  store: Store;
  media: MediaStore;
  catalog: Catalog;
  offer: Offer;
  simulated: boolean;
  duties: Duties;
  coordination: Pick<Coordination, "standby">;
  now: () => number;
  logger: Logger;
}

/**
 * Builds the platforms that are configured; the code of the others is not even loaded, for memory and start time. All of
 * them can post and edit; `listening` are those on which this process hears people.
 */
export async function openPlatforms(dependencies: Dependencies) {
  const { config, duties } = dependencies;
  const [discord, slack, web] = await Promise.all([
    config.DISCORD_TOKEN === undefined ? undefined : openDiscord(dependencies, config.DISCORD_TOKEN),
    config.SLACK_BOT_TOKEN === undefined ? undefined : openSlack(dependencies, config.SLACK_BOT_TOKEN),
    config.playground ? openPlayground(dependencies) : undefined,
  ]);
  const adapters: ChatAdapter[] = [discord, slack, web?.adapter].filter((adapter) => adapter !== undefined);
  const overHttp: (ChatAdapter | undefined)[] = [slack?.http && slack, web?.adapter];
  const listening = adapters.filter((adapter) =>
    overHttp.includes(adapter) ? duties.pages : duties.sockets,
  );
  return { adapters, listening, playground: web?.playground, slackEvents: slack?.http };
}

async function openDiscord(dependencies: Dependencies, token: string) {
  const { config, catalog, offer, coordination, now, logger } = dependencies;
  const [{ createDiscordAdapter }, { nameOfSlice, sliceOf }] = await Promise.all([
    import("./discord/adapter.ts"),
    import("./discord/slice.ts"),
  ]);
  const { DISCORD_API_URL: apiUrl, DISCORD_GUILD_ID: guildId } = config;
  const slice = sliceOf(config);
  const adapter = createDiscordAdapter({ token, apiUrl, guildId, slice, catalog, offer, now, logger });
  return coordination.standby(adapter, nameOfSlice(slice));
}

async function openSlack({ config, store, catalog, offer, now, logger }: Dependencies, botToken: string) {
  const { createSlackAdapter } = await import("./slack/adapter.ts");
  const { SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret, SLACK_API_URL: apiUrl } = config;
  return createSlackAdapter({
    botToken,
    appToken,
    signingSecret,
    apiUrl,
    store,
    catalog,
    offer,
    now,
    logger,
  });
}

async function openPlayground(dependencies: Dependencies) {
  const { config, store, now } = dependencies;
  const [{ createWebAdapter }, { createPlayground }] = await Promise.all([
    import("./web/adapter.ts"),
    import("./web/playground.ts"),
  ]);
  const adapter = createWebAdapter({ store, now });
  const { PLAYGROUND_PASSWORD: password, HOST: host, PUBLIC_URL: publicUrl } = config;
  return { adapter, playground: createPlayground({ ...dependencies, adapter, password, host, publicUrl }) };
}
