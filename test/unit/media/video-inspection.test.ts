import { describe, expect, it } from "vitest";
import { readInspection } from "../../../src/media/video-inspection.ts";

const OLD = `Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'source.mp4':
  Metadata:
    title           : Duration: 99:00:00.00, Stream #0:0: Video: h264, 9x9
  Duration: 00:01:02.50, start: 0.000000, bitrate: 787 kb/s
    Stream #0:0(und): Video: h264 (High) (avc1 / 0x31637661), yuv420p, 640x360 [SAR 1:1 DAR 16:9], 717 kb/s, 23.98 fps, 24 tbr, 12288 tbn, 48 tbc (default)
    Stream #0:1(und): Audio: aac (LC) (mp4a / 0x6134706D), 44100 Hz, mono, fltp, 69 kb/s (default)
At least one output file must be specified
`;

const NEW = `Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'source.mp4':
  Duration: 00:00:04.00, start: 0.000000, bitrate: 787 kb/s
  Stream #0:0[0x1]: Video: png, rgb24, 64x64, 90k tbr, 90k tbn (attached pic)
  Stream #0:1[0x2](und): Video: hevc (Main) (hvc1 / 0x31637668), yuv420p(tv, bt709, progressive), 1920x1080, 717 kb/s, 60 fps, 60 tbr, 12288 tbn (default)
TURNED
At least one output file must be specified
`;

describe("readInspection", () => {
  it("reads what ffmpeg 4 prints, and not what the file says of itself", () => {
    const expected = { width: 640, height: 360, seconds: 62.5, framesPerSecond: 23.98, hasSound: true };
    expect(readInspection(OLD)).toEqual(expected);
  });

  it("reads what ffmpeg 5 prints: the moving picture, not a cover", () => {
    const expected = { width: 1920, height: 1080, seconds: 4, framesPerSecond: 60, hasSound: false };
    expect(readInspection(NEW)).toEqual(expected);
  });

  it.each([
    ["      displaymatrix: rotation of 90.00 degrees", [1080, 1920]],
    ["      displaymatrix: rotation of -90.00 degrees", [1080, 1920]],
    ["        Display Matrix: rotation of -90.00 degrees", [1080, 1920]],
    ["      displaymatrix: rotation of 180.00 degrees", [1920, 1080]],
    ["      comment         : displaymatrix: rotation of 90.00 degrees", [1920, 1080]],
  ])("turns a picture that is stored lying: %s", (line, size) => {
    const video = readInspection(NEW.replace("TURNED", line));
    expect([video?.width, video?.height]).toEqual(size);
  });

  it.each([
    ["without a length", OLD.replace("  Duration: 00:01:02.50", "  Duration: N/A")],
    ["without a moment", OLD.replace("00:01:02.50", "00:00:00.00")],
    ["with sound alone", OLD.replaceAll(" Video: ", " Data: ")],
    ["without pixels", OLD.replace("640x360", "none")],
    ["that is none", "source.mp4: Invalid data found when processing input\n"],
  ])("knows no video %s", (_, output) => {
    expect(readInspection(output)).toBeUndefined();
  });
});
