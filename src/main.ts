import { enableCompileCache } from "node:module";
import { setFlagsFromString } from "node:v8";

// What many videos leave behind with each poll is collected before it takes several times the room of what is kept.
setFlagsFromString("--heap-growing-percent=50");
enableCompileCache();

const { loadDotenv } = await import("./dotenv.ts");
const { ConfigError, readConfig, secretsOf } = await import("./config.ts");
const { UserError } = await import("./errors.ts");

try {
  loadDotenv();
  const config = readConfig(process.env);
  const [{ createApp }, { createLogger }] = await Promise.all([import("./app.ts"), import("./logger.ts")]);
  const logger = await createLogger({
    level: config.LOG_LEVEL,
    pretty: process.stdout.isTTY,
    secrets: secretsOf(config),
  });
  for (const warning of config.warnings) logger.warn(warning);

  const app = await createApp({ config, logger });
  let stopping = false;
  /** Ends the process in good order; a second signal, or ten seconds, ends it at once. */
  const stop = (signal: string): void => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info({ signal }, "stopping");
    setTimeout(() => process.exit(1), 10_000).unref();
    app.stop().then(
      () => process.exit(0),
      (err: unknown) => {
        logger.error({ err }, "stopping failed");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);

  logger.info(await app.start(), "ready");
} catch (error) {
  // What the person who deploys can mend is said in a sentence; anything else is a bug and shows its stack.
  const known = error instanceof ConfigError || error instanceof UserError;
  console.error(known ? error.message : error);
  process.exit(1);
}
