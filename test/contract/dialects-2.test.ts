import { dialectSuite } from "./suites/dialect-suite.ts";

dialectSuite("tensorrt-llm");
dialectSuite("litellm");
dialectSuite("new-api");
