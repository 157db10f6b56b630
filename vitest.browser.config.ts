/** `npm run test:browser`: the page of the Studio in a real browser, against the real server. Not a part of `npm test`. */
import { defineConfig } from "vitest/config"

export default defineConfig({
  ssr: { resolve: { conditions: ["prometeu-packer-source", "node", "import"] } },
  test: {
    include: ["test/browser/**/*.browser.ts"],
    globalSetup: ["test/browser/support/page.ts"],
    env: { TZ: "UTC" },
    pool: "forks",
    maxWorkers: 2,
    watch: false,
    testTimeout: 90_000,
    hookTimeout: 45_000,
    reporters: ["default"]
  }
})
