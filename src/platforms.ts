import type { ChatAdapter } from "./chat/adapter.ts";
import type { Offer } from "./chat/offer.ts";
import type { Coordination } from "./cluster/coordination.ts";
import type { Config } from "./config.ts";
import type { Logger } from "./logger.ts";
import type { MediaStore } from "./media/media-store.ts";
import type { Duties } from "./roles.ts";
import type { Store } from "./store/store.ts";
import type { Catalog } from "./videos/catalog.ts";
import type { Install } from "./web/install-pages.ts";

interface Dependencies {
  config: Config;
  store: Store;
  media: MediaStore;
  catalog: Catalog;
  offer: Offer;
  simulated: boolean;
  duties: Duties;
  coordination: Pick<Coordination, "standby" | "budget">;
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
    openSlack(dependencies),
    config.playground ? openPlayground(dependencies) : undefined,
  ]);
  const adapters: ChatAdapter[] = [discord, slack, web?.adapter].filter((adapter) => adapter !== undefined);
  const overHttp: (ChatAdapter | undefined)[] = [slack?.http && slack, web?.adapter];
  const listening = adapters.filter((adapter) =>
    overHttp.includes(adapter) ? duties.pages : duties.sockets,
  );
  return {
    adapters,
    listening,
    playground: web?.playground,
    slackEvents: slack?.http,
    slackInstall: slack?.install && (await openSlackInstall(dependencies, slack.install)),
  };
}

async function openDiscord(dependencies: Dependencies, token: string) {
  const { config, catalog, offer, coordination, now, logger } = dependencies;
  const [{ createDiscordAdapter }, { nameOfSlice, sliceOf }] = await Promise.all([
    import("./discord/adapter.ts"),
    import("./discord/slice.ts"),
  ]);
  const { DISCORD_API_URL: apiUrl, DISCORD_GUILD_ID: guildId } = config;
  const slice = sliceOf(config);
  const { budget } = coordination;
  const adapter = createDiscordAdapter({
    token,
    apiUrl,
    guildId,
    slice,
    catalog,
    offer,
    budget,
    now,
    logger,
  });
  return coordination.standby(adapter, nameOfSlice(slice));
}

async function openSlack({ config, store, catalog, offer, now, logger }: Dependencies) {
  const access = await slackAccess(config);
  if (access === undefined) return undefined;
  const { createSlackAdapter } = await import("./slack/adapter.ts");
  const { SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret, SLACK_API_URL: apiUrl } = config;
  return createSlackAdapter({
    access,
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

/** The one token, or the app's credentials, by which any workspace gets one of its own. */
async function slackAccess({ SLACK_BOT_TOKEN, SLACK_CLIENT_ID, SLACK_CLIENT_SECRET, PUBLIC_URL }: Config) {
  if (SLACK_BOT_TOKEN !== undefined) return { botToken: SLACK_BOT_TOKEN };
  if (SLACK_CLIENT_ID === undefined || SLACK_CLIENT_SECRET === undefined || PUBLIC_URL === undefined) {
    return undefined;
  }
  const { redirectUrlOf } = await import("./slack/manifest.ts");
  return {
    clientId: SLACK_CLIENT_ID,
    clientSecret: SLACK_CLIENT_SECRET,
    redirectUrl: redirectUrlOf(PUBLIC_URL),
  };
}

async function openSlackInstall({ config }: Dependencies, install: Install) {
  const [{ createInstallPages }, { createAssets }] = await Promise.all([
    import("./web/install-pages.ts"),
    import("./web/assets.ts"),
  ]);
  return createInstallPages({
    install,
    assets: createAssets(),
    host: config.HOST,
    publicUrl: config.PUBLIC_URL,
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
