import { ConfigError, readConfig } from "../config.ts";
import { loadDotenv } from "../dotenv.ts";
import { ServiceError, UserError } from "../errors.ts";
import { register } from "./register.ts";

/** `npm run register`. */
try {
  loadDotenv();
  const config = readConfig(process.env);
  await register({ config, print: (text) => console.log(text), note: (text) => console.error(text) });
} catch (error) {
  const known = error instanceof ConfigError || error instanceof UserError || error instanceof ServiceError;
  console.error(known ? error.message : error);
  process.exitCode = 1;
}
