import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { notFound } from "./api-error.ts";
import { readJson, writeJson } from "./json-file.ts";

const characterSchema = z.object({ id: z.string(), name: z.string(), created_at: z.number() });

export type Character = z.infer<typeof characterSchema>;

export type Characters = Awaited<ReturnType<typeof createCharacters>>;

/** Named characters, one small file each, as the API shows them. */
export async function createCharacters({ directory, clock }: { directory: string; clock: () => number }) {
  await mkdir(directory, { recursive: true });
  return {
    async add(name: string): Promise<Character> {
      const id = `char_${randomBytes(16).toString("hex")}`;
      const character = { id, name, created_at: Math.floor(clock() / 1000) };
      await writeJson(join(directory, `${id}.json`), character);
      return character;
    },

    /** @throws ApiError 404. */
    async get(id: string): Promise<Character> {
      const known = /^char_[0-9a-f]{32}$/.test(id);
      const character = known ? await readJson(join(directory, `${id}.json`), characterSchema) : undefined;
      if (!character) throw notFound(`Character with id '${id}' not found.`);
      return character;
    },
  };
}
