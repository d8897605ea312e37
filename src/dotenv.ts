/** Reads `.env` of the working folder into the environment, if there is one; what is set already stays. */
export function loadDotenv(): void {
  try {
    process.loadEnvFile();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
