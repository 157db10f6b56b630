import { defineConfig } from "vitest/config"

export default defineConfig({
  ssr: { resolve: { conditions: ["prometeu-packer-source", "node", "import"] } },
  test: {
    include: ["test/**/*.test.ts"],
    env: { TZ: "UTC" },
    pool: "forks",
    maxWorkers: 2,
    watch: false,
    testTimeout: 60_000,
    reporters: ["default"]
  }
})
