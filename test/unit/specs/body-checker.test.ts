import { expect, test } from "vitest";
import { createBodyChecker } from "../../specs/body-checker.ts";

const text = {
  type: "object",
  required: ["type"],
  properties: { type: { enum: [1] }, content: { type: "string" } },
};
const row = {
  type: "object",
  required: ["type", "buttons"],
  properties: { type: { enum: [2] }, buttons: { type: "array", maxItems: 5 } },
};
const json = (schema: Record<string, unknown>) => ({
  requestBody: { content: { "application/json": { schema } } },
});
const upload = {
  type: "object",
  required: ["prompt"],
  properties: {
    prompt: { type: "string", maxLength: 10 },
    video: { oneOf: [{ type: "string", format: "binary" }, { $ref: "#/components/schemas/Reference" }] },
  },
};

const check = createBodyChecker({
  paths: {
    "/messages/{id}": {
      patch: json({
        type: "object",
        properties: { flags: { type: "integer" }, parts: { type: "array", items: { oneOf: [text, row] } } },
      }),
    },
    "/messages/@original": { patch: json({ type: "object", properties: { original: { type: "boolean" } } }) },
    "/edits": { post: { requestBody: { content: { "multipart/form-data": { schema: upload } } } }, get: {} },
  },
  components: { schemas: { Reference: { type: "object", properties: { id: { type: "string" } } } } },
});

const patch = (body: unknown) => check({ operation: "PATCH /messages/12", body });
const post = (body: unknown) => check({ operation: "POST /edits", mediaType: "multipart/form-data", body });

test("a right body has no errors and counts under its operation's own name", () => {
  const body = {
    flags: 4,
    parts: [
      { type: 1, content: "hi" },
      { type: 2, buttons: [] },
    ],
  };
  expect(patch(body)).toEqual({ operation: "PATCH /messages/{id}", errors: [] });
});

test.each([
  ["a value of the wrong type", { flags: "4" }, ["/flags must be integer"]],
  ["a misspelt property", { flag: 4 }, ["/flag is unknown"]],
  [
    "a wrong part, by the branch of its type",
    { parts: [{ type: 1, content: 5 }] },
    ["/parts/0/content must be string"],
  ],
  [
    "a part that lacks something",
    { parts: [{ type: 2 }] },
    ["/parts/0 must have required property 'buttons'"],
  ],
  [
    "a part of no known type",
    { parts: [{ type: 9 }] },
    [
      "/parts/0/type must be equal to one of the allowed values: [1]",
      "/parts/0/type must be equal to one of the allowed values: [2]",
    ],
  ],
  ["something that is no object", [], ["/ must be object"]],
])("catches %s", (_, body, errors) => {
  expect(patch(body)).toEqual({ operation: "PATCH /messages/{id}", errors });
});

test("a path written out goes before one with a name in it", () => {
  const operation = "PATCH /messages/@original";
  expect(check({ operation, body: { original: true } })).toEqual({ operation, errors: [] });
});

test("a form may carry a file or a reference where the description says binary", () => {
  for (const video of [{ $file: "video/mp4" }, { id: "video_1" }]) {
    expect(post({ prompt: "on", video }).errors).toEqual([]);
  }
});

test("catches text where a file belongs, and a file where text belongs", () => {
  expect(post({ prompt: "on", video: "clip.mp4" }).errors).toEqual(["/video must be object"]);
  expect(post({ prompt: { $file: "text/plain" } }).errors).toEqual(["/prompt must be string"]);
});

test("catches what the description does not have at all", () => {
  expect(check({ operation: "PUT /edits", body: {} }).errors).toEqual(["there is no such operation"]);
  expect(check({ operation: "POST /edits", body: {} }).errors).toEqual(["takes no application/json"]);
  expect(check({ operation: "GET /edits", body: {} }).errors).toEqual(["takes no application/json"]);
});
