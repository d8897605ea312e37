import type { ChatAdapter } from "../chat/adapter.ts";
import type { Workspaces } from "./workspaces.ts";

/** Addresses of messages, made without asking Slack (docs.slack.dev/reference/methods/chat.getPermalink). */
export function createLink({ urlOf }: Pick<Workspaces, "urlOf">): ChatAdapter["link"] {
  return ({ workspace, channel, thread, message }) => {
    const url = urlOf(workspace);
    if (url === undefined || message === undefined) return undefined;
    const inThread = thread === undefined ? "" : `?thread_ts=${thread}&cid=${channel}`;
    return `${url}archives/${channel}/p${message.replace(".", "")}${inThread}`;
  };
}
