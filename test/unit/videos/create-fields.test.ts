import { describe, expect, it } from "vitest";
import {
  durationAsNumber,
  imageAsFile,
  imageAsFirstFrame,
  secondsAsText,
  sizeAsPixels,
  sizeAsResolution,
} from "../../../src/videos/create-fields.ts";

const picture = { bytes: Buffer.from("a picture"), filename: "cat.png", contentType: "image/png" };

describe("a length", () => {
  it("is text, or a number", () => {
    expect(secondsAsText("8")).toEqual({ seconds: "8" });
    expect(secondsAsText("2.5")).toEqual({ seconds: "2.5" });
    expect(durationAsNumber("8")).toEqual({ duration: 8 });
    expect(durationAsNumber("2.5")).toEqual({ duration: 2.5 });
  });
});

describe("a size", () => {
  it.each([
    ["1280x720", { size: "1280x720" }],
    ["512x512", { size: "512x512" }],
    ["16:9", { aspect_ratio: "16:9" }],
  ])("%s is in pixels %j", (size, fields) => {
    expect(sizeAsPixels(size)).toEqual(fields);
  });

  it.each([
    ["1280x720", { resolution: "720p", aspect_ratio: "16:9" }],
    ["720x1280", { resolution: "720p", aspect_ratio: "9:16" }],
    ["832x480", { resolution: "480p", aspect_ratio: "16:9" }],
    ["1024x768", { resolution: "768p", aspect_ratio: "4:3" }],
    ["1080x1080", { resolution: "1080p", aspect_ratio: "1:1" }],
    ["1080x1620", { resolution: "1080p", aspect_ratio: "2:3" }],
    ["2520x1080", { resolution: "1080p", aspect_ratio: "21:9" }],
    ["2560x1440", { resolution: "2K", aspect_ratio: "16:9" }],
    ["3840x2160", { resolution: "4K", aspect_ratio: "16:9" }],
    ["21:9", { aspect_ratio: "21:9" }],
  ])("%s is by its name and shape %j", (size, fields) => {
    expect(sizeAsResolution(size)).toEqual(fields);
  });

  it("that stands on its side has the same shape on its side", () => {
    const turned = (text: string, by: string) => text.split(by).reverse().join(by);
    for (const size of ["1280x720", "1792x1024", "1024x768", "1536x1024", "2520x1080", "720x720"]) {
      const [lying, standing] = [sizeAsResolution(size), sizeAsResolution(turned(size, "x"))];
      expect(standing).toEqual({
        resolution: lying.resolution,
        aspect_ratio: turned(String(lying.aspect_ratio), ":"),
      });
    }
  });
});

describe("a picture", () => {
  it("is a file with its name and type", async () => {
    const { input_reference: file, ...others } = await imageAsFile(picture);
    expect(others).toEqual({});
    if (!(file instanceof File)) throw new Error("It is no file.");
    expect([file.name, file.type, await file.text()]).toEqual(["cat.png", "image/png", "a picture"]);
  });

  it("is the first frame, within the request", async () => {
    expect(await imageAsFirstFrame(picture)).toEqual({
      frame_images: [
        {
          type: "image_url",
          image_url: { url: `data:image/png;base64,${Buffer.from("a picture").toString("base64")}` },
          frame_type: "first_frame",
        },
      ],
    });
  });
});
