import { createAccountMethods } from "./account-methods.ts";
import { createChatMethods } from "./chat-methods.ts";
import { createConversationMethods } from "./conversation-methods.ts";
import { createFileMethods, type Sharing } from "./file-methods.ts";
import type { SlackContext } from "./state.ts";
import type { Triggers } from "./triggers.ts";
import { createViewMethods } from "./view-methods.ts";
import type { Methods } from "./web-api.ts";

interface MethodOptions {
  context: SlackContext;
  triggers: Triggers;
  sharing: Sharing;
  openConnection: () => string;
}

/** Every Web API method that this server knows. */
export function createMethods({ context, triggers, sharing, openConnection }: MethodOptions): Methods {
  return {
    ...createAccountMethods({ context, openConnection }),
    ...createChatMethods(context),
    ...createConversationMethods(context),
    ...createFileMethods({ context, sharing }),
    ...createViewMethods({ context, triggers }),
  };
}
