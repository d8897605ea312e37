import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";

/** What a process prints that logs on stdout. */
function logged(statements: string, options = "{ level: 'info', pretty: false }"): string {
  const program = `
    import { createLogger } from "./src/logger.ts";
    import { ServiceError } from "./src/errors.ts";
    const logger = await createLogger(${options});
    ${statements}`;
  const cwd = new URL("../../..", import.meta.url);
  return execFileSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd,
    encoding: "utf8",
  });
}

describe("logger", () => {
  it("writes JSON lines and leaves out secrets and prompts, however deep, and what libraries hang on errors", () => {
    const output = logged(`
      const headers = { authorization: "SECRET", accept: "*/*" };
      logger.info({ token: "SECRET", job: { request: { prompt: "SECRET" } }, config: { headers } }, "one");
      const cause = Object.assign(new Error("socket"), { code: "ECONNRESET", config: { headers } });
      const details = { retryable: true, requestId: "req_1", cause };
      const err = Object.assign(new ServiceError("videos", "busy", "Busy.", details), { response: headers });
      logger.warn({ err, response_url: "SECRET", receipt: "SECRET" }, "two");
    `);
    const lines = output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(output).not.toContain("SECRET");
    expect(lines[0]).toMatchObject({
      msg: "one",
      token: "[redacted]",
      config: { headers: { accept: "*/*" } },
    });
    expect(lines[1].err).toEqual({
      name: "ServiceError",
      message: "Busy.",
      service: "videos",
      code: "busy",
      requestId: "req_1",
      stack: expect.stringContaining("ServiceError: Busy."),
      cause: { name: "Error", message: "socket", code: "ECONNRESET", stack: expect.any(String) },
    });
  });

  it("writes readable lines where a person looks on, as well without secrets", () => {
    const output = logged(`logger.info({ token: "SECRET" }, "hello");`, "{ level: 'info', pretty: true }");
    expect(output).toContain("hello");
    expect(output).not.toContain("SECRET");
    expect(() => JSON.parse(output)).toThrow();
  });
});
