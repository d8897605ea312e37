import type { ChatAdapter } from "../chat/adapter.ts";
import type { Workspaces } from "./workspaces.ts";

/** Addresses of messages, made without asking Slack (docs.slack.dev/reference/methods/chat.getPermalink). */
export function createLink(workspaces: Workspaces): ChatAdapter["link"] {
  return ({ workspace, channel, thread, message }) => {
    const url = workspaces.known(workspace)?.url;
    if (url === undefined || message === undefined) return undefined;
    const inThread = thread === undefined ? "" : `?thread_ts=${thread}&cid=${channel}`;
    return `${url}archives/${channel}/p${message.replace(".", "")}${inThread}`;
  };
}
