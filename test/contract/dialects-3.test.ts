import { dialectSuite } from "./suites/dialect-suite.ts";

dialectSuite("openrouter");
dialectSuite("generic");
