import { type Metrics, measured } from "../metrics/metrics.ts";
import type { ChatAdapter, ChatHandler, Delivery, PlatformName, Reply } from "./adapter.ts";
import type { ChatBudget } from "./chat-budget.ts";
import type { MediaFile } from "./media-file.ts";

/** Adapters of which every call to their platform is told, with the bytes that it was handed. */
export function measuredAdapters(
  adapters: ReadonlyMap<PlatformName, ChatAdapter>,
  metrics: Metrics,
): ReadonlyMap<PlatformName, ChatAdapter> {
  return new Map([...adapters].map(([platform, adapter]) => [platform, measuredAdapter(adapter, metrics)]));
}

function measuredAdapter(adapter: ChatAdapter, metrics: Metrics): ChatAdapter {
  const { platform, forget, postDirect, tell } = adapter;
  const told = <A extends unknown[], R>(kind: string, call: (...args: A) => Promise<R>) =>
    measured(metrics, platform, kind, call);
  const file = <F extends MediaFile | undefined>(handed: F) => counted(handed, platform, metrics);
  const deliver = told("deliver", adapter.deliver);
  return {
    ...adapter,
    checkAccess: told("check_access", (...args) => adapter.checkAccess(...args)),
    postCard: told("post_card", (...args) => adapter.postCard(...args)),
    findCard: told("find_card", (...args) => adapter.findCard(...args)),
    editCard: told("edit_card", (...args) => adapter.editCard(...args)),
    deliver: (delivery: Delivery) =>
      deliver({ ...delivery, video: file(delivery.video), thumbnail: file(delivery.thumbnail) }),
    retract: told("retract", (...args) => adapter.retract(...args)),
    canRead: told("can_read", (...args) => adapter.canRead(...args)),
    ...(postDirect && { postDirect: told("post_direct", postDirect) }),
    ...(forget && { forget: told("forget", forget) }),
    ...(tell && { tell: told("tell", tell) }),
  };
}

/** A handler whose answers to requests are told of as calls to their platform. */
export function measuredHandler(handler: ChatHandler, metrics: Metrics): ChatHandler {
  return {
    ...handler,
    handle: (request) =>
      handler.handle({
        ...request,
        reply: measuredReply(request.reply, request.destination.platform, metrics),
      }),
  };
}

function measuredReply(reply: Reply, platform: PlatformName, metrics: Metrics): Reply {
  const answer = measured(metrics, platform, "reply_private", reply.private);
  return {
    card: measured(metrics, platform, "reply_card", reply.card),
    private: ({ file, ...notice }) =>
      answer({ ...notice, ...(file && { file: counted(file, platform, metrics) }) }),
    page: measured(metrics, platform, "reply_page", reply.page),
    form: measured(metrics, platform, "reply_form", reply.form),
  };
}

/** A budget of which is told how long each call waited for its turn. */
export function measuredBudget(budget: ChatBudget, metrics: Pick<Metrics, "budgetWaited">): ChatBudget {
  return {
    ...budget,
    acquire(draws, priority) {
      const began = performance.now();
      const permit = budget.acquire(draws, priority);
      const granted = permit.granted.then((isGranted) => {
        if (isGranted) metrics.budgetWaited(priority, performance.now() - began);
        return isGranted;
      });
      return { ...permit, granted };
    },
  };
}

/** A file whose bytes are told of each time a platform takes them. */
function counted<F extends MediaFile | undefined>(file: F, platform: PlatformName, metrics: Metrics): F {
  if (!file) return file;
  return {
    ...file,
    open() {
      metrics.bytes(platform, file.bytes);
      return file.open();
    },
    blob(until) {
      metrics.bytes(platform, file.bytes);
      return file.blob(until);
    },
  };
}
