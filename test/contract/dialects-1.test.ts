import { dialectSuite } from "./suites/dialect-suite.ts";

dialectSuite("openai");
dialectSuite("vllm-omni");
dialectSuite("sglang");
