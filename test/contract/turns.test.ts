import { createTurns } from "../../src/store/turns.ts";
import { turnsSuite } from "./suites/turns-suite.ts";

turnsSuite("in-process", async () => [createTurns()]);
