import {
  type APIChannel,
  type APIDMChannel,
  type APIMessage,
  type APIThreadMember,
  DefaultRestOptions,
  makeURLSearchParams,
  REST,
  type RESTGetAPIApplicationCommandsResult,
  type RESTGetCurrentApplicationResult,
  type RESTPatchAPIChannelMessageJSONBody,
  type RESTPatchAPIInteractionOriginalResponseJSONBody,
  type RESTPostAPIApplicationCommandsJSONBody,
  type RESTPostAPIChannelMessageJSONBody,
  type RESTPostAPIInteractionCallbackJSONBody,
  type RESTPostAPIInteractionCallbackWithResponseResult,
  type RESTPostAPIInteractionFollowupJSONBody,
  Routes,
  SnowflakeUtil,
} from "discord.js";
import type { Draw } from "../chat/adapter.ts";
import { type ChatBudget, createChatBudget } from "../chat/chat-budget.ts";
import type { MediaFile } from "../chat/media-file.ts";
import { toServiceError } from "./errors.ts";

const TIMEOUT_MS = 15_000;
/** discord.js counts a request's time until its answer begins, so the upload is part of it. */
const UPLOAD_TIMEOUT_MS = 600_000;
/** Longer waits for a limit are given back to the core, which has newer cards to send by then. */
const LIMIT_PATIENCE_MS = 5_000;

/** An interaction as its webhook routes know it. */
export interface InteractionKey {
  id: string;
  applicationId: string;
  token: string;
}

/** Clocks differ: looked for is what came that much earlier, too (ms). */
const CLOCK_SKEW_MS = 60_000;

/** Answers to interactions and their webhooks do not count against the bot's fifty requests a second. */
const EXEMPT = /\/(interactions|webhooks)\//;
/**
 * A little less than these, and spread: requests do not take the same time to arrive, so two bursts that leave a second
 * apart may come within one. In any 1.1 seconds 50 start at most.
 */
const STARTS: Draw = { bucket: "discord:starts", calls: 5, perMs: 111 };

/** An id that messages have which came before then (Unix milliseconds), for `messagesAfter`. */
export function idBefore(at: number): string {
  return SnowflakeUtil.generate({ timestamp: at - CLOCK_SKEW_MS }).toString();
}

/** A file on its way into a message, which names it with its place in the list as id. */
export type Upload = Pick<MediaFile, "filename" | "bytes" | "blob">;

/** The calls that the bot makes, each rejecting with a ServiceError and nothing else. */
export type DiscordApi = ReturnType<typeof createDiscordApi>;

/**
 * Discord's REST API, apart from the gateway's client: it goes on while that one is gone.
 * Nothing is repeated here but what Discord answered with 429, since it alone has certainly not been done.
 */
export function createDiscordApi(options: {
  token: string;
  apiUrl: string | undefined;
  /** Of which each request draws once more as it starts: others let it through before its files are read. Default: its own. */
  budget?: Pick<ChatBudget, "acquire">;
}) {
  const { token, apiUrl, budget = createChatBudget({ now: () => performance.now() }) } = options;
  const rest = new REST({
    async makeRequest(url, init) {
      if (!EXEMPT.test(url)) await budget.acquire([STARTS], "final").granted;
      return DefaultRestOptions.makeRequest(url, init);
    },
    ...(apiUrl !== undefined && { api: apiUrl }),
    retries: 0,
    timeout: UPLOAD_TIMEOUT_MS,
    rejectOnRateLimit: ({ retryAfter, timeToReset }) => Math.max(retryAfter, timeToReset) > LIMIT_PATIENCE_MS,
  }).setToken(token);

  async function call<T = void>(
    method: "get" | "post" | "put" | "patch" | "delete",
    route: `/${string}`,
    options: Parameters<REST["post"]>[1] = {},
  ): Promise<T> {
    try {
      const answer = await rest[method](route, { signal: AbortSignal.timeout(TIMEOUT_MS), ...options });
      return answer as T;
    } catch (error) {
      throw toServiceError(error);
    }
  }

  /** The interaction's token is the proof. With the bot's own, a 401 for an old one would make the library forget that. */
  const unsigned = { auth: false };

  return {
    application: () => call<RESTGetCurrentApplicationResult>("get", Routes.currentApplication()),

    commands: (applicationId: string, guildId: string | undefined) =>
      call<RESTGetAPIApplicationCommandsResult>("get", commandsRoute(applicationId, guildId)),

    replaceCommands: (
      applicationId: string,
      guildId: string | undefined,
      body: RESTPostAPIApplicationCommandsJSONBody[],
    ) => call("put", commandsRoute(applicationId, guildId), { body }),

    post: async (channel: string, body: RESTPostAPIChannelMessageJSONBody, uploads: Upload[] = []) =>
      withUploads(body, uploads, (sent) => call<APIMessage>("post", Routes.channelMessages(channel), sent)),

    directChannel: (person: string) =>
      call<APIDMChannel>("post", Routes.userChannels(), { body: { recipient_id: person } }),

    channel: (channel: string) => call<APIChannel>("get", Routes.channel(channel)),

    message: (channel: string, message: string) =>
      call<APIMessage>("get", Routes.channelMessage(channel, message)),

    /** The hundred messages after that one, newest first; none where the bot may not read the history. */
    messagesAfter: (channel: string, after: string) =>
      call<APIMessage[]>("get", Routes.channelMessages(channel), {
        query: makeURLSearchParams({ after, limit: 100 }),
      }),

    edit: async (
      channel: string,
      message: string,
      body: RESTPatchAPIChannelMessageJSONBody,
      uploads: Upload[] = [],
    ) => withUploads(body, uploads, (sent) => call("patch", Routes.channelMessage(channel, message), sent)),

    remove: (channel: string, message: string) => call("delete", Routes.channelMessage(channel, message)),

    /** Posting would reopen an archived thread, editing does not. */
    reopenThread: (channel: string) => call("patch", Routes.channel(channel), { body: { archived: false } }),

    /** Rejects with code `gone` for one who is not in it. */
    threadMember: (thread: string, person: string) =>
      call<APIThreadMember>("get", Routes.threadMembers(thread, person)),

    answer: async (
      key: InteractionKey,
      body: RESTPostAPIInteractionCallbackJSONBody,
      uploads: Upload[] = [],
    ) =>
      withUploads(body, uploads, (sent) =>
        call<RESTPostAPIInteractionCallbackWithResponseResult>(
          "post",
          Routes.interactionCallback(key.id, key.token),
          { ...sent, query: makeURLSearchParams({ with_response: true }), ...unsigned },
        ),
      ),

    originalAnswer: (key: Omit<InteractionKey, "id">) =>
      call<APIMessage>("get", Routes.webhookMessage(key.applicationId, key.token), unsigned),

    editAnswer: async (
      key: InteractionKey,
      body: RESTPatchAPIInteractionOriginalResponseJSONBody,
      uploads: Upload[] = [],
    ) =>
      withUploads(body, uploads, (sent) =>
        call("patch", Routes.webhookMessage(key.applicationId, key.token), { ...sent, ...unsigned }),
      ),

    followUp: async (
      key: InteractionKey,
      body: RESTPostAPIInteractionFollowupJSONBody,
      uploads: Upload[] = [],
    ) =>
      withUploads(body, uploads, (sent) =>
        call("post", Routes.webhook(key.applicationId, key.token), { ...sent, ...unsigned }),
      ),
  };
}

function commandsRoute(applicationId: string, guildId: string | undefined): `/${string}` {
  return guildId === undefined
    ? Routes.applicationCommands(applicationId)
    : Routes.applicationGuildCommands(applicationId, guildId);
}

/**
 * Sends a body with its files. The library's own `files` take whole buffers; a form that is passed through streams its
 * blobs, which are lent for as long as that takes.
 */
async function withUploads<T>(
  body: object,
  uploads: Upload[],
  send: (sent: NonNullable<Parameters<REST["post"]>[1]>) => Promise<T>,
): Promise<T> {
  if (uploads.length === 0) return send({ body });
  const ended = new AbortController();
  try {
    const form = new FormData();
    form.append("payload_json", JSON.stringify(body));
    for (const [index, upload] of uploads.entries()) {
      form.append(`files[${index}]`, await upload.blob(ended.signal), upload.filename);
    }
    return await send({ body: form, passThroughBody: true, signal: AbortSignal.timeout(UPLOAD_TIMEOUT_MS) });
  } finally {
    ended.abort();
  }
}
