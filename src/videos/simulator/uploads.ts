import { randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileTypeFromBuffer } from "file-type";
import type { z } from "zod";
import { ApiError } from "./api-error.ts";
import { probe, runFfmpeg } from "./ffmpeg.ts";
import type { pictureReference } from "./requests.ts";

/** An uploaded clip: its length in seconds, its size as `width x height`, and the path of its first frame. */
export interface UploadedClip {
  readonly seconds: number;
  readonly size: string;
  readonly firstFrame: string;
}

export type Uploads = Awaited<ReturnType<typeof createUploads>>;

/** Checks uploaded files by their contents; each lies in the directory for as long as it is used and no longer. */
export async function createUploads(directory: string) {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });

  async function hold<T>(bytes: Uint8Array, use: (path: string) => Promise<T>): Promise<T> {
    const path = join(directory, randomUUID());
    try {
      await writeFile(path, bytes);
      return await use(path);
    } finally {
      await rm(path, { force: true });
    }
  }

  return {
    /** Hands on the path of a reference picture. @throws ApiError 400 unless it is one, of exactly this size if any is said. */
    async withPicture<T>(
      reference: z.infer<typeof pictureReference> | undefined,
      size: string | undefined,
      use: (path: string | undefined) => Promise<T>,
    ): Promise<T> {
      if (reference === undefined) return use(undefined);
      const bytes = await pictureBytes(reference);
      await expectType(bytes, ["image/jpeg", "image/png", "image/webp"], "input_reference");
      return hold(bytes, async (path) => {
        const found = await probe(path);
        if (!found) throw refusal("input_reference", "The picture cannot be read.");
        if (size === undefined || `${found.width}x${found.height}` === size) return use(path);
        const message = `The picture is ${found.width}x${found.height}; it must match the requested size, ${size}.`;
        throw refusal("input_reference", message);
      });
    },

    /** Hands on what an uploaded MP4 holds. @throws ApiError 400 unless it is one, in a size and length in range. */
    async withClip<T>(
      file: File,
      range: { shortest: number; longest: number; sizes?: readonly string[] },
      use: (clip: UploadedClip) => Promise<T>,
    ): Promise<T> {
      const bytes = await file.bytes();
      await expectType(bytes, ["video/mp4"], "video");
      return hold(bytes, async (path) => {
        const found = await probe(path);
        if (!found) throw refusal("video", "The video cannot be read.");
        const { seconds } = found;
        if (seconds < range.shortest || seconds > range.longest + 0.5) {
          throw refusal(
            "video",
            `The video is ${seconds} s long; it must be ${range.shortest} to ${range.longest} s.`,
          );
        }
        const size = `${found.width}x${found.height}`;
        if (range.sizes && !range.sizes.includes(size)) {
          throw refusal("video", `The video is ${size}; it must be one of ${range.sizes.join(", ")}.`);
        }
        const firstFrame = `${path}.png`;
        try {
          const args = [
            "-protocol_whitelist",
            "file",
            "-i",
            path,
            "-frames:v",
            "1",
            "-f",
            "image2",
            firstFrame,
          ];
          await runFfmpeg({ args, directory, signal: AbortSignal.timeout(10_000) });
          return await use({ seconds: Math.round(seconds), size, firstFrame });
        } finally {
          await rm(firstFrame, { force: true });
        }
      });
    },
  };
}

async function pictureBytes(reference: z.infer<typeof pictureReference>): Promise<Uint8Array> {
  if (reference instanceof File) return reference.bytes();
  const { image_url: url, file_id: fileId } = reference;
  if ((url === undefined) === (fileId === undefined)) {
    throw refusal("input_reference", "Provide exactly one of image_url and file_id.");
  }
  const [, data] = /^data:image\/\w+;base64,(.+)$/s.exec(url ?? "") ?? [];
  if (data !== undefined) return Buffer.from(data, "base64");
  if (url !== undefined) {
    throw refusal(
      "input_reference.image_url",
      "This backend fetches no pictures: send a file or a base64 data: URL.",
    );
  }
  throw refusal("input_reference.file_id", "This backend keeps no files: send a file or a base64 data: URL.");
}

async function expectType(bytes: Uint8Array, allowed: readonly string[], param: string): Promise<void> {
  const type = await fileTypeFromBuffer(bytes);
  if (type && allowed.includes(type.mime)) return;
  throw refusal(param, `The file is ${type?.mime ?? "of no known type"}; it must be ${allowed.join(", ")}.`);
}

function refusal(param: string, message: string): ApiError {
  return new ApiError(message, { param, code: "invalid_value" });
}
