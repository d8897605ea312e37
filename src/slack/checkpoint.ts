import { z } from "zod";

const checkpointSchema = z.discriminatedUnion("step", [
  /** The bytes are there, nobody sees them. */
  z.object({ step: z.literal("uploaded"), fileId: z.string(), uploads: z.number() }),
  /** Slack was asked to share the file; whether it will is not known. */
  z.object({ step: z.literal("sharing"), fileId: z.string(), uploads: z.number() }),
  /** Video and buttons stand in the channel. Deliveries of the first release did not note the file. */
  z.object({
    step: z.literal("shared"),
    ts: z.string(),
    fileId: z.string().optional(),
    /** A direct message to the requester was sent, or tried. */
    told: z.boolean().optional(),
  }),
]);

/** How far a delivery went. */
export type Checkpoint = z.infer<typeof checkpointSchema>;
/** Before the video's message is found. */
export type Unshared = Exclude<Checkpoint, { step: "shared" }>;
/** Once it is. */
export type Shared = Extract<Checkpoint, { step: "shared" }>;

/** What `writeCheckpoint` wrote. @throws when it is something else. */
export function readCheckpoint(text: string): Checkpoint {
  return checkpointSchema.parse(JSON.parse(text));
}

/** As the core keeps it. */
export function writeCheckpoint(checkpoint: Checkpoint): string {
  return JSON.stringify(checkpoint);
}
