/** What a process does of the whole. */
export const ROLES = ["all", "gateway", "web", "worker"] as const;

/** One of them. */
export type Role = (typeof ROLES)[number];

/** What a role has to do; everything else it leaves to the processes that have it. */
export interface Duties {
  /** Hears people over Discord's gateway and Slack's sockets. */
  sockets: boolean;
  /** Answers over HTTP: Slack's requests, galleries, webhooks, the playground. */
  pages: boolean;
  /** Asks the backend for videos, looks how they stand, and delivers them. */
  work: boolean;
}

/** The duties of each role. */
export const DUTIES: Record<Role, Duties> = {
  all: { sockets: true, pages: true, work: true },
  gateway: { sockets: true, pages: false, work: false },
  web: { sockets: false, pages: true, work: false },
  worker: { sockets: false, pages: false, work: true },
};
