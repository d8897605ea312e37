import type { ChatAdapter } from "../chat/adapter.ts";
import type { ChatBudget } from "../chat/chat-budget.ts";
import type { CardTurns } from "../jobs/card-turns.ts";
import type { LineOptions, WaitingLine } from "../jobs/waiting-line.ts";
import type { WorkQueue } from "../queue/work-queue.ts";
import type { Repeat } from "../repeat.ts";

/** What makes the processes of a bot one bot. */
export interface Coordination {
  /** Whether no other process can be at work. */
  alone: boolean;
  /** Who works on which job. */
  queue: WorkQueue;
  /** Runs a round in one process at a time. */
  repeat: Repeat;
  /** Who may ask the backend for a video. */
  openLine(options: LineOptions): WaitingLine;
  /** What may be sent to the platforms. */
  budget: ChatBudget;
  /** What happens to which card. */
  cards: CardTurns;
  /**
   * Of a platform where whoever listens hears everything: has one of the processes with that slice of it listen, while the
   * others stand by.
   */
  standby(adapter: ChatAdapter, slice: string): ChatAdapter;
  /** What one process found out of the backend, for the others. */
  news: BackendNews;
  /** Rejects while the processes cannot find each other. */
  ping(): Promise<void>;
  /** Lets go of what it holds, once the queue and the rounds have ended. */
  close(): Promise<void>;
}

/** How a call to the backend ended, as far as it is everybody's matter. */
export interface BackendFinding {
  operation: "create" | "read";
  /** The error's; absent where it went well. */
  code?: string;
  retryAfterMs?: number;
}

/** Carries findings from process to process; what gets lost is found out again. */
export interface BackendNews {
  tell(finding: BackendFinding): void;
  /** @param listener hears what the others told. */
  hear(listener: (finding: BackendFinding) => void): void;
}
